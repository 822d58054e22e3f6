import { BufferType, Data, Int64 } from 'apache-arrow';
import { coverageOf } from '../catalog/coverage.ts';
import type { Leaf } from '../catalog/leaf.ts';
import { leavesInRanges, type RowGroup, rowGroupAt, rowGroupsInRanges } from '../catalog/release.ts';
import { mainColumns } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { intersection, touches } from '../healpix-wasm/ranges.ts';
import type { KeptColumn } from '../parquet/kept-column.ts';
import type { StoredBytes } from '../parquet/row-groups.ts';
import type { Batch, Overflow } from '../table/result.ts';
import { rowsInRegions, rowsThatCompare } from './judge.ts';
import type { Scan } from './scan.ts';

/** Row groups that are read together, while the rows of those before them are sent: more and more of them. */
const FIRST_ROW_GROUPS = 8;
const MOST_ROW_GROUPS = 64;

/** Stored bytes of row groups that are read together at most, if they are several. */
const BLOCK_BYTES = 4 << 20;

/** A scan of more row groups of a leaf reads through, and leaves the cache to the small ones. */
const KEPT_ROW_GROUPS = 64;

/** Rows of a row group, but for the last one of a file. */
const GROUP_ROWS = 1024;

/** Row groups whose turn is next. */
interface Block {
  readonly groups: readonly Candidate[];
  readonly keep: boolean;
}

interface Candidate {
  readonly group: RowGroup;
  /** All of its rows are in all regions. */
  readonly inside: boolean;
}

interface Loaded {
  readonly groups: readonly (Candidate & { readonly held: ReadonlyMap<string, KeptColumn> | null })[];
  readonly keep: boolean;
  readonly stored: StoredBytes;
}

/**
 * The rows of a scan, row group by row group in ascending order of cells; or one row, their number.
 * @param maxrec rows at most: that there are more is told as overflow, but for a TOP that is no larger.
 * @throws CorruptReleaseError, CorruptPartitionError, StorageError
 */
export async function* scanRows(
  engine: Engine,
  scan: Scan,
  maxrec: number,
): AsyncGenerator<Batch, Overflow, undefined> {
  const { columns } = scan;
  const isTop = scan.top !== null && scan.top <= maxrec;
  let left = isTop ? scan.top! : maxrec;
  if (isTop && left === 0) return { overflow: false };
  const batches = columns === 'count' ? counted(engine, scan) : matches(engine, scan, columns, left);
  for await (const batch of batches) {
    if (left === 0) return { overflow: true };
    yield batch.length > left ? firstRows(batch, left) : batch;
    if (batch.length > left) return { overflow: !isTop };
    left -= batch.length;
    if (isTop && left === 0) break;
  }
  return { overflow: false };
}

function firstRows({ columns }: Batch, length: number): Batch {
  return { length, columns: columns.map(({ data }) => ({ data: data.slice(0, length), rows: null })) };
}

/** Row groups whose rows all count are known from the index: nothing of them is read. */
async function* counted(engine: Engine, scan: Scan): AsyncGenerator<Batch, void, undefined> {
  const { release, regions, comparisons, ranges } = scan;
  let count = 0;
  if (regions.length === 0 && comparisons.length === 0 && ranges === null) count = release.manifest.rows;
  else for await (const { length } of matches(engine, scan, [], Number.POSITIVE_INFINITY)) count += length;
  const buffers = { [BufferType.DATA]: BigInt64Array.of(BigInt(count)) } as Partial<Data['buffers']>;
  yield { length: 1, columns: [{ data: new Data(new Int64(), 0, 1, 0, buffers), rows: null }] };
}

/** @param wanted rows that will be asked for at most, and one more. */
async function* matches(
  engine: Engine,
  scan: Scan,
  columns: readonly string[],
  wanted: number,
): AsyncGenerator<Batch, void, undefined> {
  const { kernel, rowGroups } = engine;
  const { release, regions, comparisons } = scan;
  const ranges = rangesOf(engine, scan);
  if (ranges !== null && !touches(ranges, coverageOf(release))) return;
  const compared = comparisons.map(({ column }) => column);
  const judged = regions.length > 0 ? [...positionColumns(scan), ...compared] : compared;
  const needed = [...new Set([...judged, ...columns])];
  const neededInside = [...new Set([...compared, ...columns])];

  /** What is in the cache is held, for it may be pushed out before its turn. */
  async function read({ groups, keep }: Block): Promise<Loaded> {
    const looked = groups.map((candidate) => {
      const names = candidate.inside ? neededInside : needed;
      const kept = names.length === 0 ? [] : rowGroups.cachedColumns(candidate.group, names);
      return { ...candidate, names, held: kept && new Map(names.map((name, at) => [name, kept[at]!])) };
    });
    const unread = looked.filter(({ held }) => held === null);
    const names = [...new Set(unread.flatMap((candidate) => candidate.names))];
    const stored =
      unread.length === 0
        ? []
        : await rowGroups.fetch(
            unread.map(({ group }) => group),
            names,
          );
    return { groups: looked, keep, stored };
  }

  const blocks = blocksOf(
    engine,
    scan,
    ranges,
    needed,
    judged.length > 0 ? Number.POSITIVE_INFINITY : wanted + 1,
  );
  const load = async () => {
    const next = await blocks.next();
    return next.done ? null : read(next.value);
  };
  let ahead = load();
  for (let block = await ahead; block !== null; block = await ahead) {
    ahead = load();
    // Whoever asks for no more rows does not hear of it.
    ahead.catch(() => {});
    const { groups, keep, stored } = block;
    for (const { group, inside, held } of groups) {
      const all = allRows(group.leaf.rows[group.at]!);
      const columnsOf = (names: readonly string[]) =>
        held ? names.map((name) => held.get(name)!) : rowGroups.columns(group, stored, keep, names);
      const whole = (names: readonly string[]) => columnsOf(names).map((column) => column.take(all));
      let rows: Uint32Array | null = null;
      if (regions.length > 0 && !inside) {
        const [lon, lat] = whole(positionColumns(scan));
        rows = rowsInRegions(kernel, regions, lon!.values, lat!.values, null);
        if (rows?.length === 0) continue;
      }
      if (comparisons.length > 0) {
        const data = whole(compared);
        for (const [at, comparison] of comparisons.entries())
          rows = rowsThatCompare(comparison, data[at]!, rows);
        if (rows?.length === 0) continue;
      }
      yield batchOf(columnsOf(columns), rows ?? all);
    }
  }
}

function batchOf(columns: readonly KeptColumn[], rows: Uint32Array): Batch {
  return { length: rows.length, columns: columns.map((column) => ({ data: column.take(rows), rows: null })) };
}

function positionColumns({ release }: Scan): readonly string[] {
  const { ra, dec } = mainColumns(release.manifest.table);
  return [ra.name, dec.name];
}

/** The cells of all regions, full where all say so; null for all of the sky. */
function rangesOf({ kernel }: Engine, { regions, ranges }: Scan): CellRanges | null {
  const covers = regions.map((region) => {
    if (region.kind === 'region') return kernel.regionRanges(region.region);
    const cone = kernel.coneRanges(region.cone);
    return region.strict ? { ...cone, full: new Uint8Array(cone.full.length) } : cone;
  });
  if (ranges !== null) covers.push({ ...ranges, full: new Uint8Array(ranges.full.length).fill(1) });
  return covers.length === 0 ? null : covers.reduce(intersection);
}

/** @param wanted rows after which no row group is asked for; infinite where it is not known which rows count. */
async function* blocksOf(
  { leaves }: Engine,
  { release }: Scan,
  ranges: CellRanges | null,
  names: readonly string[],
  wanted: number,
): AsyncGenerator<Block, void, undefined> {
  const columns = names.map((name) => release.columns.get(name)!.at);
  let size = Math.min(FIRST_ROW_GROUPS, Math.ceil(wanted / GROUP_ROWS));
  let left = wanted;
  const numbers = ranges === null ? release.manifest.leaves.keys() : leavesInRanges(release, ranges).values();
  for (const number of numbers) {
    const leaf = leaves.cached(release, number) ?? (await leaves.load(release, number));
    const found = ranges === null ? [...leaf.first.keys()] : rowGroupsInRanges(leaf, ranges);
    const keep = Math.min(found.length, left / GROUP_ROWS) <= KEPT_ROW_GROUPS;
    for (let from = 0; from < found.length && left > 0; ) {
      const positions = firstFitting(leaf, found, from, size, columns);
      from += positions.length;
      for (const at of positions) left -= leaf.rows[at]!;
      size = Math.min(2 * size, MOST_ROW_GROUPS);
      const groups = positions.map((at) => ({
        group: rowGroupAt(release, number, leaf, at),
        inside: ranges !== null && isInside(ranges, leaf.first[at]!, leaf.last[at]!),
      }));
      yield { groups, keep };
    }
    if (left <= 0) return;
  }
}

/** Row groups from one on, no more than so many, that have no more bytes than are read together. */
function firstFitting(
  leaf: Leaf,
  found: readonly number[],
  from: number,
  most: number,
  columns: readonly number[],
): readonly number[] {
  let bytes = 0;
  let to = from;
  for (; to < found.length && to - from < most; to++) {
    for (const column of columns) bytes += leaf.chunkBytes[found[to]! * leaf.columns + column]!;
    if (bytes > BLOCK_BYTES && to > from) break;
  }
  return found.slice(from, to);
}

/** Whether all cells from the first to the last one are in one range that is full. */
function isInside({ start, end, full }: CellRanges, first: bigint, last: bigint): boolean {
  let low = 0;
  let high = end.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (end[middle]! <= first) low = middle + 1;
    else high = middle;
  }
  return low < end.length && full[low] === 1 && start[low]! <= first && last < end[low]!;
}

let rowNumbers = Uint32Array.from({ length: GROUP_ROWS }, (_, row) => row);

function allRows(count: number): Uint32Array {
  if (count > rowNumbers.length) rowNumbers = Uint32Array.from({ length: count }, (_, row) => row);
  return rowNumbers.subarray(0, count);
}
