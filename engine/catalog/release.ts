import { type DataType, Int64 } from 'apache-arrow';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { arrowType } from '../table/arrow.ts';
import type { Leaf } from './leaf.ts';
import { catalogFolder, dataPath, HEALPIX_COLUMN, type Manifest, releasePrefix } from './manifest.ts';
import { hasPositions, qualifiedName } from './table.ts';

/** A release that is open for reading. */
export interface Release {
  readonly manifest: Manifest;
  /** What the keys of its objects begin with, before a slash. */
  readonly prefix: string;
  /** Of the Parquet files, by name, in their order: the index column, if the table has positions, then the table's. */
  readonly columns: ReadonlyMap<string, StoredColumn>;
  /** Smallest order-29 cell of each leaf, or the number of its first row. */
  readonly firstOfLeaf: BigInt64Array;
}

/** A column as it lies in the Parquet files. */
export interface StoredColumn {
  /** Position among the columns. */
  readonly at: number;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** A row group of a release. */
export interface RowGroup {
  readonly release: Release;
  /** The leaf that describes it, and its position there. */
  readonly leaf: Leaf;
  readonly at: number;
  /** What it is known by: no other row group of any release has the same. */
  readonly id: string;
}

/** @throws Error naming a column whose type cannot be carried, or what the release lacks of positions that its table has. */
export function openRelease(manifest: Manifest): Release {
  const { table, leaves, skymap } = manifest;
  const positions = hasPositions(table);
  if (positions !== (skymap !== null)) {
    const [has, lacks] = positions ? ['positions', 'a skymap'] : ['a skymap', 'positions'];
    throw new Error(`${qualifiedName(table)} has ${has}, but not ${lacks}`);
  }
  const index: [string, StoredColumn][] = positions
    ? [[HEALPIX_COLUMN, { at: 0, type: new Int64(), nullable: false }]]
    : [];
  const stored = table.columns.map((column, at): [string, StoredColumn] => [
    column.name,
    { at: index.length + at, type: arrowType(column), nullable: true },
  ]);
  return {
    manifest,
    prefix: releasePrefix(manifest.catalog, manifest.release),
    columns: new Map([...index, ...stored]),
    firstOfLeaf: BigInt64Array.from(leaves, ({ first }) => BigInt(first)),
  };
}

export function rowGroupAt(release: Release, leafNumber: number, leaf: Leaf, at: number): RowGroup {
  return { release, leaf, at, id: `${release.prefix}/${leafNumber}/${at}` };
}

/** Key of the Parquet file that holds a row group. */
export function fileOf({ release, leaf, at }: RowGroup): string {
  const { prefix, manifest } = release;
  return `${prefix}/${catalogFolder(manifest)}${dataPath(manifest.table, leaf.order[at]!, leaf.pixel[at]!)}`;
}

/** Numbers of the leaves whose row groups may hold a cell of the ranges, ascending. */
export function leavesInRanges({ firstOfLeaf }: Release, ranges: CellRanges): number[] {
  const found: number[] = [];
  for (let range = 0; range < ranges.start.length; range++) {
    // The leaf before the first one that begins within the range may reach into it.
    let leaf = Math.max(0, firstReaching(firstOfLeaf, ranges.start[range]!, 0) - 1);
    leaf = Math.max(leaf, (found.at(-1) ?? -1) + 1);
    for (; leaf < firstOfLeaf.length && firstOfLeaf[leaf]! < ranges.end[range]!; leaf++) found.push(leaf);
  }
  return found;
}

/** Positions in a leaf of the row groups that may hold a cell of the ranges, ascending. */
export function rowGroupsInRanges({ first, last }: Leaf, ranges: CellRanges): number[] {
  const found: number[] = [];
  let next = 0;
  for (let range = 0; range < ranges.start.length && next < last.length; range++) {
    next = firstReaching(last, ranges.start[range]!, next);
    for (; next < first.length && first[next]! < ranges.end[range]!; next++) found.push(next);
    // The last group may reach into the next range too, but it is found already: never step back.
  }
  return found;
}

/** Smallest position from `low` on whose value is at least `cell`, in ascending values. */
function firstReaching(values: BigInt64Array, cell: bigint, low: number): number {
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < cell) low = middle + 1;
    else high = middle;
  }
  return low;
}
