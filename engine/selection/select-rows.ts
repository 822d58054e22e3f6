import {
  leavesInRanges,
  type Release,
  type RowGroup,
  rowGroupAt,
  rowGroupsInRanges,
} from '../catalog/release.ts';
import { hasPositions } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { Batch, Overflow } from '../table/result.ts';
import { boundsOf } from './bounds.ts';
import { type Filters, meets } from './conditions.ts';

/** Row groups that are read together at most, and their stored bytes if they are several. */
const BLOCK_ROW_GROUPS = 16;
const BLOCK_BYTES = 2 << 20;

/** A data file of a release, as the index knows it. */
export interface DataFile {
  /** Of the cell; 0 where the table has no positions. */
  readonly order: number;
  /** The cell, or the number of the part. */
  readonly pixel: number;
}

/** Which columns and rows of a file are wanted. */
export interface Selection {
  readonly file: DataFile;
  /** Stored columns of the release. */
  readonly columns: readonly string[];
  /** No filter: all rows. */
  readonly filters: Filters;
}

/**
 * Rows of a data file that meet the filters, in the order in which they lie there. Row groups that the index rules out are not
 * read, and the caches stay as they are.
 * @throws CorruptReleaseError, CorruptPartitionError, StorageError
 */
export async function* selectedRows(
  engine: Engine,
  release: Release,
  { file, columns, filters }: Selection,
): AsyncGenerator<Batch, Overflow, undefined> {
  const { rowGroups } = engine;
  const judged = [...new Set(filters.flat().map(({ column }) => column))];
  const needed = [...new Set([...judged, ...columns])];
  for await (const groups of blocksOf(engine, release, file, filters, needed)) {
    const stored = await rowGroups.fetch(groups, needed);
    for (const group of groups) {
      const known = new Map(rowGroups.decoded(group, stored, judged).map((data, at) => [judged[at]!, data]));
      const rows = filters.length === 0 ? null : rowsThatMeet(filters, group, (column) => known.get(column)!);
      if (rows?.length === 0) continue;
      const unknown = columns.filter((column) => !known.has(column));
      for (const [at, data] of rowGroups.decoded(group, stored, unknown).entries())
        known.set(unknown[at]!, data);
      const cells = columns.map((column) => ({ data: known.get(column)!, rows }));
      yield { length: rows?.length ?? group.leaf.rows[group.at]!, columns: cells };
    }
  }
  return { overflow: false };
}

/** Null for all rows. */
function rowsThatMeet(
  filters: Filters,
  { leaf, at }: RowGroup,
  data: (column: string) => Parameters<typeof meets>[1],
): Uint32Array | null {
  const tests = filters.map((conditions) =>
    conditions.map((condition) => meets(condition, data(condition.column))),
  );
  const count = leaf.rows[at]!;
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) {
    if (tests.some((all) => all.every((test) => test(row)))) rows[found++] = row;
  }
  return found === count ? null : rows.subarray(0, found);
}

/** The row groups of a file that may have such rows, some at a time. */
async function* blocksOf(
  engine: Engine,
  release: Release,
  file: DataFile,
  filters: Filters,
  names: readonly string[],
): AsyncGenerator<RowGroup[], void, undefined> {
  const columns = names.map((name) => release.columns.get(name)!.at);
  let block: RowGroup[] = [];
  let bytes = 0;
  for await (const group of rowGroupsOf(engine, release, file, filters)) {
    const { leaf, at } = group;
    const size = columns.reduce((sum, column) => sum + leaf.chunkBytes[at * leaf.columns + column]!, 0);
    if (block.length === BLOCK_ROW_GROUPS || (block.length > 0 && bytes + size > BLOCK_BYTES)) {
      yield block;
      block = [];
      bytes = 0;
    }
    block.push(group);
    bytes += size;
  }
  if (block.length > 0) yield block;
}

async function* rowGroupsOf(
  { leaves }: Engine,
  release: Release,
  { order, pixel }: DataFile,
  filters: Filters,
): AsyncGenerator<RowGroup, void, undefined> {
  const ranges = hasPositions(release.manifest.table) ? boundsOf(filters, order, pixel) : null;
  const numbers = ranges === null ? release.manifest.leaves.keys() : leavesInRanges(release, ranges).values();
  for (const number of numbers) {
    const leaf = leaves.cached(release, number) ?? (await leaves.load(release, number));
    // The parts of a table without positions are in the order of their numbers.
    if (ranges === null && leaf.pixel[0]! > pixel) return;
    for (const at of ranges === null ? leaf.first.keys() : rowGroupsInRanges(leaf, ranges)) {
      if (leaf.order[at] === order && leaf.pixel[at] === pixel) yield rowGroupAt(release, number, leaf, at);
    }
  }
}
