import type { Instance } from './instance.ts';
import type { CellRanges, Cone, RowIndex } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import type { Host } from './positions.ts';
import { requireCone } from './require.ts';

const CELL_BYTES = 8;

/** Most row groups that are asked have nothing: they share one answer. */
const NO_ROWS = new Uint32Array(0);

/** A column of cells copied into the instance's memory. */
export function residentIndex(host: Host, owner: Instance, index: BigInt64Array): RowIndex {
  const rows = index.length;
  const bytes = rows * CELL_BYTES;
  const indexAt = owner.allocate(bytes);
  owner.views().i64.set(index, indexAt / 8);
  let freed = false;

  function find(instance: Instance, cone: Cone | null, ranges: CellRanges): Uint32Array {
    if (freed || instance !== owner) throw new KernelError('this row index is no longer in the kernel');
    const { exports } = instance;
    const { start, end, full } = instance.ranges.hold(ranges);
    const n = ranges.start.length;
    const row = instance.scratch(rows * 4);
    const count =
      cone === null
        ? exports.kernel_index_in_ranges(indexAt, rows, start, end, n, row)
        : exports.kernel_index_candidates(
            indexAt,
            rows,
            start,
            end,
            full,
            n,
            cone.lon,
            cone.lat,
            cone.radius,
            row,
          );
    return count === 0 ? NO_ROWS : instance.views().u32.slice(row / 4, row / 4 + count);
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
      if (host.current() === owner) owner.free(indexAt, bytes);
    },
  };
}
