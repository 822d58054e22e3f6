import type { Release } from '../../../engine/catalog/release.ts';
import type { Table } from '../../../engine/catalog/table.ts';
import type { Plan } from '../../../engine/plan/plan.ts';
import { PlanError } from '../../../engine/plan/plan-error.ts';
import type { PostgresAccess } from '../../../engine/postgres/access.ts';
import { knownHistories } from '../../../engine/postgres/known-histories.ts';
import { asOf, HISTORY_SCHEMA } from '../../../engine/postgres/table-history.ts';
import { TEMPORARY_SCHEMA, type TemporaryTable } from '../../../engine/postgres/temporary-tables.ts';
import type { StoredTable } from '../../../engine/sql/sql.ts';
import type { PlannedQuery } from './engines.ts';

/**
 * What PostgreSQL reads each table of a query from: the versions of rows that its release has, where they are kept, else the table
 * as it is now, of which the latest release is.
 * @throws PlanError for a release that is not the latest and whose rows are not kept; PostgresError when the database cannot be asked.
 */
export async function storedTables(
  access: PostgresAccess,
  { plan, published, sources }: Pick<PlannedQuery, 'plan' | 'published' | 'sources'>,
): Promise<ReadonlyMap<Table, StoredTable>> {
  const releases = new Map(
    plan.uses.flatMap(({ table, release }) => (release === null ? [] : [[table, release] as const])),
  );
  const kept = [...releases.values()].filter(({ manifest }) => manifest.history !== null);
  const historyOf = await knownHistories(access, [...new Set(kept.map(({ manifest }) => manifest.table))]);
  const latest = new Set(published.map((table) => sources.get(table)));

  function stored(release: Release): StoredTable {
    const { table, history, catalog, release: name } = release.manifest;
    const found = history === null ? null : historyOf(table);
    if (found !== null && found.id === history) return versions(release, found.history_name);
    if (latest.has(release)) return present(release);
    throw new PlanError(
      `PostgreSQL has not the rows of ${catalog} as they were in release ${name}: its history does not reach back to it`,
    );
  }

  return new Map([...releases].map(([table, release]) => [table, stored(release)]));
}

/** The same without asking the database, for people to read: what a history is called there is not known. */
export function expectedTables(plan: Plan): (table: Table) => StoredTable {
  const temporary = temporaryTables(plan);
  return (table) => {
    const release = plan.uses.find((use) => use.table === table)?.release ?? null;
    if (release === null) return temporaryTable(table, temporary) ?? asItIs(table);
    const { history, catalog } = release.manifest;
    return history === null ? present(release) : versions(release, catalog);
  };
}

/** The uploads that a query reads, each once, with the columns of all its uses. */
export function temporaryTables({ uses }: Plan): readonly TemporaryTable[] {
  const uploads = new Set(uses.flatMap(({ upload }) => upload ?? []));
  return [...uploads].map((upload, at) => {
    const columns = uses.flatMap((use) => (use.upload === upload ? use.columns : []));
    return { name: `upload_${at}`, upload, columns: [...new Set(columns)] };
  });
}

/** What PostgreSQL reads an upload from; null for a table that is none. */
export function temporaryTable(table: Table, temporary: readonly TemporaryTable[]): StoredTable | null {
  const found = temporary.find(({ upload }) => upload.table === table);
  return found ? { schema: TEMPORARY_SCHEMA, name: found.name, asOf: null, numbered: true } : null;
}

/** A table of TAP_SCHEMA. */
export function asItIs({ schema, name }: Table): StoredTable {
  return { schema, name, asOf: null };
}

function versions({ manifest: { snapshot } }: Release, name: string): StoredTable {
  return { schema: HISTORY_SCHEMA, name, asOf: asOf(snapshot) };
}

function present({ manifest: { table } }: Release): StoredTable {
  return { schema: table.schema, name: table.name, asOf: null };
}
