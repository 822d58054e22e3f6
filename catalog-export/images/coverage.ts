import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { mocAscii, mocOfRanges } from '../../engine/healpix-wasm/moc.ts';

/** Cells across the image: so fine is its MOC, and so few cells it has. */
const CELLS_ACROSS = 32;
/** Side of a cell of order 0, degrees. */
const CELL_DEGREES = 58.6;
const DEEPEST = 20;

/**
 * Cells of the sky that an image touches, as a MOC in ASCII.
 * @param footprint ICRS polygon, longitude and latitude in turn.
 * @param fov degrees.
 */
export function coverageOf(kernel: HealpixKernel, footprint: readonly number[], fov: number): string {
  const vertices = Array.from({ length: footprint.length / 2 }, (_, at) => ({
    lon: footprint[2 * at]!,
    lat: footprint[2 * at + 1]!,
  }));
  const order = Math.round(Math.log2((CELL_DEGREES * CELLS_ACROSS) / fov));
  const moc = mocOfRanges(
    kernel.regionRanges({ kind: 'polygon', vertices }),
    Math.max(0, Math.min(DEEPEST, order)),
  );
  return mocAscii(moc);
}
