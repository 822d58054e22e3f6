import type { Release } from '../engine/catalog/release.ts';
import { cellArea } from '../engine/healpix-wasm/cell-area.ts';
import type { Cone, HealpixKernel } from '../engine/healpix-wasm/kernel.ts';

/** Rows that an example should find, about. */
const WANTED_ROWS = 20;

/** Degrees; far more than the size of an order-29 cell (0.4 mas) and than what rounding moves. */
const LEAST_RADIUS = 0.01;

/**
 * A cone with at least one row in it, and some twenty as a rule: around the first row of the leaf that begins in the fullest
 * part of the sky. Null where there are no rows, or they have no positions. Degrees.
 */
export function exampleCone(kernel: HealpixKernel, release: Release, maxRadius: number): Cone | null {
  const { skymap } = release.manifest;
  if (skymap === null) return null;
  const { order, rows } = skymap;
  const shift = BigInt(2 * (29 - order));
  let best: { cell: bigint; rows: number } | null = null;
  for (const cell of release.firstOfLeaf) {
    const around = rows[Number(cell >> shift)]!;
    if (best === null || around > best.rows) best = { cell, rows: around };
  }
  if (best === null) return null;
  const { lon, lat } = kernel.center(29, best.cell);
  const radius = Math.sqrt((WANTED_ROWS * cellArea(order)) / (Math.PI * best.rows));
  return {
    lon: Number(lon.toFixed(4)),
    lat: Number(lat.toFixed(4)),
    radius: Math.min(Math.max(Number(radius.toPrecision(1)), LEAST_RADIUS), maxRadius),
  };
}
