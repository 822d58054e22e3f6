import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { mocAscii } from '../../engine/healpix-wasm/moc.ts';
import { rangeList } from '../../engine/healpix-wasm/ranges.ts';

/** Of mixed orders: a few kilobytes of text, and next to nothing of the area around an image. */
const MOST_CELLS = 1000;

const INDEX_ORDER = 29;

/**
 * Cells of the sky that an image touches, as a MOC in ASCII: none is missing.
 * @param footprint ICRS polygon, longitude and latitude in turn.
 */
export function coverageOf(kernel: HealpixKernel, footprint: readonly number[]): string {
  const { cell } = kernel.footprintCells(
    {
      vertices: Float64Array.from(footprint),
      offsets: Int32Array.of(0, footprint.length),
      lon: Float64Array.of(footprint[0]!),
      lat: Float64Array.of(footprint[1]!),
      diameter: Float64Array.of(0),
    },
    MOST_CELLS,
  );
  const cells = [...cell].map(located).sort((a, b) => (a.start < b.start ? -1 : 1));
  const ranges = rangeList();
  for (const { start, end } of cells) ranges.push(start, end, true);
  return mocAscii({ order: Math.max(...cells.map(({ order }) => order)), ranges: ranges.ranges() });
}

/** The order-29 cells of one in NUNIQ's numbers (MOC 2.0 §2.3.1): 4^(order + 1) + pixel. */
function located(nuniq: bigint): { readonly order: number; readonly start: bigint; readonly end: bigint } {
  const order = Math.floor((nuniq.toString(2).length - 3) / 2);
  const shift = 2n * BigInt(INDEX_ORDER - order);
  const pixel = nuniq - 4n ** BigInt(order + 1);
  return { order, start: pixel << shift, end: (pixel + 1n) << shift };
}
