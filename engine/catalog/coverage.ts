import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { remembered } from '../remembered.ts';
import type { Coverage } from './manifest.ts';
import type { Release } from './release.ts';

const INDEX_ORDER = 29;

/** The order-29 cells outside of which a release has no row. */
export const coverageOf = remembered(({ manifest }: Release): CellRanges => cellsOf(manifest.coverage));

/** Loops: the callbacks of `from` cost a cold isolate some milliseconds. */
function cellsOf({ order, ranges }: Coverage): CellRanges {
  const size = 4 ** (INDEX_ORDER - order);
  const count = ranges.length / 2;
  const start = new BigInt64Array(count);
  const end = new BigInt64Array(count);
  for (let at = 0; at < count; at += 1) {
    // Exact: a power of two moves no digit of a number below 2⁵³.
    start[at] = BigInt(ranges[2 * at]! * size);
    end[at] = BigInt(ranges[2 * at + 1]! * size);
  }
  return { start, end, full: new Uint8Array(count).fill(1) };
}
