import { type HeldRanges, heldRanges } from './held-ranges.ts';
import { KernelError } from './kernel-error.ts';
import { type Results, results } from './results.ts';

/** The C layer of src/abi.rs: addresses and lengths in elements, degrees, negative numbers for errors. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  kernel_alloc(bytes: number): number;
  kernel_free(address: number, bytes: number): void;
  kernel_hash(lon: number, lat: number, n: number, cells: number): number;
  kernel_cell_points(order: number, cell: bigint, points: number): number;
  kernel_cone_ranges(lon: number, lat: number, radius: number, block: number, capacity: number): number;
  kernel_region_ranges(kind: number, numbers: number, n: number, block: number, capacity: number): number;
  kernel_check_ranges(block: number, ranges: number): number;
  kernel_index_pack(cells: number, rows: number, packed: number, first: number): number;
  kernel_index_candidates(
    cells: number,
    rows: number,
    order: number,
    first: bigint,
    block: number,
    ranges: number,
    coneLon: number,
    coneLat: number,
    coneRadius: number,
    row: number,
  ): number;
  kernel_index_in_ranges(
    cells: number,
    rows: number,
    order: number,
    first: bigint,
    block: number,
    ranges: number,
    row: number,
  ): number;
  kernel_cone_filter(
    lon: number,
    lat: number,
    n: number,
    coneLon: number,
    coneLat: number,
    coneRadius: number,
    place: number,
    separation: number,
  ): number;
  kernel_region_filter(
    lon: number,
    lat: number,
    n: number,
    kind: number,
    numbers: number,
    count: number,
    place: number,
  ): number;
  kernel_footprint_cells(
    vertices: number,
    offsets: number,
    lon: number,
    lat: number,
    diameter: number,
    n: number,
    most: number,
    cells: number,
    footprint: number,
  ): number;
  kernel_footprint_filter(
    kind: number,
    numbers: number,
    count: number,
    test: number,
    vertices: number,
    offsets: number,
    lon: number,
    lat: number,
    diameter: number,
    n: number,
    place: number,
  ): number;
  kernel_crc32(bytes: number, n: number): number;
  kernel_snappy(bytes: number, n: number, to: number, length: number): number;
  kernel_waiting_new(bytes: number): number;
  kernel_waiting_size(waiting: number): number;
  kernel_waiting_add(
    waiting: number,
    bytes: number,
    starts: number,
    keys: number,
    groups: number,
    n: number,
  ): void;
  kernel_waiting_gather(waiting: number, groups: number, addresses: number): number;
  kernel_sort_rows(
    n: number,
    keys: number,
    starts: number,
    bytes: number,
    toKeys: number,
    toStarts: number,
    toBytes: number,
  ): void;
  kernel_copy_new(lonField: number, latField: number, order: number): number;
  kernel_copy_read(reader: number, waiting: number, bytes: number, n: number): number;
  kernel_copy_place(reader: number, waiting: number, counts: number): number;
}

/** What the C layer returns instead of a count. */
export const BAD_REGION = -4;
export const BAD_INDEX = -6;

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
  readonly ranges: HeldRanges;
  readonly results: Results;
  /** Address of so many bytes, aligned to 16, valid until the next call; contents are undefined. */
  scratch(bytes: number): number;
  /** A block of one's own, until it is freed. */
  allocate(bytes: number): number;
  free(address: number, bytes: number): void;
  /** The memory as it is now: not to be kept over a call, during which memory may grow. */
  views(): Views;
}

/** WebAssembly memory comes in pages of 64 KiB; begin with one that holds a typical cone. */
const SMALLEST_SCRATCH = 65_536;

/** @throws {KernelError} if the module is not the kernel, or there is no memory for a call's data */
export function instantiate(module: WebAssembly.Module): Instance {
  const exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  let scratchAt = 0;
  let capacity = 0;
  let current = viewsOf(exports.memory.buffer);

  function allocate(bytes: number): number {
    const address = bytes < 2 ** 31 ? exports.kernel_alloc(bytes) >>> 0 : 0;
    if (address === 0) {
      throw new KernelError(`the kernel has no memory for ${bytes} bytes: pass fewer rows at a time`);
    }
    return address;
  }

  function views(): Views {
    // Memory that grew leaves its old buffer without bytes.
    if (current.u8.length === 0) current = viewsOf(exports.memory.buffer);
    return current;
  }

  function reserve(bytes: number): void {
    if (capacity > 0) exports.kernel_free(scratchAt, capacity);
    capacity = 0;
    const wanted = Math.max(SMALLEST_SCRATCH, 2 ** Math.ceil(Math.log2(bytes)));
    scratchAt = allocate(wanted);
    capacity = wanted;
  }

  const copies = results();
  return {
    exports,
    ranges: heldRanges({ allocate, free: exports.kernel_free, views, exports, results: copies }),
    results: copies,
    scratch(bytes) {
      if (bytes > capacity || capacity === 0) reserve(bytes);
      return scratchAt;
    },
    allocate,
    free: exports.kernel_free,
    views,
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
