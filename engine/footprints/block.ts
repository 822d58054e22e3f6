import { BufferType, type Data, type DataType, type List, Type } from 'apache-arrow';
import { bitmap, boolAt, column, lists, takeRows, textBuffers } from '../table/rows.ts';

/**
 * Rows of a release, whole: a copy of those whose footprints are of one size and close to each other, which searches want together. Little
 * endian: CRC-32 (as zlib's) of what follows, the number of columns, where each column begins; then the columns, each part of them
 * at a multiple of 8 bytes, as Arrow has them in memory. So a column is had without looking at the others, and no value is copied.
 */
export const BLOCK_ROWS = 128;

const ALIGN = 8;
const HEADER_WORDS = 2;

/** Of a column, before its parts. */
const HAS_NULLS = 1;
/** One row stands for all. */
const CONSTANT = 2;

type Bytes = Uint8Array<ArrayBuffer>;
type Buffers = Partial<Data['buffers']>;

/** @param columns without offsets, of the types that `arrowType` gives; with room for the checksum at the start. */
export function encodeBlock(columns: readonly Data[]): Bytes {
  const header = HEADER_WORDS + columns.length;
  const parts = columns.map((data) => partsOf(withoutRepetition(data)));
  const starts: number[] = [];
  let end = padded(4 * header);
  for (const column of parts) {
    starts.push(end);
    for (const { byteLength } of column) end += padded(byteLength);
  }
  const bytes = new Uint8Array(end);
  new Uint32Array(bytes.buffer, 0, header).set([0, columns.length, ...starts]);
  let at = padded(4 * header);
  for (const { buffer, byteOffset, byteLength } of parts.flat()) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += padded(byteLength);
  }
  return bytes;
}

/** Of the bytes that the checksum is of. */
export function checkedBytes(block: Bytes): Bytes {
  return block.subarray(4);
}

/** The checksum, in a block that may be written to. */
export function checksumOf(block: Bytes): Uint32Array {
  return new Uint32Array(block.buffer, block.byteOffset, 1);
}

/**
 * A column of a block; of one row, where that stands for all of them.
 * @param block at a multiple of 8 bytes in its buffer.
 * @param at its place among the columns.
 * @param type that `arrowType` gives.
 */
export function blockColumn(block: Bytes, at: number, type: DataType): Data {
  const starts = new Uint32Array(block.buffer, block.byteOffset, HEADER_WORDS + at + 1);
  return readData(block, starts[HEADER_WORDS + at]!, type);
}

interface Constant {
  readonly data: Data;
  /** Rows that the data stands for, if it is one row for all; else null. */
  readonly repeated: number | null;
}

/** Many columns of ObsCore say the same of all images of a collection. */
function withoutRepetition(data: Data): Constant {
  const { length } = data;
  if (length < 2 || !isConstant(data)) return { data, repeated: null };
  return { data: takeRows(data, Uint32Array.of(0)), repeated: length };
}

function isConstant(data: Data): boolean {
  if (data.nullCount > 0) return data.nullCount === data.length;
  const { length, values, valueOffsets } = data;
  switch (data.type.typeId) {
    case Type.List:
      return false;
    case Type.Bool:
      return Array.from({ length }, (_, row) => boolAt(data, row)).every((value, _, all) => value === all[0]);
    case Type.Utf8: {
      const size = valueOffsets[1] - valueOffsets[0];
      for (let row = 1; row < length; row++) {
        const from = valueOffsets[row];
        if (valueOffsets[row + 1] - from !== size) return false;
        for (let byte = 0; byte < size; byte++) {
          if (values[from + byte] !== values[valueOffsets[0] + byte]) return false;
        }
      }
      return true;
    }
    default:
      return values.subarray(0, length).every((value: unknown) => Object.is(value, values[0]));
  }
}

/** What a column is written as, piece by piece. */
function partsOf({ data, repeated }: Constant): ArrayBufferView[] {
  const { length, nullCount } = data;
  const form = (nullCount > 0 ? HAS_NULLS : 0) | (repeated === null ? 0 : CONSTANT);
  const head = Uint32Array.of(form, repeated ?? length);
  const nulls = nullCount > 0 ? [bitmap(length, (row) => data.getValid(row)).bits] : [];
  switch (data.type.typeId) {
    case Type.Utf8: {
      const offsets = data.valueOffsets.subarray(0, length + 1);
      return [head, ...nulls, offsets, data.values.subarray(0, offsets[length])];
    }
    case Type.List: {
      const offsets = data.valueOffsets.subarray(0, length + 1);
      return [head, ...nulls, offsets, ...partsOf({ data: data.children[0]!, repeated: null })];
    }
    case Type.Bool:
      return [head, ...nulls, bitmap(length, (row) => boolAt(data, row)).bits];
    default:
      return [head, ...nulls, data.values.subarray(0, length)];
  }
}

function readData(block: Bytes, start: number, type: DataType): Data {
  const { buffer, byteOffset } = block;
  let at = byteOffset + start;
  function part<View>(
    array: new (buffer: ArrayBuffer, at: number, length: number) => View,
    length: number,
    size: number,
  ): View {
    const view = new array(buffer, at, length);
    at += padded(length * size);
    return view;
  }
  const [form, rows] = part(Uint32Array, 2, 4) as unknown as [number, number];
  const isConstant = (form & CONSTANT) !== 0;
  const length = isConstant ? 1 : rows;
  const bits = (form & HAS_NULLS) === 0 ? null : part(Uint8Array, ((length + 63) >> 6) << 3, 1);
  const valid = bits && { bits, unset: unsetIn(bits, length) };
  const read = (): Data => {
    switch (type.typeId) {
      case Type.Utf8: {
        const offsets = part(Int32Array, length + 1, 4);
        return column(
          type,
          length,
          valid,
          textBuffers({ offsets, bytes: part(Uint8Array, offsets[length]!, 1) }),
        );
      }
      case Type.List: {
        const offsets = part(Int32Array, length + 1, 4);
        const elements = readData(block, at - byteOffset, (type as List).children[0]!.type);
        return lists(type, length, valid, offsets, elements);
      }
      case Type.Bool: {
        const values = part(Uint8Array, ((length + 63) >> 6) << 3, 1);
        return column(type, length, valid, { [BufferType.DATA]: values } as Buffers);
      }
      default: {
        const { ArrayType } = type as DataType & { ArrayType: Float64ArrayConstructor };
        const values = part(ArrayType, length, ArrayType.BYTES_PER_ELEMENT);
        return column(type, length, valid, { [BufferType.DATA]: values } as unknown as Buffers);
      }
    }
  };
  return read();
}

function unsetIn(bits: Uint8Array, length: number): number {
  let unset = length;
  for (let row = 0; row < length; row++) unset -= (bits[row >> 3]! >> (row & 7)) & 1;
  return unset;
}

function padded(bytes: number): number {
  return (bytes + ALIGN - 1) & ~(ALIGN - 1);
}
