import { KernelError } from './kernel-error.ts';

/** The C layer of src/abi.rs: addresses and lengths in elements, degrees, negative numbers for errors. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  kernel_alloc(bytes: number): number;
  kernel_free(address: number, bytes: number): void;
  kernel_hash(lon: number, lat: number, n: number, cells: number): number;
  kernel_cell_points(order: number, cell: bigint, points: number): number;
  kernel_cone_ranges(
    lon: number,
    lat: number,
    radius: number,
    start: number,
    end: number,
    full: number,
    capacity: number,
  ): number;
  kernel_rows_in_ranges(
    index: number,
    rows: number,
    start: number,
    end: number,
    full: number,
    ranges: number,
    spanStart: number,
    spanEnd: number,
    spanFull: number,
  ): number;
  kernel_cone_filter(
    lon: number,
    lat: number,
    first: number,
    rows: number,
    start: number,
    end: number,
    spans: number,
    coneLon: number,
    coneLat: number,
    coneRadius: number,
    row: number,
    separation: number,
  ): number;
}

/** A running module with one block of scratch memory, which every call reuses and which only grows. */
export interface Instance {
  readonly exports: Exports;
  /** Addresses of blocks of these sizes (bytes), valid until the next call; contents are undefined. */
  scratch<const Sizes extends readonly number[]>(...sizes: Sizes): { [Block in keyof Sizes]: number };
  /** The memory as it is now: a view made before a call may be detached by memory growth during it. */
  buffer(): ArrayBuffer;
}

/** Blocks are aligned for SIMD. */
const ALIGNMENT = 16;

/** WebAssembly memory comes in pages of 64 KiB; begin with one that holds a typical cone. */
const SMALLEST_SCRATCH = 65_536;

/** @throws {KernelError} if the module is not the kernel, or there is no memory for a call's data */
export function instantiate(module: WebAssembly.Module): Instance {
  const exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  let address = 0;
  let capacity = 0;

  function reserve(bytes: number): void {
    if (address !== 0 && bytes <= capacity) return;
    if (address !== 0) exports.kernel_free(address, capacity);
    capacity = Math.max(SMALLEST_SCRATCH, 2 ** Math.ceil(Math.log2(bytes)));
    address = capacity < 2 ** 31 ? exports.kernel_alloc(capacity) >>> 0 : 0;
    if (address === 0) {
      capacity = 0;
      throw new KernelError(`the kernel has no memory for ${bytes} bytes: pass fewer rows at a time`);
    }
  }

  return {
    exports,
    scratch(...sizes) {
      const padded = sizes.map((size) => Math.ceil(size / ALIGNMENT) * ALIGNMENT);
      reserve(padded.reduce((total, size) => total + size, 0));
      let next = address;
      const addresses = padded.map((size) => {
        next += size;
        return next - size;
      });
      return addresses as { [Block in keyof typeof sizes]: number };
    },
    buffer: () => exports.memory.buffer,
  };
}
