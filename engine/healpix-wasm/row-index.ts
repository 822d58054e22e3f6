import { BAD_INDEX, type Instance } from './instance.ts';
import type { CellRanges, Cone, RowIndex } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { requireCone } from './require.ts';

/** Of the deepest order at which the cells of the rows fit into them. */
const CELL_BYTES = 4;

/** Most row groups that are asked have nothing: they share one answer. */
const NO_ROWS = new Uint32Array(0);

/** What an instance lives in: after a failure another one takes its place. */
export interface Host {
  /** The instance of now; null before the first call and after a failure. */
  current(): Instance | null;
  run<Result>(operation: (instance: Instance) => Result): Result;
}

/** A column of cells packed into the instance's memory. */
export function residentIndex(host: Host, owner: Instance, index: BigInt64Array): RowIndex {
  const rows = index.length;
  const firstAt = owner.scratch(rows * 8 + 8);
  owner.views().i64.set(index, firstAt / 8 + 1);
  const bytes = rows * CELL_BYTES;
  const cellsAt = owner.allocate(bytes);
  const order = owner.exports.kernel_index_pack(firstAt + 8, rows, cellsAt, firstAt);
  if (order === BAD_INDEX) {
    owner.free(cellsAt, bytes);
    throw new KernelError('the cells of a row index must ascend, in [0, 12·4^29)');
  }
  const first = owner.views().i64[firstAt / 8]!;
  let freed = false;

  function find(instance: Instance, cone: Cone | null, ranges: CellRanges): Uint32Array {
    if (freed || instance !== owner) throw new KernelError('this row index is no longer in the kernel');
    const block = instance.ranges.hold(ranges);
    const row = instance.scratch(rows * 4);
    const { kernel_index_candidates, kernel_index_in_ranges } = instance.exports;
    const n = ranges.start.length;
    const count =
      cone === null
        ? kernel_index_in_ranges(cellsAt, rows, order, first, block, n, row)
        : kernel_index_candidates(
            cellsAt,
            rows,
            order,
            first,
            block,
            n,
            cone.lon,
            cone.lat,
            cone.radius,
            row,
          );
    return count === 0 ? NO_ROWS : instance.results.u32(instance.views().u32, row, count);
  }

  return {
    rows,
    bytes,
    get alive() {
      return !freed && host.current() === owner;
    },
    candidates(cone, ranges) {
      requireCone(cone);
      return host.run((instance) => find(instance, cone, ranges));
    },
    inRanges: (ranges) => host.run((instance) => find(instance, null, ranges)),
    free() {
      if (freed) return;
      freed = true;
      if (host.current() === owner) owner.free(cellsAt, bytes);
    },
  };
}
