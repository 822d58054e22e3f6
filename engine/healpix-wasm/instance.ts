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
  kernel_region_ranges(
    kind: number,
    numbers: number,
    n: number,
    start: number,
    end: number,
    full: number,
    capacity: number,
  ): number;
  kernel_cone_select(
    index: number,
    lon: number,
    lat: number,
    rows: number,
    start: number,
    end: number,
    ranges: number,
    coneLon: number,
    coneLat: number,
    coneRadius: number,
    row: number,
    separation: number,
  ): number;
  kernel_region_select(
    index: number,
    lon: number,
    lat: number,
    rows: number,
    start: number,
    end: number,
    ranges: number,
    kind: number,
    numbers: number,
    n: number,
    row: number,
  ): number;
}

/** What the C layer returns instead of a count. */
export const BAD_RANGES = -2;
export const BAD_REGION = -4;

/** The whole memory, by type of its elements. */
interface Views {
  readonly i64: BigInt64Array;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  readonly u8: Uint8Array;
}

/** A running module with one block of scratch memory, which every call reuses and which only grows. */
export interface Instance {
  readonly exports: Exports;
  /** Addresses of blocks of these sizes (bytes), valid until the next call; contents are undefined. */
  scratch<const Sizes extends readonly number[]>(...sizes: Sizes): { [Block in keyof Sizes]: number };
  /** A block of one's own, until it is freed. */
  allocate(bytes: number): number;
  free(address: number, bytes: number): void;
  /** The memory as it is now: not to be kept over a call, during which memory may grow. */
  views(): Views;
}

/** Blocks are aligned for SIMD. */
const ALIGNMENT = 16;

/** WebAssembly memory comes in pages of 64 KiB; begin with one that holds a typical cone. */
const SMALLEST_SCRATCH = 65_536;

/** @throws {KernelError} if the module is not the kernel, or there is no memory for a call's data */
export function instantiate(module: WebAssembly.Module): Instance {
  const exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  let scratchAt = 0;
  let capacity = 0;
  let views = viewsOf(exports.memory.buffer);

  function allocate(bytes: number): number {
    const address = bytes < 2 ** 31 ? exports.kernel_alloc(bytes) >>> 0 : 0;
    if (address === 0) {
      throw new KernelError(`the kernel has no memory for ${bytes} bytes: pass fewer rows at a time`);
    }
    return address;
  }

  function reserve(bytes: number): void {
    if (capacity > 0) exports.kernel_free(scratchAt, capacity);
    capacity = 0;
    const wanted = Math.max(SMALLEST_SCRATCH, 2 ** Math.ceil(Math.log2(bytes)));
    scratchAt = allocate(wanted);
    capacity = wanted;
  }

  return {
    exports,
    scratch(...sizes) {
      const offsets: number[] = [];
      let total = 0;
      for (const size of sizes) {
        offsets.push(total);
        total += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
      }
      if (total > capacity || capacity === 0) reserve(total);
      for (let block = 0; block < offsets.length; block++) offsets[block]! += scratchAt;
      return offsets as { [Block in keyof typeof sizes]: number };
    },
    allocate,
    free: exports.kernel_free,
    views() {
      if (views.u8.buffer !== exports.memory.buffer) views = viewsOf(exports.memory.buffer);
      return views;
    },
  };
}

function viewsOf(memory: ArrayBuffer): Views {
  return {
    i64: new BigInt64Array(memory),
    f64: new Float64Array(memory),
    u32: new Uint32Array(memory),
    u8: new Uint8Array(memory),
  };
}
