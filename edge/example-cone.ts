import type { Release } from '../engine/catalog/release.ts';
import type { Cone, HealpixKernel } from '../engine/healpix-wasm/kernel.ts';

/** Rows that an example should find, about. */
const WANTED_ROWS = 20;

/** Degrees; the least is far more than the size of an order-29 cell (0.4 mas) and than what rounding moves. */
const LEAST_RADIUS = 0.01;

/** Square degrees of an order-29 cell. */
const CELL_AREA = 129_600 / Math.PI / (12 * 4 ** 29);

/**
 * A cone with at least one row in it, and some twenty more as a rule: around the first row of the densest row group.
 * Null where there are no rows. Degrees.
 */
export function exampleCone(kernel: HealpixKernel, release: Release, maxRadius: number): Cone | null {
  const groups = release.manifest.partitions.flatMap(({ rowGroups }) => rowGroups);
  const dense = groups.map((group) => ({ group, density: density(group) }));
  if (dense.length === 0) return null;
  const best = dense.reduce((most, next) => (next.density > most.density ? next : most));
  const { lon, lat } = kernel.center(29, BigInt(best.group.first));
  const radius = Math.sqrt(WANTED_ROWS / (Math.PI * best.density));
  return {
    lon: Number(lon.toFixed(4)),
    lat: Number(lat.toFixed(4)),
    radius: Math.min(Math.max(Number(radius.toPrecision(1)), LEAST_RADIUS), maxRadius),
  };
}

/** Rows per square degree. */
function density({ rows, first, last }: { rows: number; first: string; last: string }): number {
  return rows / (Number(BigInt(last) - BigInt(first) + 1n) * CELL_AREA);
}
