import { tableFromIPC } from 'apache-arrow';
import { joinedBytes } from '../joined-bytes.ts';
import type { Duckdb } from './duckdb.ts';
import type { DuckdbQuery, ReleaseTable } from './query.ts';

/** A query of one statement on `t0`. */
export function queryOf(
  sql: string,
  table: ReleaseTable | null = null,
  more: Partial<DuckdbQuery> = {},
): DuckdbQuery {
  const tables = table === null ? [] : [table];
  return {
    sql,
    parameters: [],
    quick: null,
    tables,
    rows: 1_000_000,
    pieces: null,
    deadline: 60_000,
    ...more,
  };
}

/** Rows as Arrow has them, one array each. */
export async function rowsOf(
  duckdb: Duckdb,
  query: DuckdbQuery,
  signal: AbortSignal | null = null,
): Promise<unknown[][]> {
  const pieces = [];
  for await (const bytes of duckdb.answer(query, signal)) pieces.push(bytes);
  return tableFromIPC(joinedBytes(pieces))
    .toArray()
    .map((row) => [...row].map(([, value]) => value));
}
