import { type DataType, Int64 } from 'apache-arrow';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { arrowType } from '../table/arrow.ts';
import { HEALPIX_COLUMN, type Manifest, type Partition, type RowGroup, releasePrefix } from './manifest.ts';

/** A release that is open for reading. */
export interface Release {
  readonly manifest: Manifest;
  /** What the keys of its objects begin with, before a slash. */
  readonly prefix: string;
  /** Arrow types by column name, the index column's too. */
  readonly types: ReadonlyMap<string, DataType>;
  readonly rowGroups: RowGroupIndex;
}

/** All row groups of a release in ascending order of cells, one array per property. */
export interface RowGroupIndex {
  /** Smallest order-29 cell. */
  readonly first: BigInt64Array;
  /** Largest order-29 cell, inclusive. */
  readonly last: BigInt64Array;
  /** Position in `manifest.partitions`. */
  readonly partition: Uint32Array;
  /** Position in the partition's `rowGroups`. */
  readonly group: Uint32Array;
}

/** Where the bytes of one row group are. */
export interface RowGroupLocation {
  /** Key of the Parquet file. */
  readonly key: string;
  readonly partition: Partition;
  /** Position in the file. */
  readonly group: number;
  readonly rowGroup: RowGroup;
}

/** @throws Error naming a column whose type cannot be carried. */
export function openRelease(manifest: Manifest): Release {
  const groups = manifest.partitions.flatMap(({ rowGroups }, partition) =>
    rowGroups.map((rowGroup, group) => ({ rowGroup, partition, group })),
  );
  const types = new Map(manifest.table.columns.map((column) => [column.name, arrowType(column)]));
  return {
    manifest,
    prefix: releasePrefix(manifest.catalog, manifest.release),
    types: types.set(HEALPIX_COLUMN, new Int64()),
    rowGroups: {
      first: BigInt64Array.from(groups, ({ rowGroup }) => BigInt(rowGroup.first)),
      last: BigInt64Array.from(groups, ({ rowGroup }) => BigInt(rowGroup.last)),
      partition: Uint32Array.from(groups, ({ partition }) => partition),
      group: Uint32Array.from(groups, ({ group }) => group),
    },
  };
}

export function locate({ manifest, prefix, rowGroups }: Release, ordinal: number): RowGroupLocation {
  const partition = manifest.partitions[rowGroups.partition[ordinal]!]!;
  const group = rowGroups.group[ordinal]!;
  const key = `${prefix}/${partition.path}`;
  return { key, partition, group, rowGroup: partition.rowGroups[group]! };
}

/** Ordinals of the row groups that may hold a cell of the ranges, ascending. */
export function rowGroupsInRanges({ first, last }: RowGroupIndex, ranges: CellRanges): number[] {
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
