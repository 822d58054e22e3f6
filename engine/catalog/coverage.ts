import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { remembered } from '../remembered.ts';
import { COVERAGE_MAX_ORDER, type Coverage, type Skymap } from './manifest.ts';
import type { Release } from './release.ts';

/**
 * The order-29 cells outside of which a release has no row.
 * @throws Error for one of a table without positions.
 */
export const coverageOf = remembered(({ manifest }: Release): CellRanges => {
  if (manifest.coverage === null) throw new Error(`${manifest.catalog} has no positions`);
  return cellsOf(manifest.coverage);
});

/**
 * How many rows a release has where on the sky.
 * @throws Error for one of a table without positions.
 */
export function skymapOf({ manifest }: Release): Skymap {
  if (manifest.skymap === null) throw new Error(`${manifest.catalog} has no positions`);
  return manifest.skymap;
}

/** Numbers all the way: as many BigInts cost a cold isolate some milliseconds. */
function cellsOf({ order, ranges }: Coverage): CellRanges {
  const count = ranges.length / 2;
  const start = new BigInt64Array(count);
  const end = new BigInt64Array(count);
  // Of the 62 bits of an order-29 cell the high word has every one down to order 13.
  const [startWords, endWords] = [new Uint32Array(start.buffer), new Uint32Array(end.buffer)];
  const size = 4 ** (COVERAGE_MAX_ORDER - order);
  for (let at = 0; at < count; at += 1) {
    startWords[2 * at + 1] = ranges[2 * at]! * size;
    endWords[2 * at + 1] = ranges[2 * at + 1]! * size;
  }
  return { start, end, full: new Uint8Array(count).fill(1) };
}
