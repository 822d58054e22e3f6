import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { remembered } from '../remembered.ts';
import type { Coverage } from './manifest.ts';
import type { Release } from './release.ts';

const INDEX_ORDER = 29;

/** The order-29 cells outside of which a release has no row. */
export const coverageOf = remembered(({ manifest }: Release): CellRanges => cellsOf(manifest.coverage));

function cellsOf({ order, ranges }: Coverage): CellRanges {
  const shift = BigInt(2 * (INDEX_ORDER - order));
  const count = ranges.length / 2;
  return {
    start: BigInt64Array.from({ length: count }, (_, at) => BigInt(ranges[2 * at]!) << shift),
    end: BigInt64Array.from({ length: count }, (_, at) => BigInt(ranges[2 * at + 1]!) << shift),
    full: new Uint8Array(count).fill(1),
  };
}
