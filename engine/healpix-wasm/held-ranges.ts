import type { Instance } from './instance.ts';
import type { CellRanges } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { differentLengths } from './require.ts';
import { RANGE_BYTES } from './results.ts';

/** Room for the ranges of nearly every cone. */
const USUAL_RANGES = 512;

/** Room for ranges in the kernel's memory: a block of starts, ends and flags. */
export interface RangeBlock {
  readonly address: number;
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
  /** Address of the block of these ranges. They must not have changed since they were held. */
  hold(ranges: CellRanges): number;
}

/** @throws {KernelError} from `hold`, for ranges that are not ascending and disjoint */
export function heldRanges(
  instance: Pick<Instance, 'allocate' | 'free' | 'views' | 'exports' | 'results'>,
): HeldRanges {
  let block: RangeBlock = { address: 0, capacity: 0 };
  let held: CellRanges | null = null;

  function room(capacity = USUAL_RANGES): RangeBlock {
    held = null;
    if (capacity <= block.capacity) return block;
    const { address, capacity: before } = block;
    block = { address: 0, capacity: 0 };
    if (before > 0) instance.free(address, before * RANGE_BYTES);
    block = { address: instance.allocate(capacity * RANGE_BYTES), capacity };
    return block;
  }

  return {
    room,
    take(count) {
      held = instance.results.ranges(instance.views().u8, block.address, count);
      return held;
    },
    hold(ranges) {
      if (ranges === held) return block.address;
      const { start, end, full } = ranges;
      const { length } = start;
      if (length !== end.length || length !== full.length) throw differentLengths({ start, end, full });
      const { address } = room(Math.max(USUAL_RANGES, length));
      const { i64, u8 } = instance.views();
      i64.set(start, address / 8);
      i64.set(end, address / 8 + length);
      u8.set(full, address + length * 16);
      if (instance.exports.kernel_check_ranges(address, length) < 0) {
        throw new KernelError('the cell ranges are not ascending and disjoint');
      }
      held = ranges;
      return address;
    },
  };
}
