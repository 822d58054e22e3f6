import { readvSync } from 'node:fs';
import { loadRowSorter } from '../../engine/healpix-wasm/node.ts';
import type { RoomForRows, RowSorter } from '../../engine/healpix-wasm/row-sorter.ts';
import { type CopyRows, rowsAt } from './copy-binary.ts';
import type { Extent } from './extents.ts';

/** Rows as a binary COPY gives them, with the keys that they are sorted by. */
export interface KeyedRows {
  readonly rows: CopyRows;
  /** One for each row. */
  readonly keys: BigInt64Array;
}

/** Rows in the order of their keys, in memory that is to be given back before others are sorted. */
export interface SortedRows extends KeyedRows {
  free(): void;
}

/**
 * Reads rows of a spill.
 * @param file as `Spill` names it.
 * @throws Error when the file cannot be read.
 */
export function readExtents(file: number, extents: readonly Extent[]): KeyedRows {
  const { rows, bytes } = sizeOf(extents);
  const room = {
    keys: new BigInt64Array(rows),
    starts: new Uint32Array(rows + 1),
    bytes: Buffer.allocUnsafeSlow(bytes),
  };
  fill(file, extents, room);
  return { rows: rowsAt(room.bytes, room.starts), keys: room.keys };
}

let sorter: RowSorter | null = null;

/**
 * The same rows in ascending order of their keys, those of the same key in that of their bytes.
 * @throws Error when the file cannot be read.
 */
export function readSorted(file: number, extents: readonly Extent[]): SortedRows {
  sorter ??= loadRowSorter();
  const size = sizeOf(extents);
  const { keys, starts, bytes, free } = sorter.sort(size.rows, size.bytes, (room) =>
    fill(file, extents, room),
  );
  const rows = rowsAt(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), starts);
  return { rows, keys, free };
}

function sizeOf(extents: readonly Extent[]): { rows: number; bytes: number } {
  let [rows, bytes] = [0, 0];
  for (const extent of extents) {
    rows += extent.rows;
    bytes += extent.bytes;
  }
  return { rows, bytes };
}

function fill(file: number, extents: readonly Extent[], { keys, starts, bytes }: RoomForRows): void {
  let row = 0;
  let at = 0;
  starts[0] = 0;
  for (const extent of extents) {
    const ends = starts.subarray(row + 1, row + 1 + extent.rows);
    const parts = [keys.subarray(row, row + extent.rows), ends, bytes.subarray(at, at + extent.bytes)];
    readAll(file, parts, extent.offset);
    for (let nth = 0; nth < ends.length; nth += 1) ends[nth]! += at;
    row += extent.rows;
    at += extent.bytes;
  }
}

/** Some of the rows, from one to before another, in the same memory. */
export function sliced({ rows, keys }: KeyedRows, from: number, to: number): KeyedRows {
  const start = rows.starts[from]!;
  const bytes = rows.bytes.subarray(start, rows.starts[to]!);
  const starts = rows.starts.slice(from, to + 1).map((at) => at - start);
  return { rows: rowsAt(bytes, starts), keys: keys.subarray(from, to) };
}

/** Number of the first row whose key is not below one. */
export function firstAtLeast(keys: BigInt64Array, key: bigint): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readAll(file: number, parts: readonly NodeJS.ArrayBufferView[], offset: number): void {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let rest = parts;
  for (let done = 0; done < length; ) {
    const read = readvSync(file, rest, offset + done);
    if (read === 0) throw new Error('the temporary file of the export is shorter than what was written');
    done += read;
    rest = after(rest, read);
  }
}

/** What is left to fill of parts of which so many bytes are filled. */
function after(parts: readonly NodeJS.ArrayBufferView[], filled: number): NodeJS.ArrayBufferView[] {
  let rest = filled;
  return parts.flatMap(({ buffer, byteOffset, byteLength }) => {
    const skipped = Math.min(rest, byteLength);
    rest -= skipped;
    return skipped === byteLength ? [] : [new Uint8Array(buffer, byteOffset + skipped, byteLength - skipped)];
  });
}
