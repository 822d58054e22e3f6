import { crc32, snappy } from './bytes.ts';
import { coneRows, regionRows } from './exact-rows.ts';
import { footprintCells, footprintRows } from './footprints.ts';
import type { RangeBlock } from './held-ranges.ts';
import { BAD_REGION, type Instance, instantiate } from './instance.ts';
import type { CellRanges, Cone, HealpixKernel, Position, Region } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { badRegion, encodeRegion } from './regions.ts';
import { differentLengths, requireCone } from './require.ts';
import { residentIndex } from './row-index.ts';

export type {
  CellRanges,
  Cone,
  ConeRows,
  FootprintCells,
  Footprints,
  FootprintTest,
  HealpixKernel,
  Position,
  Region,
  RowIndex,
} from './kernel.ts';
export { KernelError } from './kernel-error.ts';

/** Rows hashed per call into the module: bounds its scratch memory, and stays in the processor's cache. */
const HASH_BLOCK = 16_384;

/** The centre and the four vertices of a cell. */
const POINTS = 5;

/**
 * The kernel on a compiled healpix.wasm. Synchronous; the module is instantiated at the first call, and again after a
 * trap, whose instance is never used again.
 *
 * Every function throws {@link KernelError} for input it cannot answer: lengths that differ, numbers that are not
 * finite or out of their interval, ranges that are not ascending and disjoint.
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

  const host = { current: () => instance, run };

  return {
    hash: (lon, lat) => run((instance) => hash(instance, lon, lat)),
    center: (order, pixel) => run((instance) => cellPoints(instance, order, pixel)[0]!),
    vertices: (order, pixel) => run((instance) => cellPoints(instance, order, pixel).slice(1)),
    coneRanges: (cone) => run((instance) => coneRanges(instance, cone)),
    regionRanges: (region) => run((instance) => regionRanges(instance, region)),
    rowIndex: (index) => run((instance) => residentIndex(host, instance, index)),
    coneRows: (cone, lon, lat, rows) => run((instance) => coneRows(instance, cone, lon, lat, rows)),
    footprintCells: (footprints, most) => run((instance) => footprintCells(instance, footprints, most)),
    footprintRows: (region, footprints, test) =>
      run((instance) => footprintRows(instance, region, footprints, test)),
    crc32: (bytes) => run((instance) => crc32(instance, bytes)),
    snappy: (bytes, length) => run((instance) => snappy(instance, bytes, length)),
    regionRows: (region, lon, lat, rows) => run((instance) => regionRows(instance, region, lon, lat, rows)),
  };
}

function hash(instance: Instance, lon: Float64Array, lat: Float64Array): BigInt64Array {
  if (lon.length !== lat.length) throw differentLengths({ lon, lat });
  const cells = new BigInt64Array(lon.length);
  const block = Math.min(HASH_BLOCK, lon.length);
  const lonAt = instance.scratch(block * 24);
  const latAt = lonAt + block * 8;
  const cellsAt = latAt + block * 8;
  const { f64, i64 } = instance.views();
  for (let row = 0; row < lon.length; row += block) {
    const n = Math.min(block, lon.length - row);
    f64.set(lon.subarray(row, row + n), lonAt / 8);
    f64.set(lat.subarray(row, row + n), latAt / 8);
    const done = instance.exports.kernel_hash(lonAt, latAt, n, cellsAt);
    if (done < n) {
      const bad = row + done;
      throw new KernelError(
        `row ${bad}: position (${lon[bad]}, ${lat[bad]}) is not on the sphere: lon must be in [-360, 360] and lat in [-90, 90] degrees`,
      );
    }
    cells.set(i64.subarray(cellsAt / 8, cellsAt / 8 + n), row);
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
  const at = instance.scratch(POINTS * 16);
  instance.exports.kernel_cell_points(order, pixel, at);
  const points = instance.views().f64.subarray(at / 8, at / 8 + 2 * POINTS);
  return Array.from({ length: POINTS }, (_, i) => ({ lon: points[2 * i]!, lat: points[2 * i + 1]! }));
}

function coneRanges(instance: Instance, cone: Cone): CellRanges {
  requireCone(cone);
  const { lon, lat, radius } = cone;
  const cover = instance.exports.kernel_cone_ranges;
  return readRanges(instance, ({ address, capacity }) => cover(lon, lat, radius, address, capacity));
}

function regionRanges(instance: Instance, region: Region): CellRanges {
  const { kind, numbers } = encodeRegion(region);
  const at = instance.scratch(numbers.length * 8);
  instance.views().f64.set(numbers, at / 8);
  const cover = instance.exports.kernel_region_ranges;
  return readRanges(instance, ({ address, capacity }) => cover(kind, at, numbers.length, address, capacity));
}

/** @param cover writes ranges as far as there is room, and returns their number, or an error. */
function readRanges(instance: Instance, cover: (to: RangeBlock) => number): CellRanges {
  let block = instance.ranges.room();
  let count = cover(block);
  if (count === BAD_REGION) throw badRegion();
  if (count > block.capacity) {
    block = instance.ranges.room(count);
    count = cover(block);
  }
  return instance.ranges.take(count);
}
