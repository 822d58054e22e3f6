import { type Data, DataType } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { nulls, timestampText } from './cells.ts';
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
  /** Bytes that a cell takes at most. */
  size(row: number): number;
  /** Writes a cell into a buffer that has room for it. */
  write(row: number, to: RowBuffer): void;
}

/** A writer of the cells of a column, made once per batch. */
export function binaryCell(column: Column, data: Data): BinaryCell {
  const isNull = nulls(data);
  if (DataType.isUtf8(data.type)) {
    const { valueOffsets, values } = data;
    return textCell(column, isNull, (row) => values.subarray(valueOffsets[row], valueOffsets[row + 1]));
  }
  if (DataType.isTimestamp(data.type)) {
    const { values } = data;
    return textCell(column, isNull, (row) => encoder.encode(timestampText(values[row])));
  }
  const { size, put, none } = scalar(data);
  return {
    isNull,
    size: () => size,
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

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NO_BYTES = new Uint8Array();

/** Bytes of the count before an array of variable length. */
const COUNT_BYTES = 4;

/** @param utf8 the text of a cell that is not null. */
function textCell(
  column: Column,
  isNull: BinaryCell['isNull'],
  utf8: (row: number) => Uint8Array,
): BinaryCell {
  const text = isNull === null ? utf8 : (row: number) => (isNull(row) ? NO_BYTES : utf8(row));
  const fixed = fixedLength(votableArraysize(column) ?? '*');
  if (column.datatype === 'unicodeChar') return ucs2Cell(isNull, text, fixed);
  return charCell(isNull, (row) => ascii(text(row)), fixed);
}

/** Characters of a text column, null if they vary: `8`, `3x2`, but not `8*` or `*` (VOTable 1.4 §2.2). */
function fixedLength(arraysize: string): number | null {
  return arraysize.includes('*')
    ? null
    : arraysize.split('x').reduce((product, size) => product * Number(size), 1);
}

/**
 * Bytes of a `char` array, which holds ASCII (VOTable 1.4 §6): astropy refuses a whole table for one byte
 * that is not. Other characters become `?`; a column that has them belongs to `unicodeChar`.
 */
function ascii(utf8: Uint8Array): Uint8Array {
  if (utf8.every((byte) => byte < 0x80)) return utf8;
  return encoder.encode(decoder.decode(utf8).replace(/\P{ASCII}/gu, '?'));
}

/** `char`: a byte a character. A fixed length is filled with NULs, or cut. */
function charCell(
  isNull: BinaryCell['isNull'],
  text: (row: number) => Uint8Array,
  fixed: number | null,
): BinaryCell {
  if (fixed === null) {
    return {
      isNull,
      size: (row) => COUNT_BYTES + text(row).length,
      write(row, to) {
        const bytes = text(row);
        to.view.setInt32(to.length, bytes.length);
        to.bytes.set(bytes, to.length + COUNT_BYTES);
        to.length += COUNT_BYTES + bytes.length;
      },
    };
  }
  return {
    isNull,
    size: () => fixed,
    write(row, to) {
      const bytes = text(row);
      const length = Math.min(bytes.length, fixed);
      to.bytes.set(bytes.subarray(0, length), to.length);
      to.bytes.fill(0, to.length + length, to.length + fixed);
      to.length += fixed;
    },
  };
}

/** `unicodeChar`: two bytes a character (VOTable 1.4 §6), beyond the basic plane a surrogate pair. */
function ucs2Cell(
  isNull: BinaryCell['isNull'],
  text: (row: number) => Uint8Array,
  fixed: number | null,
): BinaryCell {
  return {
    isNull,
    // A character of UTF-16 comes from one byte of UTF-8 or more.
    size: (row) => (fixed === null ? COUNT_BYTES + 2 * text(row).length : 2 * fixed),
    write(row, to) {
      const characters = decoder.decode(text(row));
      const length = fixed ?? characters.length;
      if (fixed === null) {
        to.view.setInt32(to.length, length);
        to.length += COUNT_BYTES;
      }
      for (let at = 0; at < length; at++, to.length += 2) {
        to.view.setUint16(to.length, at < characters.length ? characters.charCodeAt(at) : 0);
      }
    },
  };
}
