import type { CellRanges } from './kernel.ts';

/**
 * Copies of small arrays out of the kernel's memory, many on one buffer: V8 makes a view of a buffer in 20 ns, and a
 * buffer in 150 to 300.
 */
export interface Results {
  f64(from: Float64Array, address: number, count: number): Float64Array;
  u32(from: Uint32Array, address: number, count: number): Uint32Array;
  /** A block of starts, ends and flags. */
  ranges(from: Uint8Array, address: number, count: number): CellRanges;
}

/** Start, end and flag. */
export const RANGE_BYTES = 17;

/** Bytes of a buffer: a result that lives long keeps no more than these alive. */
const BUFFER = 16_384;

/** What takes a larger part of a buffer gets one of its own; what takes less than a view's, V8 keeps beside the view. */
const LARGEST = BUFFER / 8;
const SMALLEST = 64;

export function results(): Results {
  let buffer = new ArrayBuffer(0);
  let f64 = new Float64Array(buffer);
  let u32 = new Uint32Array(buffer);
  let u8 = new Uint8Array(buffer);
  let used = 0;

  /** Offset of so many bytes, aligned to 8. */
  function room(bytes: number): number {
    if (used + bytes > buffer.byteLength) {
      buffer = new ArrayBuffer(BUFFER);
      f64 = new Float64Array(buffer);
      u32 = new Uint32Array(buffer);
      u8 = new Uint8Array(buffer);
      used = 0;
    }
    const at = used;
    used += (bytes + 7) & ~7;
    return at;
  }

  const apart = (bytes: number) => bytes <= SMALLEST || bytes > LARGEST;

  return {
    f64(from, address, count) {
      const [first, end] = [address / 8, address / 8 + count];
      if (apart(count * 8)) return from.slice(first, end);
      const at = room(count * 8);
      f64.set(from.subarray(first, end), at / 8);
      return new Float64Array(buffer, at, count);
    },
    u32(from, address, count) {
      const [first, end] = [address / 4, address / 4 + count];
      if (apart(count * 4)) return from.slice(first, end);
      const at = room(count * 4);
      u32.set(from.subarray(first, end), at / 4);
      return new Uint32Array(buffer, at, count);
    },
    ranges(from, address, count) {
      const bytes = count * RANGE_BYTES;
      const part = from.subarray(address, address + bytes);
      if (bytes > LARGEST) return rangesIn(part.slice().buffer, 0, count);
      const at = room(bytes);
      u8.set(part, at);
      return rangesIn(buffer, at, count);
    },
  };
}

function rangesIn(buffer: ArrayBuffer, at: number, count: number): CellRanges {
  return {
    start: new BigInt64Array(buffer, at, count),
    end: new BigInt64Array(buffer, at + 8 * count, count),
    full: new Uint8Array(buffer, at + 16 * count, count),
  };
}
