import type { RowGroup } from '../../engine/catalog/manifest.ts';

/**
 * Rows in each nested cell of an order, as far as the row groups tell: the rows of a group that spans several cells are
 * shared out evenly over its range of order-29 cells.
 */
export function rowsPerCell(rowGroups: readonly RowGroup[], order: number): Float64Array {
  const counts = new Float64Array(12 * 4 ** order);
  const size = 4 ** (29 - order);
  for (const { rows, first, last } of rowGroups) {
    // In units of a cell; doubles are fine enough for a map.
    const start = Number(BigInt(first)) / size;
    const end = (Number(BigInt(last)) + 1) / size;
    for (let cell = Math.floor(start); cell < end && cell < counts.length; cell++) {
      const overlap = Math.min(end, cell + 1) - Math.max(start, cell);
      counts[cell] = counts[cell]! + (rows * overlap) / (end - start);
    }
  }
  return counts;
}
