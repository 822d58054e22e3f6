import type { Instance } from './instance.ts';
import type { CellRanges } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { differentLengths } from './require.ts';

/** Room for the ranges of nearly every cone. */
const USUAL_RANGES = 512;

/** Start, end and flag. */
const RANGE_BYTES = 17;

/** Addresses of ranges in the kernel's memory, one array per member. */
export interface RangeBlock {
  readonly start: number;
  readonly end: number;
  readonly full: number;
  /** Ranges that there is room for. */
  readonly capacity: number;
}

/**
 * The ranges last used, in a block of the kernel's memory: one cone asks many row groups, and its ranges are
 * copied for the first of them, or not at all if the kernel made them last.
 */
export interface HeldRanges {
  /** Room for new ranges, for the kernel to write; what was held is forgotten. */
  room(capacity?: number): RangeBlock;
  /** What the kernel wrote, copied out, and held. */
  take(count: number): CellRanges;
  /** The block with these ranges. They must not have changed since they were held. */
  hold(ranges: CellRanges): RangeBlock;
}

/** @throws {KernelError} from `hold`, for ranges that are not ascending and disjoint */
export function heldRanges(
  instance: Pick<Instance, 'allocate' | 'free' | 'views' | 'exports' | 'results'>,
): HeldRanges {
  let block: RangeBlock = { start: 0, end: 0, full: 0, capacity: 0 };
  let held: CellRanges | null = null;

  function room(capacity = USUAL_RANGES): RangeBlock {
    held = null;
    if (capacity <= block.capacity) return block;
    const { start: old, capacity: oldCapacity } = block;
    block = { start: 0, end: 0, full: 0, capacity: 0 };
    if (oldCapacity > 0) instance.free(old, oldCapacity * RANGE_BYTES);
    const start = instance.allocate(capacity * RANGE_BYTES);
    block = { start, end: start + capacity * 8, full: start + capacity * 16, capacity };
    return block;
  }

  return {
    room,
    take(count) {
      const { start, end, full } = block;
      const { i64, u8 } = instance.views();
      held = {
        start: instance.results.i64(i64, start, count),
        end: instance.results.i64(i64, end, count),
        full: instance.results.u8(u8, full, count),
      };
      return held;
    },
    hold(ranges) {
      if (ranges === held) return block;
      const { start, end, full } = ranges;
      if (start.length !== end.length || start.length !== full.length) {
        throw differentLengths({ start, end, full });
      }
      const to = room(Math.max(USUAL_RANGES, start.length));
      const { i64, u8 } = instance.views();
      i64.set(start, to.start / 8);
      i64.set(end, to.end / 8);
      u8.set(full, to.full);
      if (instance.exports.kernel_check_ranges(to.start, to.end, start.length) < 0) {
        throw new KernelError('the cell ranges are not ascending and disjoint');
      }
      held = ranges;
      return to;
    },
  };
}
