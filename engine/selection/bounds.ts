import { HEALPIX_COLUMN } from '../catalog/manifest.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { intersection, union } from '../healpix-wasm/ranges.ts';
import type { Condition, Filters } from './conditions.ts';

const FIRST = 0n;
/** Beyond the last cell of order 29. */
const BEYOND = 12n << 58n;

/** The cells of a file that rows which meet the filters can have: none that can is missing. */
export function boundsOf(filters: Filters, order: number, pixel: number): CellRanges {
  const shift = BigInt(2 * (29 - order));
  const cell = rangeOf(BigInt(pixel) << shift, (BigInt(pixel) + 1n) << shift);
  if (filters.length === 0) return cell;
  const possible = filters.map((conditions) => conditions.map(cellsOf).reduce(intersection, cell));
  return possible.reduce(union);
}

function cellsOf(condition: Condition): CellRanges {
  const all = rangeOf(FIRST, BEYOND);
  if (condition.column !== HEALPIX_COLUMN) return all;
  if (condition.operator === 'in') {
    const cells = condition.values.filter((value) => typeof value === 'bigint');
    if (cells.length < condition.values.length) return all;
    return cells.map((value) => rangeOf(value, value + 1n)).reduce(union, rangeOf(FIRST, FIRST));
  }
  if (!('value' in condition) || typeof condition.value !== 'bigint') return all;
  const { operator, value } = condition;
  switch (operator) {
    case '==':
      return rangeOf(value, value + 1n);
    case '<':
      return rangeOf(FIRST, value);
    case '<=':
      return rangeOf(FIRST, value + 1n);
    case '>':
      return rangeOf(value + 1n, BEYOND);
    case '>=':
      return rangeOf(value, BEYOND);
    default:
      return all;
  }
}

/** Cells [start, end), as far as there are such. */
function rangeOf(start: bigint, end: bigint): CellRanges {
  const from = start < FIRST ? FIRST : start;
  const to = end > BEYOND ? BEYOND : end;
  if (from >= to) return { start: new BigInt64Array(), end: new BigInt64Array(), full: new Uint8Array() };
  return { start: BigInt64Array.of(from), end: BigInt64Array.of(to), full: Uint8Array.of(1) };
}
