/** Cells are never smaller than this, whatever their rows: 12.6 million cells of 3.4′ (HATS's own default). */
export const MAX_ORDER = 10;

/** 256 cells, which make up one of four orders above. */
const BLOCK_BITS = 8;
const BLOCK = 2 ** BLOCK_BITS;

/**
 * A count, below 2³², for each cell of an order, nested. Most of a sky may be empty: only blocks of cells with a count take time, and room, for
 * memory that is never written is none.
 */
export interface Histogram {
  readonly cells: number;
  add(cell: number, count: number): void;
  at(cell: number): number;
  /**
   * Shows the cells that have a count, ascending, as long as that is wanted.
   * @returns whether all were.
   */
  every(isWanted: (cell: number, count: number) => boolean): boolean;
}

/** @param cells 12·4^MAX_ORDER of the whole sky, or a power of 4 from 16 on. */
export function emptyHistogram(cells = 12 * 4 ** MAX_ORDER): Histogram {
  const counts = new Uint32Array(cells);
  /** Of each block, whether it has a count. */
  const filled = new Uint8Array(Math.ceil(cells / BLOCK));

  return {
    cells,
    add(cell, count) {
      counts[cell]! += count;
      filled[cell >>> BLOCK_BITS] = 1;
    },
    at: (cell) => counts[cell]!,
    every(isWanted) {
      for (let block = 0; block < filled.length; block += 1) {
        if (filled[block] === 0) continue;
        const end = Math.min((block + 1) * BLOCK, cells);
        for (let cell = block * BLOCK; cell < end; cell += 1) {
          const count = counts[cell]!;
          if (count !== 0 && !isWanted(cell, count)) return false;
        }
      }
      return true;
    },
  };
}

export function eachFilled(histogram: Histogram, show: (cell: number, count: number) => void): void {
  histogram.every((cell, count) => {
    show(cell, count);
    return true;
  });
}

/** Counts of a sky in each cell of another order, once all is counted. */
export function countsAtOrder(histogram: Histogram, order: number): Float64Array {
  const levels = MAX_ORDER - order;
  return levels < KEPT_LEVELS ? countedAbove(histogram, levels) : keptSums(histogram)[levels - KEPT_LEVELS]!;
}

function countedAbove(histogram: Histogram, levels: number): Float64Array {
  const sums = new Float64Array(histogram.cells / 4 ** levels);
  eachFilled(histogram, (cell, count) => {
    sums[cell >>> (2 * levels)]! += count;
  });
  return sums;
}

/** Levels above which sums are kept; the few counts below are added up each time. */
const KEPT_LEVELS = 2;

/** A histogram of the whole sky takes a tenth of a second to go through. */
const kept = new WeakMap<Histogram, readonly Float64Array[]>();

/** Counts in each cell KEPT_LEVELS above the histogram's, and of each level above that. */
function keptSums(histogram: Histogram): readonly Float64Array[] {
  const known = kept.get(histogram);
  if (known !== undefined) return known;
  const lowest = countedAbove(histogram, KEPT_LEVELS);
  const sums = [lowest];
  for (let below = lowest; below.length % 4 === 0; below = sums.at(-1)!) sums.push(sumsOfFour(below));
  kept.set(histogram, sums);
  return sums;
}

/** What tells, at once, the sum of the counts in a cell so many levels above, once all is counted. */
export function sumsOf(histogram: Histogram): (levels: number, cell: number) => number {
  const sums = keptSums(histogram);
  return (levels, cell) => {
    if (levels >= KEPT_LEVELS) return sums[levels - KEPT_LEVELS]![cell]!;
    let sum = 0;
    for (let at = cell * 4 ** levels; at < (cell + 1) * 4 ** levels; at += 1) sum += histogram.at(at);
    return sum;
  };
}

function sumsOfFour(counts: Float64Array): Float64Array {
  const sums = new Float64Array(counts.length / 4);
  for (let at = 0; at < counts.length; at += 1) sums[at >>> 2]! += counts[at]!;
  return sums;
}
