import type pg from 'pg';
import { type Column, isArray } from '../../engine/catalog/column.ts';
import { identifierColumn, type Table } from '../../engine/catalog/table.ts';
import { quoted, quotedTable } from '../database/identifier.ts';

/** How many are named. */
const EXAMPLES = 3;

/**
 * Tells of identifiers that several rows have, or none. A unique index answers that at once; else PostgreSQL has to count all rows.
 * @returns null where each row has an identifier of its own, and where the table has no identifiers.
 */
export async function identifierFault(client: pg.Client, table: Table): Promise<string | null> {
  const id = identifierColumn(table);
  if (id === null || isArray(id) || (await isUnique(client, table, id))) return null;
  const { rows } = await client.query<Shared>(
    `with counted as (
       select ${quoted(id.name)}::text as id, count(*)::float8 as rows from ${quotedTable(table)} group by ${quoted(id.name)}
     )
     select id, rows, count(*) filter (where id is not null) over ()::float8 as ids
     from counted where rows > 1 or id is null
     order by id is null desc, rows desc, id limit ${EXAMPLES + 1}`,
  );
  const faults = [nullFault(id, rows), sharedFault(id, rows)].filter((fault) => fault !== null);
  return faults.length === 0 ? null : faults.join('; ');
}

interface Shared {
  /** As text; null for all rows without one. */
  readonly id: string | null;
  readonly rows: number;
  /** Identifiers in all that several rows have. */
  readonly ids: number;
}

async function isUnique(client: pg.Client, table: Table, { name }: Column): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = to_regclass($1) and a.attname = $2 and a.attnotnull
       and i.indisunique and i.indisvalid and i.indimmediate and i.indnkeyatts = 1 and i.indpred is null and i.indexprs is null`,
    [quotedTable(table), name],
  );
  return rows.length > 0;
}

function nullFault({ name }: Column, rows: readonly Shared[]): string | null {
  const without = rows.find(({ id }) => id === null);
  return without
    ? `${counted(without.rows, 'row has', 'rows have')} no ${name}, which is the identifier`
    : null;
}

function sharedFault({ name }: Column, rows: readonly Shared[]): string | null {
  const shared = rows.filter(({ id }) => id !== null);
  if (shared.length === 0) return null;
  const examples = shared
    .slice(0, EXAMPLES)
    .map(({ id, rows }) => `${id} on ${rows.toLocaleString('en')} rows`);
  const all = counted(shared[0]!.ids, 'identifier is', 'identifiers are');
  return `${all} on several rows (${name} ${examples.join(', ')}): the release has all of them`;
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
