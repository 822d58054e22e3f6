import { type Data, DataType } from 'apache-arrow';
import { type Column, isText } from '../catalog/column.ts';
import { binaryTexts } from './binary-texts.ts';
import { nulls } from './cells.ts';
import type { Bytes } from './digits.ts';
import type { Cells } from './result.ts';
import { boolAt } from './rows.ts';
import { votableArraysize } from './votable-header.ts';

/** Rows of a table at once, at most. */
export const RUN_ROWS = 64;

/** Rows in the VOTable's binary form (VOTable 1.4 §6: big-endian), on their way out. */
export interface RowBuffer {
  readonly bytes: Bytes;
  readonly view: DataView<ArrayBuffer>;
}

export function rowBuffer(size: number): RowBuffer {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** The cells of a column in a batch, a run of which, [from, to) of `RUN_ROWS` at most, is written at once. */
export interface BinaryColumn {
  /** Null if no cell of the column is null. */
  readonly isNull: ((cell: number) => boolean) | null;
  /** Adds the sizes of the cells of a run, in bytes, to those of their rows. */
  addSizes(from: number, to: number, sizes: Int32Array): void;
  /** Writes the cells of the run whose sizes were added last, each at its row's place, which it moves on. */
  write(from: number, to: number, places: Int32Array, into: RowBuffer): void;
}

/** A writer of the cells of a column, made once per batch. */
export function binaryColumn(column: Column, { data, rows }: Cells): BinaryColumn {
  const isNullRow = nulls(data);
  const isNull = isNullRow === null || rows === null ? isNullRow : (cell: number) => isNullRow(rows[cell]!);
  const written = isText(column) ? texts(column, data, rows, isNull) : scalars(data, rows, isNull);
  return { isNull, ...written };
}

type Writing = Omit<BinaryColumn, 'isNull'>;

/** Numbers change their order of bytes, which is little-endian on all machines that run JavaScript. */
function scalars(data: Data, rows: Uint32Array | null, isNull: BinaryColumn['isNull']): Writing {
  const { type, values } = data;
  const isBool = DataType.isBool(type);
  const size: number = isBool ? 1 : values.BYTES_PER_ELEMENT;
  const none = nullBytes(type, size);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const words =
    size < 4 ? new Int32Array() : new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
  return {
    addSizes(from, to, sizes) {
      for (let nth = 0; nth < to - from; nth++) sizes[nth]! += size;
    },
    write(from, to, places, into) {
      for (let cell = from; cell < to; cell++) {
        const at = places[cell - from]!;
        places[cell - from] = at + size;
        const row = rows === null ? cell : rows[cell]!;
        if (isNull?.(cell)) {
          into.bytes.set(none, at);
        } else if (size === 8) {
          into.view.setInt32(at, words[2 * row + 1]!);
          into.view.setInt32(at + 4, words[2 * row]!);
        } else if (size === 4) {
          into.view.setInt32(at, words[row]!);
        } else if (size === 2) {
          into.bytes[at] = bytes[2 * row + 1]!;
          into.bytes[at + 1] = bytes[2 * row]!;
        } else {
          into.bytes[at] = isBool ? (boolAt(data, row) ? TRUE : FALSE) : bytes[row]!;
        }
      }
    },
  };
}

/** What stands for a null to readers that overlook its flag. */
function nullBytes(type: DataType, size: number): Uint8Array {
  const none = new Uint8Array(size);
  if (DataType.isBool(type)) none.set([UNKNOWN]);
  if (DataType.isFloat(type)) none.set(size === 8 ? [0x7f, 0xf8] : [0x7f, 0xc0]);
  return none;
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
function texts(
  column: Column,
  data: Data,
  rows: Uint32Array | null,
  isNull: BinaryColumn['isNull'],
): Writing {
  const { room, write } = binaryTexts(column, data);
  const unit = column.datatype === 'unicodeChar' ? 2 : 1;
  const fixed = fixedLength(votableArraysize(column) ?? '*');
  const fixedSize = fixed === null ? null : fixed * unit;
  /** The texts of a run, one after the other, and where each ends. */
  let bytes: Bytes = new Uint8Array();
  const ends = new Int32Array(RUN_ROWS);

  return {
    addSizes(from, to, sizes) {
      let end = 0;
      for (let cell = from; cell < to; cell++) {
        if (!isNull?.(cell)) {
          const row = rows === null ? cell : rows[cell]!;
          bytes = withRoom(bytes, end + room(row));
          end = write(row, bytes, end);
        }
        ends[cell - from] = end;
        sizes[cell - from]! += fixedSize ?? COUNT_BYTES + end - (ends[cell - from - 1] ?? 0);
      }
    },
    write(from, to, places, into) {
      let start = 0;
      for (let nth = 0; nth < to - from; nth++) {
        const end = ends[nth]!;
        let at = places[nth]!;
        if (fixedSize === null) {
          into.view.setInt32(at, (end - start) / unit);
          at += COUNT_BYTES;
        }
        const until = at + (fixedSize ?? end - start);
        for (let from = start; at < until; at++) into.bytes[at] = from < end ? bytes[from++]! : 0;
        places[nth] = until;
        start = end;
      }
    },
  };
}

function withRoom(bytes: Bytes, size: number): Bytes {
  if (size <= bytes.length) return bytes;
  const larger = new Uint8Array(2 * size);
  larger.set(bytes);
  return larger;
}
