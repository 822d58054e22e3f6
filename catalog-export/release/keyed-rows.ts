import { readvSync } from 'node:fs';
import { type CopyRows, rowsAt } from './copy-binary.ts';
import type { Extent } from './extents.ts';
import { orderByIndex, orderTies } from './index-order.ts';

/** Rows as a binary COPY gives them, with the keys that they are sorted by. */
export interface KeyedRows {
  readonly rows: CopyRows;
  /** One for each row. */
  readonly keys: BigInt64Array;
}

/**
 * Reads rows of a spill.
 * @param file as `Spill` names it.
 * @throws Error when the file cannot be read.
 */
export function readExtents(file: number, extents: readonly Extent[]): KeyedRows {
  const count = extents.reduce((sum, { rows }) => sum + rows, 0);
  const keys = new BigInt64Array(count);
  const starts = new Uint32Array(count + 1);
  const bytes = Buffer.allocUnsafeSlow(extents.reduce((sum, extent) => sum + extent.bytes, 0));
  let row = 0;
  let at = 0;
  for (const extent of extents) {
    const ends = starts.subarray(row + 1, row + 1 + extent.rows);
    const parts = [keys.subarray(row, row + extent.rows), ends, bytes.subarray(at, at + extent.bytes)];
    readAll(file, parts, extent.offset);
    for (let nth = 0; nth < ends.length; nth += 1) ends[nth]! += at;
    row += extent.rows;
    at += extent.bytes;
  }
  return { rows: rowsAt(bytes, starts), keys };
}

/** The same rows in ascending order of their keys, those of the same key in that of their bytes. */
export function sorted({ rows, keys }: KeyedRows): KeyedRows {
  const { bytes, starts, count } = rows;
  const order = orderByIndex(keys);
  const rowBytes = (row: number) => bytes.subarray(starts[row]!, starts[row + 1]!);
  orderTies(order, keys, (a, b) => Buffer.compare(rowBytes(a), rowBytes(b)));
  const sortedKeys = new BigInt64Array(count);
  const sortedStarts = new Uint32Array(count + 1);
  const sortedBytes = Buffer.allocUnsafeSlow(bytes.length);
  let at = 0;
  for (let place = 0; place < count; place += 1) {
    const row = order[place]!;
    sortedKeys[place] = keys[row]!;
    bytes.copy(sortedBytes, at, starts[row]!, starts[row + 1]!);
    at += starts[row + 1]! - starts[row]!;
    sortedStarts[place + 1] = at;
  }
  return { rows: rowsAt(sortedBytes, sortedStarts), keys: sortedKeys };
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
