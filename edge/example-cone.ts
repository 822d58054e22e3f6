import type { Manifest } from '../engine/catalog/manifest.ts';
import type { Cone, HealpixKernel } from '../engine/healpix-wasm/kernel.ts';
import { cellArea } from './sky.ts';

/** Rows that an example should find, about. */
const WANTED_ROWS = 20;

/** Degrees; far more than the size of an order-29 cell (0.4 mas) and than what rounding moves. */
const LEAST_RADIUS = 0.01;

/**
 * A cone with at least one row in it, and some twenty as a rule: around the first row of the row group that begins in the
 * fullest part of the sky. Null where there are no rows. Degrees.
 */
export function exampleCone(kernel: HealpixKernel, manifest: Manifest, maxRadius: number): Cone | null {
  const { order, rows } = manifest.skymap;
  const starts = manifest.partitions.flatMap(({ rowGroups }) => rowGroups.map(({ first }) => BigInt(first)));
  const rowsAround = (cell: bigint): number => rows[Number(cell >> BigInt(2 * (29 - order)))]!;
  const best = starts.toSorted((a, b) => rowsAround(b) - rowsAround(a))[0];
  if (best === undefined) return null;
  const { lon, lat } = kernel.center(29, best);
  const radius = Math.sqrt((WANTED_ROWS * cellArea(order)) / (Math.PI * rowsAround(best)));
  return {
    lon: Number(lon.toFixed(4)),
    lat: Number(lat.toFixed(4)),
    radius: Math.min(Math.max(Number(radius.toPrecision(1)), LEAST_RADIUS), maxRadius),
  };
}
