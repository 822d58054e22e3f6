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

interface Scalar {
  /** What stands for a null to readers that overlook its flag. */
  readonly none: Uint8Array;
  put(row: number, into: RowBuffer, at: number): void;
}

function scalars(data: Data, rows: Uint32Array | null, isNull: BinaryColumn['isNull']): Writing {
  const { none, put } = scalar(data);
  const size = none.length;
  return {
    addSizes(from, to, sizes) {
      for (let nth = 0; nth < to - from; nth++) sizes[nth]! += size;
    },
    write(from, to, places, into) {
      for (let cell = from; cell < to; cell++) {
        const at = places[cell - from]!;
        if (isNull?.(cell)) into.bytes.set(none, at);
        else put(rows === null ? cell : rows[cell]!, into, at);
        places[cell - from] = at + size;
      }
    },
  };
}

/** Numbers change their order of bytes, which is little-endian on all machines that run JavaScript. */
function scalar(data: Data): Scalar {
  const { type, values } = data;
  if (DataType.isBool(type)) {
    return {
      none: Uint8Array.of(UNKNOWN),
      put(row, { bytes }, at) {
        bytes[at] = boolAt(data, row) ? TRUE : FALSE;
      },
    };
  }
  const size: number = values.BYTES_PER_ELEMENT;
  const none = DataType.isFloat(type) ? Uint8Array.of(0x7f, size === 8 ? 0xf8 : 0xc0) : new Uint8Array();
  if (size < 4) {
    const source = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return {
      none: padded(none, size),
      put(row, { bytes }, at) {
        for (let byte = 0; byte < size; byte++) bytes[at + byte] = source[size * (row + 1) - 1 - byte]!;
      },
    };
  }
  const words = new Int32Array(values.buffer, values.byteOffset, values.byteLength / 4);
  return size === 4
    ? { none: padded(none, 4), put: (row, { view }, at) => view.setInt32(at, words[row]!) }
    : {
        none: padded(none, 8),
        put(row, { view }, at) {
          view.setInt32(at, words[2 * row + 1]!);
          view.setInt32(at + 4, words[2 * row]!);
        },
      };
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  const whole = new Uint8Array(size);
  whole.set(bytes);
  return whole;
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
