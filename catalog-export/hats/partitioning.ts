import { type Histogram, MAX_ORDER, sumsOf } from './histogram.ts';

/** A HEALPix cell, nested scheme. */
export interface Cell {
  readonly order: number;
  readonly pixel: number;
}

const INDEX_ORDER = 29;
const BASE_CELLS = 12;

/** The cell of an order, at most 13, of each nested order-29 cell. */
export function cellsAtOrder(order: number, index: BigInt64Array): Uint32Array {
  // The index has 62 bits; the high word of the two has every bit down to order 13.
  const words = new Uint32Array(index.buffer, index.byteOffset, index.length * 2);
  const shift = 2 * (INDEX_ORDER - order) - 32;
  const cells = new Uint32Array(index.length);
  for (let row = 0; row < cells.length; row += 1) cells[row] = words[2 * row + 1]! >>> shift;
  return cells;
}

/** A count in each cell of an order, and the most that a partition has of it. */
export interface Bound {
  readonly counts: Histogram;
  readonly most: number;
}

/**
 * HATS's adaptive partitioning: the largest cells that are within all bounds, from order 0 down to MAX_ORDER, in the order of
 * the index; cells without rows are left out.
 * @param bounds that of the rows first; counts at MAX_ORDER.
 */
export function partitionCells(bounds: readonly [Bound, ...Bound[]]): Cell[] {
  return split({ order: 0, pixel: 0 }, BASE_CELLS, MAX_ORDER, bounds);
}

/**
 * The same inside of a cell.
 * @param levels below the cell, at which its cells are counted: 4^levels of them.
 */
export function cellsBelow(root: Cell, levels: number, bounds: readonly Bound[]): Cell[] {
  return split(root, 1, levels, bounds);
}

/** Of so many cells that follow one another. */
function split(first: Cell, roots: number, levels: number, bounds: readonly Bound[]): Cell[] {
  const cells: Cell[] = [];
  const limits = bounds.map(({ counts, most }) => ({ sum: sumsOf(counts), most }));
  const visit = (level: number, at: number): void => {
    const sums = limits.map(({ sum }) => sum(levels - level, at));
    if (sums[0] === 0) return;
    if (level === levels || limits.every(({ most }, nth) => sums[nth]! <= most)) {
      cells.push({ order: first.order + level, pixel: first.pixel * 4 ** level + at });
      return;
    }
    for (let child = 0; child < 4; child += 1) visit(level + 1, 4 * at + child);
  };
  for (let root = 0; root < roots; root += 1) visit(0, root);
  return cells;
}

/** First order-29 cell of a cell. */
export function firstIndex({ order, pixel }: Cell): bigint {
  return BigInt(pixel) << BigInt(2 * (INDEX_ORDER - order));
}

/** The order that has so many cells. */
export function orderOfCells(cells: number): number {
  return Math.round(Math.log2(cells / BASE_CELLS) / 2);
}
