import { type CheckedQuery, checkQuery } from '../../engine/adql/check/check.ts';
import { FUNCTIONS } from '../../engine/adql/functions/functions.ts';
import { parseAdql } from '../../engine/adql/parse.ts';
import type { Expression, Statement } from '../../engine/adql/syntax-tree.ts';
import type { Release } from '../../engine/catalog/release.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { Engine } from '../../engine/engine.ts';
import { TAP_SCHEMA, TAP_SCHEMA_TABLES } from '../../engine/tap-schema/tables.ts';
import type { Upload } from '../../engine/upload/upload.ts';
import { datedTables } from './dated-tables.ts';
import { type Published, refuseDamaged } from './published.ts';

/** A query that makes sense, and what it asks of. */
export interface TapQuery {
  readonly checked: CheckedQuery;
  /** The tables that the query may name and their releases: the published ones, and those that it names by date. */
  readonly sources: ReadonlyMap<Table, Release>;
  /** The tables that came with the query. */
  readonly uploads: ReadonlyMap<Table, Upload>;
  /** All tables that are published, which TAP_SCHEMA tells of. */
  readonly published: readonly Table[];
  /** All that the answer depends on, each once, in the order of their names. */
  readonly releases: readonly Release[];
  /** Whether the same query has the same answer tomorrow: RAND has not, nor has what came with it. */
  readonly repeatable: boolean;
}

/**
 * @throws AdqlSyntaxError, AdqlCheckError, and DamagedTableError for a table that is there and cannot be opened
 * @throws StorageError where a release that the query names cannot be looked for
 */
export async function checkedQuery(
  text: string,
  uploads: ReadonlyMap<Table, Upload>,
  published: Published,
  engine: Engine,
): Promise<TapQuery> {
  const statement = parseAdql(text);
  const sources = new Map([...published.releases, ...(await datedTables(engine, statement, published))]);
  const checked = checkedStatement(statement, text, published, [...sources.keys(), ...uploads.keys()]);
  const named = [...checked.findings.tables.values()].filter((found): found is Table => 'schema' in found);
  // TAP_SCHEMA tells of all releases.
  const all = named.some(({ schema }) => schema === TAP_SCHEMA) ? [...sources.keys()] : named;
  const used = new Set(all.flatMap((table) => sources.get(table) ?? []));
  const nameOf = ({ manifest }: Release) => `${qualifiedName(manifest.table)}@${manifest.release}`;
  return {
    checked,
    sources,
    uploads,
    published: [...published.releases.keys()],
    releases: [...used].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    repeatable:
      !named.some((table) => uploads.has(table)) && ![...checked.findings.types.keys()].some(isRandom),
  };
}

function checkedStatement(
  statement: Statement,
  text: string,
  published: Published,
  tables: readonly Table[],
): CheckedQuery {
  try {
    return checkQuery(statement, [...tables, ...TAP_SCHEMA_TABLES], FUNCTIONS);
  } catch (error) {
    refuseDamaged(text, published);
    throw error;
  }
}

const isRandom = (expression: Expression): boolean =>
  expression.kind === 'function' && expression.name.toUpperCase() === 'RAND';
