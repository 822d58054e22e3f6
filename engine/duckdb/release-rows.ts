import { type Data, Int64 } from 'apache-arrow';
import type { Leaf } from '../catalog/leaf.ts';
import { HEALPIX_COLUMN } from '../catalog/manifest.ts';
import {
  leavesInRanges,
  type Release,
  type RowGroup,
  rowGroupAt,
  rowGroupsInRanges,
} from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { concatRows } from '../table/rows.ts';
import { arrowRows, rowBytes, type SqlColumn, sqlColumn } from './arrow-rows.ts';

export type ReleaseReader = Pick<Engine, 'catalogs' | 'leaves' | 'rowGroups'>;

/** Columns of a release as a table of DuckDB has them. */
export interface ReleaseColumns {
  /** Positions in the release's `table.columns`, ascending. */
  readonly numbers: readonly number[];
  readonly healpix: boolean;
}

/** About so many bytes of rows, as they are in memory, are decoded and inserted together. */
const BLOCK_BYTES = 2 << 20;

/** And so many bytes of files read, for columns of small row groups are read with what lies between them. */
const READ_BYTES = 4 << 20;

/** The index column comes last, as `h`. */
export function sqlColumns(release: Release, { numbers, healpix }: ReleaseColumns): SqlColumn[] {
  const { columns } = release.manifest.table;
  const stored = numbers.map((number) => {
    const column = columns[number]!;
    return sqlColumn(`c${number}`, column, release.columns.get(column.name)!.type);
  });
  if (healpix) stored.push({ name: 'h', sqlType: 'BIGINT', arrowType: new Int64(), bytes: 8 });
  return stored;
}

function storedNames({ manifest }: Release, { numbers, healpix }: ReleaseColumns): string[] {
  const names = numbers.map((number) => manifest.table.columns[number]!.name);
  return healpix ? [...names, HEALPIX_COLUMN] : names;
}

/** What columns of a row group take in memory, about: texts and arrays may be longer than is usual, but are hardly made smaller in files. */
export function rowGroupBytes({ release, leaf, at }: RowGroup, wanted: ReleaseColumns): number {
  const chunks = storedNames(release, wanted).map(
    (name) => at * leaf.columns + release.columns.get(name)!.at,
  );
  const stored = chunks.reduce((sum, chunk) => sum + leaf.chunkBytes[chunk]!, 0);
  return Math.max(stored, leaf.rows[at]! * rowBytes(sqlColumns(release, wanted)));
}

/** What all rows of a release take in memory, about: as much each as those of its first leaf. */
export async function releaseBytes(
  reader: ReleaseReader,
  release: Release,
  wanted: ReleaseColumns,
): Promise<number> {
  const { leaves, rows } = release.manifest;
  if (leaves.length === 0) return 0;
  const leaf = await leafOf(reader, release, 0);
  let bytes = 0;
  let described = 0;
  for (const [at, count] of leaf.rows.entries()) {
    bytes += rowGroupBytes(rowGroupAt(release, 0, leaf, at), wanted);
    described += count;
  }
  return (rows / described) * bytes;
}

async function leafOf({ leaves }: ReleaseReader, release: Release, number: number): Promise<Leaf> {
  return leaves.cached(release, number) ?? (await leaves.load(release, number));
}

/** All row groups of a release, or those that may hold a cell of the ranges, in ascending order of cells. */
export async function* rowGroupsOf(
  reader: ReleaseReader,
  release: Release,
  ranges: CellRanges | null,
): AsyncGenerator<RowGroup, void, undefined> {
  const numbers = ranges === null ? release.manifest.leaves.keys() : leavesInRanges(release, ranges);
  for (const number of numbers) {
    const leaf = await leafOf(reader, release, number);
    const positions = ranges === null ? leaf.first.keys() : rowGroupsInRanges(leaf, ranges);
    for (const at of positions) yield rowGroupAt(release, number, leaf, at);
  }
}

/**
 * Columns of row groups as Arrow IPC streams, some row groups in each. While one is inserted the next is read; nothing
 * is kept.
 * @throws CorruptReleaseError, StorageError
 */
export async function* releaseRows(
  { rowGroups }: ReleaseReader,
  release: Release,
  wanted: ReleaseColumns,
  groups: AsyncIterable<RowGroup> | Iterable<RowGroup>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const columns = sqlColumns(release, wanted);
  const names = storedNames(release, wanted);

  const read = async (block: readonly RowGroup[]) => ({
    block,
    stored: await rowGroups.fetch(block, names),
  });
  type Read = Awaited<ReturnType<typeof read>>;

  /** How long texts and arrays are is known when they are decoded. */
  function* decoded({ block, stored }: Read): Generator<Uint8Array, void, undefined> {
    let waiting: Data[][] = [];
    let bytes = 0;
    for (const group of block) {
      const data = rowGroups.decoded(group, stored, names);
      waiting.push(data);
      bytes += data.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (bytes < BLOCK_BYTES && group !== block.at(-1)) continue;
      yield arrowRows(
        columns,
        names.map((_, at) => concatRows(waiting.map((one) => one[at]!))),
      );
      waiting = [];
      bytes = 0;
    }
  }

  let reading: Promise<Read> | null = null;
  for await (const block of blocks(groups, BLOCK_BYTES / rowBytes(columns))) {
    const next = read(block);
    // Whoever wants no more rows does not hear of it.
    next.catch(() => {});
    if (reading !== null) yield* decoded(await reading);
    reading = next;
  }
  if (reading !== null) yield* decoded(await reading);
}

/** Row groups in lists of about so many rows, and of bytes that are not too many. */
async function* blocks(
  groups: AsyncIterable<RowGroup> | Iterable<RowGroup>,
  rows: number,
): AsyncGenerator<RowGroup[], void, undefined> {
  let block: RowGroup[] = [];
  let count = 0;
  let bytes = 0;
  for await (const group of groups) {
    block.push(group);
    count += group.leaf.rows[group.at]!;
    bytes += storedBytes(group);
    if (count < rows && bytes < READ_BYTES) continue;
    yield block;
    block = [];
    count = 0;
    bytes = 0;
  }
  if (block.length > 0) yield block;
}

function storedBytes({ leaf: { columns, chunkBytes }, at }: RowGroup): number {
  let bytes = 0;
  for (let chunk = at * columns; chunk < (at + 1) * columns; chunk++) bytes += chunkBytes[chunk]!;
  return bytes;
}
