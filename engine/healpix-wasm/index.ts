import { type Instance, instantiate } from './instance.ts';
import type { CellRanges, Cone, ConeRows, HealpixKernel, Position, RowSpans } from './kernel.ts';
import { KernelError } from './kernel-error.ts';

export type { CellRanges, Cone, ConeRows, HealpixKernel, Position, RowSpans } from './kernel.ts';
export { KernelError } from './kernel-error.ts';

/** Rows hashed per call into the module: bounds its scratch memory, and stays in the processor's cache. */
const HASH_BLOCK = 16_384;

/** Room for the ranges of nearly every cone; a cover with more is asked for again. */
const USUAL_RANGES = 512;

/** The centre and the four vertices of a cell. */
const POINTS = 5;

const BAD_RANGES = -2;
const BAD_SPANS = -3;

/**
 * The kernel on a compiled healpix.wasm. Synchronous; the module is instantiated at the first call, and again after a
 * trap, whose instance is never used again.
 *
 * Every function throws {@link KernelError} for input it cannot answer: lengths that differ, numbers that are not
 * finite or out of their interval, ranges or spans that are not ascending and disjoint.
 */
export function createKernel(module: WebAssembly.Module): HealpixKernel {
  let instance: Instance | null = null;

  function run<Result>(operation: (instance: Instance) => Result): Result {
    try {
      instance ??= instantiate(module);
      return operation(instance);
    } catch (error) {
      if (error instanceof KernelError) throw error;
      instance = null;
      throw new KernelError('the HEALPix kernel failed and will be restarted at the next call', {
        cause: error,
      });
    }
  }

  return {
    hash: (lon, lat) => run((instance) => hash(instance, lon, lat)),
    center: (order, pixel) => run((instance) => cellPoints(instance, order, pixel)[0]!),
    vertices: (order, pixel) => run((instance) => cellPoints(instance, order, pixel).slice(1)),
    coneRanges: (cone) => run((instance) => coneRanges(instance, cone)),
    rowsInRanges: (index, ranges) => run((instance) => rowsInRanges(instance, index, ranges)),
    coneFilter: (lon, lat, spans, cone) => run((instance) => coneFilter(instance, lon, lat, spans, cone)),
  };
}

function hash(instance: Instance, lon: Float64Array, lat: Float64Array): BigInt64Array {
  requireEqualLengths({ lon, lat });
  const cells = new BigInt64Array(lon.length);
  const block = Math.min(HASH_BLOCK, lon.length);
  const [lonAt, latAt, cellsAt] = instance.scratch(block * 8, block * 8, block * 8) as [
    number,
    number,
    number,
  ];
  for (let row = 0; row < lon.length; row += block) {
    const n = Math.min(block, lon.length - row);
    new Float64Array(instance.buffer(), lonAt, n).set(lon.subarray(row, row + n));
    new Float64Array(instance.buffer(), latAt, n).set(lat.subarray(row, row + n));
    const done = instance.exports.kernel_hash(lonAt, latAt, n, cellsAt);
    if (done < n) {
      const bad = row + done;
      throw new KernelError(
        `row ${bad}: position (${lon[bad]}, ${lat[bad]}) is not on the sphere: lon must be in [-360, 360] and lat in [-90, 90] degrees`,
      );
    }
    cells.set(new BigInt64Array(instance.buffer(), cellsAt, n), row);
  }
  return cells;
}

/** Centre, south, east, north and west vertex. */
function cellPoints(instance: Instance, order: number, pixel: bigint): Position[] {
  const valid = Number.isInteger(order) && order >= 0 && order <= 29 && pixel >= 0n;
  if (!valid || pixel >= 12n << (2n * BigInt(order))) {
    throw new KernelError(
      `there is no cell ${pixel} of order ${order}: the order must be in 0…29 and the cell in [0, 12·4^order)`,
    );
  }
  const [at] = instance.scratch(POINTS * 16);
  instance.exports.kernel_cell_points(order, pixel, at);
  const points = new Float64Array(instance.buffer(), at, 2 * POINTS);
  return Array.from({ length: POINTS }, (_, i) => ({ lon: points[2 * i]!, lat: points[2 * i + 1]! }));
}

function coneRanges(instance: Instance, cone: Cone): CellRanges {
  requireCone(cone);
  for (let capacity = USUAL_RANGES; ; ) {
    const [start, end, full] = instance.scratch(capacity * 8, capacity * 8, capacity) as [
      number,
      number,
      number,
    ];
    const { lon, lat, radius } = cone;
    const count = instance.exports.kernel_cone_ranges(lon, lat, radius, start, end, full, capacity);
    if (count <= capacity) {
      const buffer = instance.buffer();
      return {
        start: new BigInt64Array(buffer, start, count).slice(),
        end: new BigInt64Array(buffer, end, count).slice(),
        full: new Uint8Array(buffer, full, count).slice(),
      };
    }
    capacity = count;
  }
}

function rowsInRanges(instance: Instance, index: BigInt64Array, ranges: CellRanges): RowSpans {
  requireEqualLengths(ranges);
  const rows = index.length;
  const n = ranges.start.length;
  const [indexAt, start, end, full, spanStart, spanEnd, spanFull] = instance.scratch(
    rows * 8,
    n * 8,
    n * 8,
    n,
    n * 4,
    n * 4,
    n,
  );
  const buffer = instance.buffer();
  new BigInt64Array(buffer, indexAt, rows).set(index);
  new BigInt64Array(buffer, start, n).set(ranges.start);
  new BigInt64Array(buffer, end, n).set(ranges.end);
  new Uint8Array(buffer, full, n).set(ranges.full);
  const count = instance.exports.kernel_rows_in_ranges(
    indexAt,
    rows,
    start,
    end,
    full,
    n,
    spanStart,
    spanEnd,
    spanFull,
  );
  if (count === BAD_RANGES) throw new KernelError('the cell ranges are not ascending and disjoint');
  return {
    start: new Uint32Array(instance.buffer(), spanStart, count).slice(),
    end: new Uint32Array(instance.buffer(), spanEnd, count).slice(),
    full: new Uint8Array(instance.buffer(), spanFull, count).slice(),
  };
}

function coneFilter(
  instance: Instance,
  lon: Float64Array,
  lat: Float64Array,
  spans: RowSpans,
  cone: Cone,
): ConeRows {
  requireCone(cone);
  requireEqualLengths({ lon, lat });
  requireEqualLengths(spans);
  const n = spans.start.length;
  // Only the rows between the first span and the last are copied.
  const first = spans.start[0] ?? 0;
  const rows = (spans.end[n - 1] ?? 0) - first;
  let candidates = 0;
  for (let i = 0; i < n; i++) candidates += spans.end[i]! - spans.start[i]!;
  if (rows < 0 || first + rows > lon.length || candidates < 0 || candidates > rows)
    throw badSpans(lon.length);
  const [lonAt, latAt, start, end, rowAt, separationAt] = instance.scratch(
    rows * 8,
    rows * 8,
    n * 4,
    n * 4,
    candidates * 4,
    candidates * 8,
  );
  const buffer = instance.buffer();
  new Float64Array(buffer, lonAt, rows).set(lon.subarray(first, first + rows));
  new Float64Array(buffer, latAt, rows).set(lat.subarray(first, first + rows));
  new Uint32Array(buffer, start, n).set(spans.start);
  new Uint32Array(buffer, end, n).set(spans.end);
  const count = instance.exports.kernel_cone_filter(
    lonAt,
    latAt,
    first,
    rows,
    start,
    end,
    n,
    cone.lon,
    cone.lat,
    cone.radius,
    rowAt,
    separationAt,
  );
  if (count === BAD_SPANS) throw badSpans(lon.length);
  return {
    row: new Uint32Array(instance.buffer(), rowAt, count).slice(),
    separation: new Float64Array(instance.buffer(), separationAt, count).slice(),
  };
}

function badSpans(rows: number): KernelError {
  return new KernelError(`the row spans are not ascending and disjoint within the ${rows} rows`);
}

function requireCone({ lon, lat, radius }: Cone): void {
  requireWithin("the cone's lon", lon, 0, 360);
  requireWithin("the cone's lat", lat, -90, 90);
  requireWithin("the cone's radius", radius, 0, 180);
}

function requireWithin(what: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new KernelError(`${what} is ${value}: it must be in [${low}, ${high}] degrees`);
  }
}

function requireEqualLengths(columns: object): void {
  const entries = Object.entries(columns as Record<string, ArrayLike<unknown>>);
  if (entries.some(([, column]) => column.length !== entries[0]![1].length)) {
    const lengths = entries.map(([name, column]) => `${name} ${column.length}`).join(', ');
    throw new KernelError(`columns of different lengths: ${lengths}`);
  }
}
