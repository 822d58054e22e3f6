import { marginsOf } from '../hats/margin.ts';
import type { Cell } from '../hats/partitioning.ts';
import { rowsAt } from './copy-binary.ts';
import { type KeyedRows, readExtents } from './keyed-rows.ts';
import { positionFields, positionOf } from './positions.ts';
import { BUCKETS, type Buckets } from './sky-tasks.ts';
import { openSpill, type Spill } from './spill.ts';
import type { RowsOptions, RowsTask } from './table-rows.ts';

/** Rows of margins that wait in memory until they are written to the spill. */
const SPILL_MEMORY_BYTES = 16 * 2 ** 20;

/** What the margin of one cell has at most: it is sorted and encoded in memory. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * What is to be done for the margins: rows of other cells that are near to a cell, a task for each cell that has some, in the order of
 * the index.
 * @param cells of the partitions, ascending.
 * @param opened spills that tasks need; what is in it when all is over is to be closed.
 * @throws Error where a margin is too large for memory.
 */
export async function* marginTasks(
  { table, kernel }: Pick<RowsOptions, 'table' | 'kernel'>,
  cells: readonly Cell[],
  { file, extents }: Buckets,
  arcsec: number,
  opened: Set<Spill>,
): AsyncGenerator<RowsTask> {
  const margins = marginsOf(kernel, cells, arcsec);
  const fields = positionFields(table);
  const spill = await openSpill(margins.cells.length, SPILL_MEMORY_BYTES);
  opened.add(spill);
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    for (const extent of extents(bucket)) {
      const { rows, keys } = readExtents(file, [extent]);
      const found = nearRows(rows, keys, (row, high, low) =>
        margins.near(high, low, () => positionOf(rows, row, fields.ra, fields.dec)),
      );
      await spill.add(found, Uint32Array.from(found.cells));
    }
  }
  const placesOf = await spill.finish();
  for (const [number, cell] of margins.cells.entries()) {
    const places = placesOf(number);
    if (places.length === 0) continue;
    const bytes = places.reduce((sum, place) => sum + place.bytes, 0);
    if (bytes > MOST_BYTES) {
      throw new Error(
        `${Math.round(bytes / 2 ** 20)} MB of rows lie within ${arcsec} arcseconds of one partition: choose a smaller --margin`,
      );
    }
    yield {
      source: { file: spill.file, extents: places },
      cells: [cell],
      done: async () => {},
    };
  }
}

/** Rows that are near to cells, each as often as there are such cells. */
interface NearRows extends KeyedRows {
  /** One for each row. */
  readonly cells: readonly number[];
}

function nearRows(
  { bytes, starts, count }: KeyedRows['rows'],
  keys: BigInt64Array,
  near: (row: number, high: number, low: number) => readonly number[],
): NearRows {
  const words = new Uint32Array(keys.buffer, keys.byteOffset, 2 * count);
  const parts: Buffer[] = [];
  const ends = [0];
  const nearKeys: bigint[] = [];
  const cells: number[] = [];
  for (let row = 0; row < count; row += 1) {
    for (const cell of near(row, words[2 * row + 1]!, words[2 * row]!)) {
      const part = bytes.subarray(starts[row]!, starts[row + 1]!);
      parts.push(part);
      ends.push(ends.at(-1)! + part.length);
      nearKeys.push(keys[row]!);
      cells.push(cell);
    }
  }
  return {
    rows: rowsAt(Buffer.concat(parts), Uint32Array.from(ends)),
    keys: BigInt64Array.from(nearKeys),
    cells,
  };
}
