import {
  leavesInRanges,
  type Release,
  type RowGroup,
  rowGroupAt,
  rowGroupsInRanges,
} from '../catalog/release.ts';
import { hasPositions } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import { boundsOf } from './bounds.ts';
import type { Filters } from './conditions.ts';
import type { ReadGroup } from './select-rows.ts';

/** Row groups that are read together at most, and their stored bytes if they are several. */
const BLOCK_ROW_GROUPS = 8;
const BLOCK_BYTES = 1 << 18;

/** A data file of a release, as the index knows it. */
export interface DataFile {
  /** Of the cell; 0 where the table has no positions. */
  readonly order: number;
  /** The cell, or the number of the part. */
  readonly pixel: number;
}

/**
 * The row groups of a data file that may have rows which meet the filters: those that the index rules out are not read. The caches stay
 * as they are.
 * @param names of the columns that will be wanted.
 */
export async function* indexedGroups(
  engine: Engine,
  release: Release,
  file: DataFile,
  filters: Filters,
  names: readonly string[],
): AsyncGenerator<ReadGroup, void, undefined> {
  const blocks = blocksOf(engine, release, file, filters, names);
  const load = async () => {
    const { value: groups } = await blocks.next();
    return groups ? { groups, stored: await engine.rowGroups.fetch(groups, names) } : null;
  };
  let ahead = load();
  for (let block = await ahead; block !== null; block = await ahead) {
    ahead = load();
    // Whoever wants no more row groups does not hear of it.
    ahead.catch(() => {});
    const { groups, stored } = block;
    for (const group of groups) {
      yield {
        rows: group.leaf.rows[group.at]!,
        columns: (wanted) => engine.rowGroups.decoded(group, stored, wanted),
      };
    }
  }
}

/** Some row groups at a time. */
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
