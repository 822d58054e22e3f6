import { skymapOf } from '../catalog/coverage.ts';
import type { Release } from '../catalog/release.ts';
import { cellArea } from '../healpix-wasm/cell-area.ts';

const INDEX_ORDER = 29;

/** A radius that turns out too small is made so many times as large. */
const GROWTH = 2;

/** Degrees: all of the sky. */
const LARGEST = 180;

/**
 * Degrees around a position within which so many rows are, as a rule, and not many more: as the skymap counts rows there.
 * @param cell order-29 cell of the position.
 */
export function nearbyRadius(release: Release, cell: bigint, count: number): number {
  const { order, rows } = skymapOf(release);
  const around = Math.max(rows[Number(cell >> BigInt(2 * (INDEX_ORDER - order)))]!, 1);
  // Three standard deviations of a Poisson distribution beyond.
  const expected = count + 3 * Math.sqrt(count) + 3;
  return Math.min(Math.sqrt((expected * cellArea(order)) / (Math.PI * around)), LARGEST);
}

/** The next radius to search, in degrees, up to the largest that is asked for. */
export function widerRadius(radius: number, largest: number): number {
  return Math.min(radius * GROWTH, largest);
}
