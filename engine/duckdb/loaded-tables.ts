import type { Release } from '../catalog/release.ts';
import type { SqlColumn } from './arrow-rows.ts';
import type { Connection } from './database.ts';
import { DuckdbError } from './duckdb-error.ts';
import type { Instance } from './instance.ts';
import type { ReleaseColumns } from './release-rows.ts';

/** A table of DuckDB with rows of a release. */
export interface LoadedTable {
  readonly name: string;
  /** What it is found by once it is full; null for a table of one query, which goes with it. */
  whole: WholeTable | null;
  /** In memory, about. */
  bytes: number;
  /** Queries that read it: it stays as long as there are any. */
  readonly readers: Set<object>;
}

/** All rows of a release, in some columns. */
export interface WholeTable {
  /** Of the release's keys. */
  readonly prefix: string;
  readonly columns: ReleaseColumns;
}

/** A whole table that another query fills. */
export interface Loading extends WholeTable {
  /** When it went on last: requests that die in workerd say nothing. */
  progress: number;
}

/** Whether a whole table has all the columns that are wanted of a release. */
export function covers(
  { prefix, columns: { numbers, healpix } }: WholeTable,
  release: Release,
  wanted: ReleaseColumns,
): boolean {
  if (prefix !== release.prefix || (wanted.healpix && !healpix)) return false;
  return wanted.numbers.every((number) => numbers.includes(number));
}

/** A whole table that is there, if there is one; it becomes the most recently used. */
export function findTable(
  { tables }: Instance,
  release: Release,
  wanted: ReleaseColumns,
): LoadedTable | null {
  for (const table of tables) {
    if (table.whole === null || !covers(table.whole, release, wanted)) continue;
    tables.delete(table);
    tables.add(table);
    return table;
  }
  return null;
}

/**
 * Drops tables that no query reads, the least recently used first, until there is room for another one.
 * @throws DuckdbError 'memory' where there never will be, or is not while other queries run.
 */
export function makeRoom(instance: Instance, bytes: number): void {
  let free = instance.tableBytes;
  for (const table of instance.tables) free -= table.bytes;
  for (const table of instance.tables) {
    if (bytes <= free) return;
    if (table.readers.size > 0) continue;
    dropTable(instance, table);
    free += table.bytes;
  }
  if (bytes <= free) return;
  const megabytes = Math.ceil(bytes / 2 ** 20);
  throw new DuckdbError(
    'memory',
    `the rows that the query reads take ${megabytes} MB: more than is free here`,
  );
}

/** What compression of 4 bytes saves is little beside what it costs each query that reads them. */
const COMPRESSION: Readonly<Record<string, string>> = { FLOAT: ' USING COMPRESSION uncompressed' };

/** An empty table, to be filled. */
export function createTable(connection: Connection, name: string, columns: readonly SqlColumn[]): void {
  const definitions = columns.map(({ name, sqlType }) => `${name} ${sqlType}${COMPRESSION[sqlType] ?? ''}`);
  connection.run(`CREATE TABLE ${name} (${definitions.join()})`);
}

export function dropTable(instance: Instance, table: LoadedTable): void {
  instance.tables.delete(table);
  instance.control.run(`DROP TABLE IF EXISTS ${table.name}`);
}
