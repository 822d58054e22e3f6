import { BAD_REGION, type Instance } from './instance.ts';
import type { Cone, ConeRows, Region } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { badRegion, encodeRegion } from './regions.ts';
import { differentLengths, requireCone } from './require.ts';

const NO_ROWS: ConeRows = { row: new Uint32Array(0), separation: new Float64Array(0) };

/** Of rows of whole columns, those in a cone. */
export function coneRows(
  instance: Instance,
  cone: Cone,
  lon: Float64Array,
  lat: Float64Array,
  rows: Uint32Array | null,
): ConeRows {
  requireCone(cone);
  const n = rows?.length ?? lon.length;
  if (n === 0) return NO_ROWS;
  const lonAt = instance.scratch(n * 28);
  const latAt = lonAt + n * 8;
  const separation = latAt + n * 8;
  const place = separation + n * 8;
  gather(instance, lon, lat, rows, lonAt, latAt);
  const count = instance.exports.kernel_cone_filter(
    lonAt,
    latAt,
    n,
    cone.lon,
    cone.lat,
    cone.radius,
    place,
    separation,
  );
  if (count === 0) return NO_ROWS;
  const { u32, f64 } = instance.views();
  return {
    row: rowsAt(instance.results.u32(u32, place, count), rows),
    separation: instance.results.f64(f64, separation, count),
  };
}

/** Of rows of whole columns, those in a region. */
export function regionRows(
  instance: Instance,
  region: Region,
  lon: Float64Array,
  lat: Float64Array,
  rows: Uint32Array | null,
): Uint32Array {
  const { kind, numbers } = encodeRegion(region);
  const n = rows?.length ?? lon.length;
  const lonAt = instance.scratch(n * 20 + numbers.length * 8);
  const latAt = lonAt + n * 8;
  const numbersAt = latAt + n * 8;
  const place = numbersAt + numbers.length * 8;
  gather(instance, lon, lat, rows, lonAt, latAt);
  instance.views().f64.set(numbers, numbersAt / 8);
  const count = instance.exports.kernel_region_filter(
    lonAt,
    latAt,
    n,
    kind,
    numbersAt,
    numbers.length,
    place,
  );
  if (count === BAD_REGION) throw badRegion();
  if (count === 0) return NO_ROWS.row;
  return rowsAt(instance.results.u32(instance.views().u32, place, count), rows);
}

/** The positions of rows, copied into the kernel's memory one after the other. */
function gather(
  instance: Instance,
  lon: Float64Array,
  lat: Float64Array,
  rows: Uint32Array | null,
  lonAt: number,
  latAt: number,
): void {
  if (lon.length !== lat.length) throw differentLengths({ lon, lat });
  const { f64 } = instance.views();
  if (rows === null) {
    f64.set(lon, lonAt / 8);
    f64.set(lat, latAt / 8);
    return;
  }
  const last = rows.at(-1) ?? -1;
  if (last >= lon.length) throw new KernelError(`there is no row ${last} in columns of ${lon.length}`);
  take(lon, rows, f64, lonAt / 8);
  take(lat, rows, f64, latAt / 8);
}

function take(column: Float64Array, rows: Uint32Array, to: Float64Array, at: number): void {
  for (let i = 0; i < rows.length; i++) to[at + i] = column[rows[i]!]!;
}

/** Places in a list of rows → those rows. */
function rowsAt(places: Uint32Array, rows: Uint32Array | null): Uint32Array {
  if (rows === null) return places;
  for (let i = 0; i < places.length; i++) places[i] = rows[places[i]!]!;
  return places;
}
