import { instantiate } from './instance.ts';

/** Rows of any bytes with their keys, in the kernel's memory. */
export interface RoomForRows {
  /** One for each row. */
  readonly keys: BigInt64Array<ArrayBuffer>;
  /** Of each row in `bytes`, and at the end where the last one stops. */
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface SortedRows extends RoomForRows {
  /** Gives their memory back. To be called before others are sorted. */
  free(): void;
}

/** Sorts rows by their keys. */
export interface RowSorter {
  /**
   * @param bytes of all rows.
   * @param fill writes the rows and their keys, which are not negative, in any order; the first row starts at 0.
   * @returns them in ascending order of their keys, those of the same key in that of their bytes.
   */
  sort(rows: number, bytes: number, fill: (room: RoomForRows) => void): SortedRows;
}

/** An instance of the kernel for sorting, which keeps as much memory as it ever needed. */
export function openRowSorter(module: WebAssembly.Module): RowSorter {
  const { exports, allocate, free } = instantiate(module);

  function roomAt(address: number, rows: number, bytes: number): RoomForRows {
    const buffer = exports.memory.buffer as ArrayBuffer;
    const keys = new BigInt64Array(buffer, address, rows);
    const starts = new Uint32Array(buffer, address + 8 * rows, rows + 1);
    return { keys, starts, bytes: new Uint8Array(buffer, starts.byteOffset + starts.byteLength, bytes) };
  }

  return {
    sort(rows, bytes, fill) {
      const length = 8 * rows + 4 * (rows + 1) + bytes;
      const from = allocate(length);
      try {
        fill(roomAt(from, rows, bytes));
        const to = allocate(length);
        const [startsAt, bytesAt] = [8 * rows, 8 * rows + 4 * (rows + 1)];
        exports.kernel_sort_rows(
          rows,
          from,
          from + startsAt,
          from + bytesAt,
          to,
          to + startsAt,
          to + bytesAt,
        );
        return { ...roomAt(to, rows, bytes), free: () => free(to, length) };
      } finally {
        free(from, length);
      }
    },
  };
}
