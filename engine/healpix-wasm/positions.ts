import { BAD_RANGES, BAD_REGION, type Instance } from './instance.ts';
import type { CellRanges, Cone, ConeRows, Positions, Region } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { badRegion, encodeRegion } from './regions.ts';
import { differentLengths, requireCone } from './require.ts';

/** Three columns of 8 bytes. */
const ROW_BYTES = 24;

/** What an instance lives in: after a failure another one takes its place. */
export interface Host {
  /** The instance of now; null before the first call and after a failure. */
  current(): Instance | null;
  run<Result>(operation: (instance: Instance) => Result): Result;
}

/** The columns copied into the instance's memory. */
export function residentPositions(
  host: Host,
  owner: Instance,
  index: BigInt64Array,
  lon: Float64Array,
  lat: Float64Array,
): Positions {
  const rows = index.length;
  if (lon.length !== rows || lat.length !== rows) throw differentLengths({ index, lon, lat });
  const bytes = rows * ROW_BYTES;
  const indexAt = owner.allocate(bytes);
  const lonAt = indexAt + rows * 8;
  const latAt = lonAt + rows * 8;
  const { i64, f64 } = owner.views();
  i64.set(index, indexAt / 8);
  f64.set(lon, lonAt / 8);
  f64.set(lat, latAt / 8);
  let freed = false;

  function requireUsable(instance: Instance, { start, end }: CellRanges): void {
    if (freed || instance !== owner) throw new KernelError('these positions are no longer in the kernel');
    if (start.length !== end.length) throw differentLengths({ start, end });
  }

  function inCone(instance: Instance, cone: Cone, ranges: CellRanges): ConeRows {
    requireUsable(instance, ranges);
    requireCone(cone);
    const n = ranges.start.length;
    const start = instance.scratch(n * 16 + rows * 12);
    const end = start + n * 8;
    const separation = end + n * 8;
    const row = separation + rows * 8;
    const { i64, u32, f64 } = instance.views();
    i64.set(ranges.start, start / 8);
    i64.set(ranges.end, end / 8);
    const count = instance.exports.kernel_cone_select(
      indexAt,
      lonAt,
      latAt,
      rows,
      start,
      end,
      n,
      cone.lon,
      cone.lat,
      cone.radius,
      row,
      separation,
    );
    if (count === BAD_RANGES) throw badRanges();
    return {
      row: u32.slice(row / 4, row / 4 + count),
      separation: f64.slice(separation / 8, separation / 8 + count),
    };
  }

  function inRegion(instance: Instance, region: Region, ranges: CellRanges): Uint32Array {
    requireUsable(instance, ranges);
    const { kind, numbers } = encodeRegion(region);
    const n = ranges.start.length;
    const start = instance.scratch(n * 16 + numbers.length * 8 + rows * 4);
    const end = start + n * 8;
    const numbersAt = end + n * 8;
    const row = numbersAt + numbers.length * 8;
    const { i64, u32, f64 } = instance.views();
    i64.set(ranges.start, start / 8);
    i64.set(ranges.end, end / 8);
    f64.set(numbers, numbersAt / 8);
    const count = instance.exports.kernel_region_select(
      indexAt,
      lonAt,
      latAt,
      rows,
      start,
      end,
      n,
      kind,
      numbersAt,
      numbers.length,
      row,
    );
    if (count === BAD_RANGES) throw badRanges();
    if (count === BAD_REGION) throw badRegion();
    return u32.slice(row / 4, row / 4 + count);
  }

  return {
    rows,
    bytes,
    get alive() {
      return !freed && host.current() === owner;
    },
    inCone: (cone, ranges) => host.run((instance) => inCone(instance, cone, ranges)),
    inRegion: (region, ranges) => host.run((instance) => inRegion(instance, region, ranges)),
    free() {
      if (freed) return;
      freed = true;
      if (host.current() === owner) owner.free(indexAt, bytes);
    },
  };
}

function badRanges(): KernelError {
  return new KernelError('the cell ranges are not ascending and disjoint');
}
