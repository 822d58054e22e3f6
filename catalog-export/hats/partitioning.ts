/** A HEALPix cell, nested scheme. */
export interface Cell {
  readonly order: number;
  readonly pixel: number;
}

/** Cells are never smaller than this, whatever their rows: 12.6 million cells of 3.4′ (HATS's own default). */
export const MAX_ORDER = 10;

const INDEX_ORDER = 29;
const BASE_CELLS = 12;

/** The cell at MAX_ORDER of each nested order-29 cell. */
export function cellsAtMaxOrder(index: BigInt64Array): Uint32Array {
  // The index has 62 bits; the high word of the two has every bit down to order 13.
  const words = new Uint32Array(index.buffer, index.byteOffset, index.length * 2);
  const shift = 2 * (INDEX_ORDER - MAX_ORDER) - 32;
  const cells = new Uint32Array(index.length);
  for (let row = 0; row < cells.length; row += 1) cells[row] = words[2 * row + 1]! >>> shift;
  return cells;
}

/** Rows per cell at MAX_ORDER. */
export function emptyHistogram(): Uint32Array {
  return new Uint32Array(cellCount(MAX_ORDER));
}

/**
 * HATS's adaptive partitioning: the largest cells of at most `maxRows` rows each, from order 0 down to
 * MAX_ORDER, in the order of the index; cells without rows are left out.
 */
export function partitionCells(histogram: Uint32Array, maxRows: number): Cell[] {
  const rows = pyramid(histogram);
  const cells: Cell[] = [];
  const visit = (order: number, pixel: number): void => {
    const count = rows[order]![pixel]!;
    if (count === 0) return;
    if (count <= maxRows || order === MAX_ORDER) {
      cells.push({ order, pixel });
      return;
    }
    for (let child = 0; child < 4; child += 1) visit(order + 1, 4 * pixel + child);
  };
  for (let pixel = 0; pixel < BASE_CELLS; pixel += 1) visit(0, pixel);
  return cells;
}

/** Rows in each cell of an order. */
export function rowsPerCell(histogram: Uint32Array, order: number): number[] {
  return Array.from(pyramid(histogram)[order]!);
}

/** For each cell at MAX_ORDER, which of the partitions holds it; meaningless where none does. */
export function partitionOfCell(partitions: readonly Cell[]): Uint32Array {
  const owner = new Uint32Array(cellCount(MAX_ORDER));
  for (const [partition, { order, pixel }] of partitions.entries()) {
    const cells = 4 ** (MAX_ORDER - order);
    owner.fill(partition, pixel * cells, (pixel + 1) * cells);
  }
  return owner;
}

/** The order that has so many cells. */
export function orderOfCells(cells: number): number {
  return Math.round(Math.log2(cells / BASE_CELLS) / 2);
}

function cellCount(order: number): number {
  return BASE_CELLS * 4 ** order;
}

/** Rows per cell, from order 0 to MAX_ORDER. */
function pyramid(histogram: Uint32Array): ArrayLike<number>[] {
  const levels: ArrayLike<number>[] = [histogram];
  for (let order = MAX_ORDER - 1; order >= 0; order -= 1) {
    const finer = levels[0]!;
    const level = new Float64Array(cellCount(order));
    for (let pixel = 0; pixel < level.length; pixel += 1) {
      const child = 4 * pixel;
      level[pixel] = finer[child]! + finer[child + 1]! + finer[child + 2]! + finer[child + 3]!;
    }
    levels.unshift(level);
  }
  return levels;
}
