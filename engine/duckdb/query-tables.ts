import type { Release } from '../catalog/release.ts';
import { hasPositions, type Table } from '../catalog/table.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { arrowType } from '../table/arrow.ts';
import { type TapSchemaRows, tapSchemaRows } from '../tap-schema/rows.ts';
import { sqlColumn } from './arrow-rows.ts';
import { DuckdbError } from './duckdb-error.ts';
import { tableOfBlocks, tableOfGroups, tableOfRows, wholeTable } from './load.ts';
import type { Pace } from './pace.ts';
import type { DuckdbTable, ReleaseTable, SchemaTable, UploadTable } from './query.ts';
import { type ReleaseColumns, type ReleaseReader, rowGroupsOf, sqlColumns } from './release-rows.ts';
import type { Session } from './session.ts';

/** A table of a release, with what its names stand for. */
export interface OpenedTable {
  readonly name: string;
  readonly release: Release;
  readonly columns: ReleaseColumns;
  readonly ranges: CellRanges | null;
}

/**
 * @throws DuckdbError 'release' where there is no such release, 'query' where it has no such column.
 * @throws CorruptReleaseError, StorageError
 */
export async function openTable(reader: ReleaseReader, table: ReleaseTable): Promise<OpenedTable> {
  const { name, catalog, ranges } = table;
  requireName(name);
  const release = await reader.catalogs.open(catalog, table.release);
  if (release === null)
    throw new DuckdbError('release', `there is no release ${table.release} of ${catalog}`);
  const numbers = [...new Set(table.columns)].sort((a, b) => a - b);
  requireColumns(numbers, release.manifest.table);
  const columns = { numbers, healpix: table.healpix };
  return { name, release, columns: atLeastOne(columns, release), ranges: ranges && cellRanges(ranges) };
}

/** COUNT(*) names no column: the rows are counted by their cells, or, where they have no positions, by the smallest column. */
function atLeastOne(columns: ReleaseColumns, release: Release): ReleaseColumns {
  if (columns.healpix || columns.numbers.length > 0) return columns;
  const { table } = release.manifest;
  if (hasPositions(table)) return { ...columns, healpix: true };
  const numbers = [...table.columns.keys()];
  const bytes = sqlColumns(release, { numbers, healpix: false }).map((column) => column.bytes);
  return { ...columns, numbers: [bytes.indexOf(Math.min(...bytes))] };
}

/** Loads what a query reads of a table, and gives it its name there. */
export async function showTable(
  reader: ReleaseReader,
  session: Session,
  table: DuckdbTable,
  pace: Pace,
): Promise<void> {
  if ('tapSchema' in table) return showSchemaTable(reader, session, table);
  if ('blocks' in table) return showUpload(session, table, pace);
  const { name, release, columns, ranges } = await openTable(reader, table);
  const groups = rowGroupsOf(reader, release, ranges);
  const loaded =
    ranges === null
      ? await wholeTable(reader, session, release, columns, groups, pace)
      : await tableOfGroups(reader, session, release, columns, await all(groups), pace);
  session.show(loaded, name, sqlColumns(release, columns));
}

async function showSchemaTable(reader: ReleaseReader, session: Session, table: SchemaTable): Promise<void> {
  requireName(table.name);
  const found = (await tapSchema(reader)).get(table.tapSchema);
  if (found === undefined) throw new DuckdbError('query', `TAP_SCHEMA has no table ${table.tapSchema}`);
  requireColumns(table.columns, found.table);
  const columns = found.table.columns.map((column, at) => sqlColumn(`c${at}`, column, arrowType(column)));
  session.show(await tableOfRows(session, columns, found.columns), table.name, columns);
}

async function showUpload(session: Session, table: UploadTable, pace: Pace): Promise<void> {
  requireName(table.name);
  const columns = table.columns.map(({ number, ...column }) =>
    sqlColumn(`c${Number(number)}`, column, arrowType(column)),
  );
  const loaded = await tableOfBlocks(session, columns, table.rows, table.blocks, pace);
  session.show(loaded, table.name, columns);
}

/** Of the latest releases. */
async function tapSchema({ catalogs }: ReleaseReader): Promise<TapSchemaRows> {
  const releases = await Promise.all((await catalogs.list()).map((name) => catalogs.open(name)));
  return tapSchemaRows(releases.flatMap((release) => release?.manifest.table ?? []));
}

function requireName(name: string): void {
  if (!/^\w+$/.test(name)) throw new DuckdbError('query', `"${name}" is no name of a table`);
}

function requireColumns(numbers: readonly number[], { columns }: Table): void {
  const unknown = numbers.find((number) => columns[number] === undefined);
  if (unknown !== undefined) throw new DuckdbError('query', `there is no column number ${unknown}`);
}

function cellRanges({ start, end }: NonNullable<ReleaseTable['ranges']>): CellRanges {
  return {
    start: BigInt64Array.from(start, BigInt),
    end: BigInt64Array.from(end, BigInt),
    full: new Uint8Array(start.length),
  };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
