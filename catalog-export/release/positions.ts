import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { type CopyRows, fieldOffset } from './copy-binary.ts';

/** The rows of a block that have a position, and the order-29 cell of each. */
export interface Located {
  /** Numbers of the rows, ascending. */
  readonly rows: Uint32Array;
  readonly index: BigInt64Array;
}

/**
 * Finds the cells of rows. A position counts when right ascension is in [0, 360] and declination in
 * [−90, 90] degrees; null, NaN and everything else does not.
 * @param ra number of the field, a float8, as `dec` is.
 */
export function locate(kernel: HealpixKernel, rows: CopyRows, ra: number, dec: number): Located {
  const lon = new Float64Array(rows.count);
  const lat = new Float64Array(rows.count);
  const found = new Uint32Array(rows.count);
  let count = 0;
  for (let row = 0; row < rows.count; row += 1) {
    const start = rows.starts[row]!;
    const rowLon = float8(rows.view, fieldOffset(rows.view, start, ra));
    const rowLat = float8(rows.view, fieldOffset(rows.view, start, dec));
    // Comparisons with NaN are false.
    if (!(rowLon >= 0 && rowLon <= 360 && rowLat >= -90 && rowLat <= 90)) continue;
    lon[count] = rowLon;
    lat[count] = rowLat;
    found[count] = row;
    count += 1;
  }
  return {
    rows: found.subarray(0, count),
    index: kernel.hash(lon.subarray(0, count), lat.subarray(0, count)),
  };
}

/**
 * The position of a row that has one, degrees.
 * @param ra number of the field, a float8, as `dec` is.
 */
export function positionOf(
  { view, starts }: CopyRows,
  row: number,
  ra: number,
  dec: number,
): { lon: number; lat: number } {
  const start = starts[row]!;
  return {
    lon: float8(view, fieldOffset(view, start, ra)),
    lat: float8(view, fieldOffset(view, start, dec)),
  };
}

/** NaN for a null. */
function float8(view: DataView, at: number): number {
  return view.getInt32(at) < 0 ? Number.NaN : view.getFloat64(at + 4);
}
