import { BufferType, Data, Type, Utf8 } from 'apache-arrow';
import type { Cells } from './result.ts';
import { type Texts, takeTexts } from './texts.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Buffers = Partial<Data['buffers']>;

/** A column in new buffers; a bitmap only where there are nulls. */
export function column(
  type: Data['type'],
  length: number,
  valid: Bitmap | null,
  buffers: Buffers,
  children: Data[] = [],
): Data {
  if (valid === null || valid.unset === 0) return new Data(type, 0, length, 0, buffers, children);
  const withNulls = { ...buffers, [BufferType.VALIDITY]: valid.bits } as Buffers;
  return new Data(type, 0, length, valid.unset, withNulls, children);
}

export interface Bitmap {
  readonly bits: Bytes;
  /** Zeros among them. */
  readonly unset: number;
}

/** A bitmap of `length` bits, the nth being `bit(n)`; padded to 8 bytes as Arrow likes it. */
export function bitmap(length: number, bit: (at: number) => boolean): Bitmap {
  const bits = new Uint8Array(((length + 63) >> 6) << 3);
  let set = 0;
  for (let at = 0; at < length; at++) {
    if (!bit(at)) continue;
    bits[at >> 3]! |= 1 << (at & 7);
    set++;
  }
  return { bits, unset: length - set };
}

export const bitAt = (bits: Uint8Array, at: number): boolean => ((bits[at >> 3]! >> (at & 7)) & 1) === 1;

/** Value of a Bool column at a row, which must not be null. */
export function boolAt(data: Data, row: number): boolean {
  return bitAt(data.values, data.offset + row);
}

/** The cells as data of their own. */
export function dataOf({ data, rows }: Cells): Data {
  return rows === null ? data : takeRows(data, rows);
}

/** The given rows of a column, in the given order. The column is of a type that `arrowType` gives. */
export function takeRows(data: Data, rows: Uint32Array): Data {
  const valid = data.nullCount === 0 ? null : bitmap(rows.length, (at) => data.getValid(rows[at]!));
  if (data.type.typeId === Type.Utf8) {
    const texts = takeTexts({ bytes: data.values, offsets: data.valueOffsets }, rows);
    return column(data.type, rows.length, valid, textBuffers(texts));
  }
  if (data.type.typeId === Type.Bool) {
    const { bits } = bitmap(rows.length, (at) => boolAt(data, rows[at]!));
    return column(data.type, rows.length, valid, { [BufferType.DATA]: bits } as Buffers);
  }
  if (data.type.typeId === Type.List) return takeArrays(data, rows, valid);
  const { values } = data;
  const taken = new values.constructor(rows.length);
  for (let at = 0; at < rows.length; at++) taken[at] = values[rows[at]!];
  return column(data.type, rows.length, valid, { [BufferType.DATA]: taken } as Buffers);
}

function takeArrays(data: Data, rows: Uint32Array, valid: Bitmap | null): Data {
  const { offsets, elements } = elementsOfRows(data.valueOffsets, rows);
  return lists(data.type, rows.length, valid, offsets, takeRows(data.children[0]!, elements));
}

/**
 * Which elements the arrays of the given rows have, and where each array then begins.
 * @param from where the arrays of all rows begin, and the last ends.
 */
export function elementsOfRows(
  from: Int32Array,
  rows: Uint32Array,
): { offsets: Int32Array; elements: Uint32Array } {
  const offsets = new Int32Array(rows.length + 1);
  for (let at = 0; at < rows.length; at++) {
    offsets[at + 1] = offsets[at]! + from[rows[at]! + 1]! - from[rows[at]!]!;
  }
  const elements = new Uint32Array(offsets[rows.length]!);
  for (let at = 0, to = 0; at < rows.length; at++) {
    for (let element = from[rows[at]!]!; to < offsets[at + 1]!; ) elements[to++] = element++;
  }
  return { offsets, elements };
}

/** A column of arrays. */
export function lists(
  type: Data['type'],
  length: number,
  valid: Bitmap | null,
  offsets: Int32Array,
  elements: Data,
): Data {
  return column(type, length, valid, { [BufferType.OFFSET]: offsets } as Buffers, [elements]);
}

/**
 * The rows of a column as text, which `write` writes into bytes that have room for it.
 * @param room bytes of a text at most.
 */
export function asText(
  data: Data,
  room: number,
  write: (row: number, to: Bytes, at: number) => number,
): Data {
  const { length, nullCount } = data;
  const bytes = new Uint8Array(room * length);
  const offsets = new Int32Array(length + 1);
  for (let row = 0; row < length; row++) {
    offsets[row + 1] = data.getValid(row) ? write(row, bytes, offsets[row]!) : offsets[row]!;
  }
  const valid = nullCount === 0 ? null : bitmap(length, (row) => data.getValid(row));
  const buffers = { [BufferType.OFFSET]: offsets, [BufferType.DATA]: bytes.slice(0, offsets[length]) };
  return column(new Utf8(), length, valid, buffers as Buffers);
}

export function textBuffers({ bytes, offsets }: Texts): Buffers {
  return { [BufferType.OFFSET]: offsets, [BufferType.DATA]: bytes } as Buffers;
}

/** The rows of several columns of one type, one column after the other. */
export function concatRows(columns: readonly Data[]): Data {
  const [first] = columns;
  if (columns.length === 1) return first!;
  const { type } = first!;
  const length = columns.reduce((sum, data) => sum + data.length, 0);
  const valid = columns.every((data) => data.nullCount === 0)
    ? null
    : concatBits(columns, length, (data, row) => data.getValid(row));
  if (type.typeId === Type.Utf8) return column(type, length, valid, concatText(columns, length));
  if (type.typeId === Type.Bool) {
    return column(type, length, valid, {
      [BufferType.DATA]: concatBits(columns, length, boolAt).bits,
    } as Buffers);
  }
  if (type.typeId === Type.List) {
    const elements = concatRows(columns.map(elementsOf));
    return lists(type, length, valid, concatOffsets(columns, length), elements);
  }
  const values = new first!.values.constructor(length);
  let at = 0;
  for (const data of columns) {
    values.set(data.values.subarray(0, data.length), at);
    at += data.length;
  }
  return column(type, length, valid, { [BufferType.DATA]: values } as Buffers);
}

function concatBits(
  columns: readonly Data[],
  length: number,
  bit: (data: Data, row: number) => boolean,
): Bitmap {
  let which = 0;
  let start = 0;
  return bitmap(length, (at) => {
    while (at - start >= columns[which]!.length) start += columns[which++]!.length;
    return bit(columns[which]!, at - start);
  });
}

/** The elements of the arrays of a column, one array after the other. */
export function elementsOf({ children, valueOffsets, length }: Data): Data {
  return children[0]!.slice(valueOffsets[0], valueOffsets[length] - valueOffsets[0]);
}

function concatOffsets(columns: readonly Data[], length: number): Int32Array {
  const offsets = new Int32Array(length + 1);
  let row = 0;
  for (const { valueOffsets, length: rows } of columns) {
    const shift = offsets[row]! - valueOffsets[0];
    for (let at = 1; at <= rows; at++) offsets[++row] = valueOffsets[at] + shift;
  }
  return offsets;
}

function concatText(columns: readonly Data[], length: number): Buffers {
  const offsets = concatOffsets(columns, length);
  const bytes = new Uint8Array(offsets[length]!);
  let to = 0;
  for (const { valueOffsets, values, length: rows } of columns) {
    const text = values.subarray(valueOffsets[0], valueOffsets[rows]);
    bytes.set(text, to);
    to += text.length;
  }
  return textBuffers({ bytes, offsets });
}
