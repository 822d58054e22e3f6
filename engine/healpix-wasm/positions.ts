import type { Instance } from './instance.ts';
import type { CellRanges, Cone, ConeRows, Positions } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { differentLengths, requireCone } from './require.ts';

/** Three columns of 8 bytes. */
const ROW_BYTES = 24;

const BAD_RANGES = -2;

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

  function inCone(instance: Instance, cone: Cone, ranges: CellRanges): ConeRows {
    if (freed || instance !== owner) throw new KernelError('these positions are no longer in the kernel');
    requireCone(cone);
    const { start: starts, end: ends } = ranges;
    if (starts.length !== ends.length) throw differentLengths({ start: starts, end: ends });
    const n = starts.length;
    const [start, end, row, separation] = instance.scratch(n * 8, n * 8, rows * 4, rows * 8);
    const { i64, u32, f64 } = instance.views();
    i64.set(starts, start / 8);
    i64.set(ends, end / 8);
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
    if (count === BAD_RANGES) throw new KernelError('the cell ranges are not ascending and disjoint');
    return {
      row: u32.slice(row / 4, row / 4 + count),
      separation: f64.slice(separation / 8, separation / 8 + count),
    };
  }

  return {
    rows,
    bytes,
    get alive() {
      return !freed && host.current() === owner;
    },
    inCone: (cone, ranges) => host.run((instance) => inCone(instance, cone, ranges)),
    free() {
      if (freed) return;
      freed = true;
      if (host.current() === owner) owner.free(indexAt, bytes);
    },
  };
}
