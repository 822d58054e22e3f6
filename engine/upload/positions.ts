import type { Data } from 'apache-arrow';
import type { Upload } from './upload.ts';

/** Positions in degrees, longitudes in [0, 360). */
export interface Positions {
  readonly lon: Float64Array;
  readonly lat: Float64Array;
}

/**
 * The positions that two columns of an upload hold, without those of rows that have none; null where a latitude is beyond the poles or
 * a column has no numbers, as of such nothing can be said.
 */
export function positionsOf(upload: Upload, lonName: string, latName: string): Positions | null {
  const columns = [lonName, latName].map((name) => numbersOf(upload, name));
  const [lons, lats] = columns;
  if (!lons || !lats) return null;
  const lon = new Float64Array(upload.rows);
  const lat = new Float64Array(upload.rows);
  let count = 0;
  for (let row = 0; row < upload.rows; row++) {
    const [x, y] = [lons[row]!, lats[row]!];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    if (Math.abs(y) > 90) return null;
    const turned = x % 360;
    lon[count] = turned < 0 ? turned + 360 : turned;
    lat[count++] = y;
  }
  return { lon: lon.subarray(0, count), lat: lat.subarray(0, count) };
}

/** The values of a column, NaN for nulls; null where it has no numbers. */
function numbersOf({ table, rows, blocks }: Upload, name: string): Float64Array | null {
  const at = table.columns.findIndex((column) => column.name === name);
  const { datatype, arraysize } = table.columns[at]!;
  if (arraysize !== null || datatype === 'boolean' || datatype === 'long') return null;
  const values = new Float64Array(rows);
  let start = 0;
  for (const { length, columns } of blocks) {
    const data: Data = columns[at]!;
    values.set(data.values.subarray(0, length), start);
    if (data.nullCount > 0) {
      for (let row = 0; row < length; row++) if (!data.getValid(row)) values[start + row] = Number.NaN;
    }
    start += length;
  }
  return values;
}
