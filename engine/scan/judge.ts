import type { Data } from 'apache-arrow';
import type { HealpixKernel } from '../healpix-wasm/kernel.ts';
import type { ScanComparison, ScanRegion } from './scan.ts';

/** Of some rows (ascending; null for all) those whose positions are in all regions. */
export function rowsInRegions(
  kernel: HealpixKernel,
  regions: readonly ScanRegion[],
  lon: Float64Array,
  lat: Float64Array,
  rows: Uint32Array | null,
): Uint32Array | null {
  return regions.reduce((found: Uint32Array | null, region) => {
    if (found?.length === 0) return found;
    if (region.kind === 'region') return kernel.regionRows(region.region, lon, lat, found);
    const { row, separation } = kernel.coneRows(region.cone, lon, lat, found);
    return region.strict ? row.filter((_, at) => separation[at]! < region.cone.radius) : row;
  }, rows);
}

/** Of some rows (ascending; null for all) those whose values in a column compare as wanted. */
export function rowsThatCompare(
  { operator, value }: ScanComparison,
  data: Data,
  rows: Uint32Array | null,
): Uint32Array {
  const values = data.values as Float64Array | Float32Array | Int32Array | Int16Array | Uint8Array;
  const test = TESTS[operator];
  const found = new Uint32Array(rows?.length ?? data.length);
  const count = found.length;
  let length = 0;
  for (let at = 0; at < count; at++) {
    const row = rows === null ? at : rows[at]!;
    if (test(values[row]!, value) && (data.nullCount === 0 || data.getValid(row))) found[length++] = row;
  }
  return found.subarray(0, length);
}

/** The constant is a number, the value may be NaN, which PostgreSQL and DuckDB put above all numbers. */
const TESTS: Readonly<Record<ScanComparison['operator'], (value: number, constant: number) => boolean>> = {
  '=': (value, constant) => value === constant,
  '<>': (value, constant) => value !== constant,
  '<': (value, constant) => value < constant,
  '<=': (value, constant) => value <= constant,
  '>': (value, constant) => !(value <= constant),
  '>=': (value, constant) => !(value < constant),
};
