/** A HEALPix cell, nested scheme. */
export interface Cell {
  readonly order: number;
  readonly pixel: number;
}

/** Cells are never smaller than this, whatever their rows: 12.6 million cells of 3.4′ (HATS's own default). */
export const MAX_ORDER = 10;

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

/** Rows per cell at MAX_ORDER. */
export function emptyHistogram(): Uint32Array {
  return new Uint32Array(cellCount(MAX_ORDER));
}

/** A count in each cell of an order, and the most that a partition has of it. */
export interface Bound {
  readonly counts: Uint32Array;
  readonly most: number;
}

/**
 * HATS's adaptive partitioning: the largest cells that are within all bounds, from order 0 down to MAX_ORDER, in the order of
 * the index; cells without rows are left out.
 * @param bounds that of the rows first; counts at MAX_ORDER.
 */
export function partitionCells(bounds: readonly [Bound, ...Bound[]]): Cell[] {
  return Array.from({ length: BASE_CELLS }, (_, pixel) => {
    const cells = 4 ** MAX_ORDER;
    const inside = bounds.map(({ counts, most }) => ({
      counts: counts.subarray(pixel * cells, (pixel + 1) * cells),
      most,
    }));
    return cellsBelow({ order: 0, pixel }, MAX_ORDER, inside);
  }).flat();
}

/**
 * The same inside of a cell.
 * @param levels below the cell, at which its cells are counted: 4^levels of them.
 */
export function cellsBelow(root: Cell, levels: number, bounds: readonly Bound[]): Cell[] {
  const cells: Cell[] = [];
  const visit = (level: number, at: number): void => {
    const width = 4 ** (levels - level);
    const sums = bounds.map(({ counts }) => sumOf(counts, at * width, (at + 1) * width));
    if (sums[0] === 0) return;
    if (level === levels || bounds.every(({ most }, nth) => sums[nth]! <= most)) {
      cells.push({ order: root.order + level, pixel: root.pixel * 4 ** level + at });
      return;
    }
    for (let child = 0; child < 4; child += 1) visit(level + 1, 4 * at + child);
  };
  visit(0, 0);
  return cells;
}

/** Rows in each cell of an order. */
export function rowsPerCell(histogram: Uint32Array, order: number): number[] {
  const width = 4 ** (MAX_ORDER - order);
  return Array.from({ length: cellCount(order) }, (_, pixel) =>
    sumOf(histogram, pixel * width, (pixel + 1) * width),
  );
}

/** Of counts in cells at MAX_ORDER, what a cell of that order or a lower one has. */
export function countIn(counts: Uint32Array, { order, pixel }: Cell): number {
  const width = 4 ** (MAX_ORDER - order);
  return sumOf(counts, pixel * width, (pixel + 1) * width);
}

/** First order-29 cell of a cell. */
export function firstIndex({ order, pixel }: Cell): bigint {
  return BigInt(pixel) << BigInt(2 * (INDEX_ORDER - order));
}

function sumOf(counts: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += counts[at]!;
  return sum;
}

/** The order that has so many cells. */
export function orderOfCells(cells: number): number {
  return Math.round(Math.log2(cells / BASE_CELLS) / 2);
}

function cellCount(order: number): number {
  return BASE_CELLS * 4 ** order;
}
