import { emptyHistogram } from '../hats/histogram.ts';
import { type Cell, cellsBelow, firstIndex } from '../hats/partitioning.ts';
import type { Extent } from './extents.ts';
import { readExtents } from './keyed-rows.ts';
import { openSpill, type Spill } from './spill.ts';
import type { PartitionLimits, RowsTask } from './table-rows.ts';

/** Rows are collected by cells of this order, 7.3° wide, and then by partition. */
export const BUCKET_ORDER = 3;
export const BUCKETS = 12 * 4 ** BUCKET_ORDER;

/** Rows that were collected by bucket. */
export interface Buckets {
  readonly file: number;
  /** Of each bucket. */
  readonly extents: (bucket: number) => readonly Extent[];
}

/** A bucket that holds several partitions is sorted in memory up to this size; a larger one is taken apart on disk first. */
const BUCKET_BYTES = 48 * 2 ** 20;

/** A cell of MAX_ORDER, 3.4′ wide, that is too large for memory is split by the cells so far below it, 1.6″ wide. */
const CROWDED_LEVELS = 7;
/** What one of those has at most, where nothing can be split any more. */
const CROWDED_BYTES = 128 * 2 ** 20;

const INDEX_ORDER = 29;

/**
 * What is to be done for the partitions, in their order.
 * @param cells ascending.
 * @param opened spills that tasks need; what is in it when all is over is to be closed.
 * @param mostBytes of rows that are sorted into several partitions in memory.
 */
export async function* tasksOf(
  cells: readonly Cell[],
  { file, extents }: Buckets,
  opened: Set<Spill>,
  mostBytes = BUCKET_BYTES,
): AsyncGenerator<RowsTask> {
  for (let at = 0; at < cells.length; ) {
    const [first, last] = bucketsOf(cells[at]!);
    const inside = [cells[at]!];
    while (at + inside.length < cells.length && bucketsOf(cells[at + inside.length]!)[0] < last) {
      inside.push(cells[at + inside.length]!);
    }
    at += inside.length;
    const source = { file, extents: bucketNumbers(first, last).flatMap(extents) };
    const bytes = source.extents.reduce((sum, extent) => sum + extent.bytes, 0);
    if (inside.length > 1 && bytes > mostBytes) yield* takenApart(inside, source, opened);
    else yield { source, cells: inside, done: async () => {} };
  }
}

/**
 * The cells inside of one that holds too much for memory.
 * @throws Error where many rows lie in one place, so that even the smallest cell does.
 */
export function crowdedCells(
  cell: Cell,
  { file, extents }: Buckets,
  limits: PartitionLimits,
  mostBytes = CROWDED_BYTES,
): Cell[] {
  const order = cell.order + CROWDED_LEVELS;
  const shift = BigInt(2 * (INDEX_ORDER - order));
  const first = firstIndex(cell) >> shift;
  const rows = emptyHistogram(4 ** CROWDED_LEVELS);
  const kilobytes = emptyHistogram(4 ** CROWDED_LEVELS);
  const bytes = new Float64Array(4 ** CROWDED_LEVELS);
  for (const extent of extents(bucketsOf(cell)[0])) {
    const block = readExtents(file, [extent]);
    for (let row = 0; row < block.keys.length; row += 1) {
      const at = Number((block.keys[row]! >> shift) - first);
      if (at < 0 || at >= bytes.length) continue;
      rows.add(at, 1);
      bytes[at]! += block.rows.starts[row + 1]! - block.rows.starts[row]!;
    }
  }
  for (const [at, count] of bytes.entries()) if (count > 0) kilobytes.add(at, Math.ceil(count / 1024));
  const fullest = bytes.reduce((most, count) => Math.max(most, count), 0);
  if (fullest > mostBytes) {
    throw new Error(
      `${Math.round(fullest / 2 ** 20)} MB of rows lie within two arcseconds of each other (in the nested cell ` +
        `${first + BigInt(bytes.indexOf(Math.max(...bytes)))} of order ${order}), and ${Math.round(mostBytes / 2 ** 20)} MB is the most that ` +
        'one partition takes: publish the table without positions, and one row for each object as a table with them',
    );
  }
  return cellsBelow(cell, CROWDED_LEVELS, [
    { counts: rows, most: limits.rows },
    { counts: kilobytes, most: limits.bytes / 1024 },
  ]);
}

/** First bucket that a cell has part in, and the one after the last. */
function bucketsOf({ order, pixel }: Cell): [number, number] {
  if (order <= BUCKET_ORDER) {
    const buckets = 4 ** (BUCKET_ORDER - order);
    return [pixel * buckets, (pixel + 1) * buckets];
  }
  const bucket = Math.floor(pixel / 4 ** (order - BUCKET_ORDER));
  return [bucket, bucket + 1];
}

function bucketNumbers(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, at) => first + at);
}

/** A task for each partition, whose rows are brought together in a spill of their own. */
async function* takenApart(
  cells: readonly Cell[],
  { file, extents }: { readonly file: number; readonly extents: readonly Extent[] },
  opened: Set<Spill>,
): AsyncGenerator<RowsTask> {
  const spill = await openSpill(cells.length, BUCKET_BYTES);
  opened.add(spill);
  const firsts = Float64Array.from(cells, (cell) => leadingBits(...wordsOf(firstIndex(cell))));
  for (const extent of extents) {
    const rows = readExtents(file, [extent]);
    await spill.add(rows, cellsOf(rows.keys, firsts));
  }
  const apart = await spill.finish();
  let tasks = cells.length;
  const done = async () => {
    tasks -= 1;
    if (tasks > 0) return;
    opened.delete(spill);
    await spill.close();
  };
  for (const [at, cell] of cells.entries()) {
    yield { source: { file: spill.file, extents: apart(at) }, cells: [cell], done };
  }
}

/** Which of the cells each key is in. */
function cellsOf(keys: BigInt64Array, firsts: Float64Array): Uint32Array {
  const words = new Uint32Array(keys.buffer, keys.byteOffset, 2 * keys.length);
  const cells = new Uint32Array(keys.length);
  for (let row = 0; row < cells.length; row += 1) {
    const key = leadingBits(words[2 * row]!, words[2 * row + 1]!);
    let low = 0;
    let high = firsts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (firsts[middle]! <= key) low = middle;
      else high = middle;
    }
    cells[row] = low;
  }
  return cells;
}

/** An order-29 cell without its last eleven bits, which no partition's first cell has. */
function leadingBits(low: number, high: number): number {
  return high * 2 ** 21 + (low >>> 11);
}

function wordsOf(key: bigint): [low: number, high: number] {
  return [Number(key & 0xffff_ffffn), Number(key >> 32n)];
}
