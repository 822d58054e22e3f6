import { type Data, DataType } from 'apache-arrow';
import { type Column, isText } from '../catalog/column.ts';
import { type BinaryTexts, binaryTexts } from './binary-texts.ts';
import { nulls } from './cells.ts';
import { boolAt } from './rows.ts';
import { votableArraysize } from './votable-header.ts';

/** Rows in the VOTable's binary form (VOTable 1.4 §6: big-endian), on their way out. */
export interface RowBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  length: number;
}

export function newRowBuffer(capacity: number): RowBuffer {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), length: 0 };
}

/** Makes room for so many bytes more. */
export function reserve(buffer: RowBuffer, size: number): void {
  if (buffer.length + size <= buffer.bytes.length) return;
  const { bytes, view } = newRowBuffer(2 * (buffer.length + size));
  bytes.set(buffer.bytes.subarray(0, buffer.length));
  buffer.bytes = bytes;
  buffer.view = view;
}

/** How the cells of a column are written at the end of a buffer. */
export interface BinaryCell {
  /** Null if no cell of the column is null. */
  readonly isNull: ((row: number) => boolean) | null;
  /** Bytes of a cell: a number if they are the same in each row. */
  readonly size: number | ((row: number) => number);
  /** Writes a cell into a buffer that has room for it. */
  write(row: number, to: RowBuffer): void;
}

/** A writer of the cells of a column, made once per batch. */
export function binaryCell(column: Column, data: Data): BinaryCell {
  const isNull = nulls(data);
  if (isText(column)) {
    const write = textWriter(column, binaryTexts(column, data));
    return { isNull, ...write };
  }
  const { size, put, none } = scalar(data);
  return {
    isNull,
    size,
    write(row, to) {
      if (isNull?.(row)) none(to.view, to.length);
      else put(to.view, to.length, row);
      to.length += size;
    },
  };
}

interface Scalar {
  readonly size: number;
  put(view: DataView, at: number, row: number): void;
  /** Writes what stands for a null to readers that overlook its flag. */
  none(view: DataView, at: number): void;
}

function scalar(data: Data): Scalar {
  const { type, values } = data;
  if (DataType.isBool(type)) {
    return {
      size: 1,
      put: (view, at, row) => view.setUint8(at, boolAt(data, row) ? TRUE : FALSE),
      none: (view, at) => view.setUint8(at, UNKNOWN),
    };
  }
  if (values instanceof Float64Array) {
    return {
      size: 8,
      put: (view, at, row) => view.setFloat64(at, values[row]!),
      none: (view, at) => view.setFloat64(at, Number.NaN),
    };
  }
  if (values instanceof Float32Array) {
    return {
      size: 4,
      put: (view, at, row) => view.setFloat32(at, values[row]!),
      none: (view, at) => view.setFloat32(at, Number.NaN),
    };
  }
  if (values instanceof BigInt64Array) {
    return {
      size: 8,
      put: (view, at, row) => view.setBigInt64(at, values[row]!),
      none: (view, at) => view.setBigInt64(at, 0n),
    };
  }
  if (values instanceof Int32Array) {
    return {
      size: 4,
      put: (view, at, row) => view.setInt32(at, values[row]!),
      none: (view, at) => view.setInt32(at, 0),
    };
  }
  if (values instanceof Int16Array) {
    return {
      size: 2,
      put: (view, at, row) => view.setInt16(at, values[row]!),
      none: (view, at) => view.setInt16(at, 0),
    };
  }
  return {
    size: 1,
    put: (view, at, row) => view.setUint8(at, values[row]),
    none: (view, at) => view.setUint8(at, 0),
  };
}

const TRUE = 'T'.charCodeAt(0);
const FALSE = 'F'.charCodeAt(0);
const UNKNOWN = '?'.charCodeAt(0);

/** Bytes of the count before an array of variable length. */
const COUNT_BYTES = 4;

/** Characters of a text column, null if they vary: `8`, `3x2`, but not `8*` or `*` (VOTable 1.4 §2.2). */
function fixedLength(arraysize: string): number | null {
  if (arraysize.includes('*')) return null;
  return arraysize.split('x').reduce((product, size) => product * Number(size), 1);
}

/** An array of variable length has its count in front, one of fixed length is filled with NULs, or cut. */
function textWriter(column: Column, { offsets, bytes }: BinaryTexts): Pick<BinaryCell, 'size' | 'write'> {
  const unit = column.datatype === 'unicodeChar' ? 2 : 1;
  const length = fixedLength(votableArraysize(column) ?? '*');

  function copy(row: number, to: RowBuffer, most: number): number {
    const start = offsets[row]!;
    const end = Math.min(offsets[row + 1]!, start + most);
    // Texts are short: a loop beats a subarray and a set.
    for (let from = start, at = to.length; from < end; ) to.bytes[at++] = bytes[from++]!;
    to.length += end - start;
    return end - start;
  }

  if (length === null) {
    return {
      size: (row) => COUNT_BYTES + offsets[row + 1]! - offsets[row]!,
      write(row, to) {
        to.view.setInt32(to.length, (offsets[row + 1]! - offsets[row]!) / unit);
        to.length += COUNT_BYTES;
        copy(row, to, Number.POSITIVE_INFINITY);
      },
    };
  }
  const size = length * unit;
  return {
    size,
    write(row, to) {
      const copied = copy(row, to, size);
      to.bytes.fill(0, to.length, to.length + size - copied);
      to.length += size - copied;
    },
  };
}
