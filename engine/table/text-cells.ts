import { type Data, DataType } from 'apache-arrow';
import { nulls, timestampText } from './cells.ts';
import { float32Writer, float64Writer, NUMBER_BYTES, type WriteNumber } from './decimals.ts';
import { type Bytes, writeAscii, writeInt64, writeInteger } from './digits.ts';
import type { Cells } from './result.ts';
import { boolAt } from './rows.ts';

/** How the cells of a column are written as text. */
export interface TextCell {
  /** Null if no cell of the column is null. */
  readonly isNull: ((cell: number) => boolean) | null;
  /** Bytes that the cells [from, to) may need, the nulls among them none. */
  room(from: number, to: number): number;
  /** Writes a cell that is not null into bytes that have the room, and says where it ended. */
  write(cell: number, to: Bytes, at: number): number;
}

/** How a format writes what text has no one way for. */
export interface CellStyle {
  readonly true: string;
  readonly false: string;
  readonly positiveInfinity: string;
  readonly negativeInfinity: string;
  readonly nan: string;
  readonly quoting: Quoting;
  readonly array: ArrayStyle;
}

/** How a format writes arrays: all elements of one, whatever its dimensions. */
export interface ArrayStyle {
  readonly open: string;
  readonly between: string;
  readonly close: string;
  /** In place of the brackets around no element. */
  readonly empty: string;
  /** In place of an element that is null. */
  none(element: DataType): string;
}

/** How a format writes texts. */
export interface Quoting {
  /** Of each byte of UTF-8 whether a text with it must be quoted; texts without such bytes are written as they are. */
  readonly special: Uint8Array;
  readonly quoteEmpty: boolean;
  quote(text: string): string;
  /** The most bytes that quoting makes of one, and those that it adds to a text. */
  readonly growth: number;
  readonly added: number;
}

/** A table of bytes that are special. */
export function bytesWhere(special: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number(special(byte)));
}

/** A writer of cells, made once per batch. */
export function textCell(cells: Cells, style: CellStyle): TextCell {
  const { data } = cells;
  if (DataType.isList(data.type)) {
    return arrayCell(cells, textCell({ data: data.children[0]!, rows: null }, style), style.array);
  }
  return chosen(
    cells,
    DataType.isUtf8(data.type) ? quoted(data, style.quoting) : sameRoom(scalar(data, style)),
  );
}

/** A writer of cells that are arrays. @param element writes an element of the data's child. */
export function arrayCell(
  cells: Cells,
  element: TextCell,
  { open, between, close, empty, none }: ArrayStyle,
): TextCell {
  const { data } = cells;
  const offsets: Int32Array = data.valueOffsets;
  const nullElement = none(data.children[0]!.type);
  const around = Math.max(open.length + close.length, empty.length);
  return chosen(cells, {
    room(from, to) {
      const [first, last] = [offsets[from]!, offsets[to]!];
      const each = between.length + nullElement.length;
      return around * (to - from) + element.room(first, last) + each * (last - first);
    },
    write(row, to, at) {
      const first = offsets[row]!;
      const last = offsets[row + 1]!;
      if (first === last) return writeAscii(empty, to, at);
      let end = writeAscii(open, to, at);
      for (let nth = first; nth < last; nth++) {
        if (nth > first) end = writeAscii(between, to, end);
        end = element.isNull?.(nth) ? writeAscii(nullElement, to, end) : element.write(nth, to, end);
      }
      return writeAscii(close, to, end);
    },
  });
}

/** The writer of a column's rows as one of the cells that are meant. */
function chosen({ data, rows }: Cells, { room, write }: Writing): TextCell {
  const isNull = nulls(data);
  if (rows === null) return { isNull, room, write };
  return {
    isNull: isNull && ((cell) => isNull(rows[cell]!)),
    room(from, to) {
      let sum = 0;
      for (let cell = from; cell < to; cell++) sum += room(rows[cell]!, rows[cell]! + 1);
      return sum;
    },
    write: (cell, to, at) => write(rows[cell]!, to, at),
  };
}

type Writing = Pick<TextCell, 'room' | 'write'>;

const sameRoom = (write: WriteNumber): Writing => ({
  room: (from, to) => NUMBER_BYTES * (to - from),
  write,
});

function scalar(data: Data, style: CellStyle): WriteNumber {
  const { type, values } = data;
  if (DataType.isBool(type)) {
    return (row, to, at) => writeAscii(boolAt(data, row) ? style.true : style.false, to, at);
  }
  const unwritable = (value: number): string => {
    if (Number.isNaN(value)) return style.nan;
    return value > 0 ? style.positiveInfinity : style.negativeInfinity;
  };
  if (values instanceof Float64Array) return float64Writer(values, unwritable);
  if (values instanceof Float32Array) return float32Writer(values, unwritable);
  return scalarText(data);
}

/** A writer of whole numbers and of timestamps, in `NUMBER_BYTES` at most, which are the same in all formats. */
export function scalarText({ type, values }: Data): WriteNumber {
  if (DataType.isTimestamp(type)) return (row, to, at) => writeAscii(timestampText(values[row]), to, at);
  if (values instanceof BigInt64Array) {
    const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
    return (row, to, at) => writeInt64(halves[2 * row + 1]!, halves[2 * row]! >>> 0, to, at);
  }
  return (row, to, at) => writeInteger(values[row], to, at);
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function quoted({ valueOffsets, values }: Data, quoting: Quoting): Writing {
  const offsets: Int32Array = valueOffsets;
  const bytes: Uint8Array = values;
  const { special, quoteEmpty, quote, growth, added } = quoting;
  function writeQuoted(from: number, until: number, to: Bytes, at: number): number {
    const text = quote(decoder.decode(bytes.subarray(from, until)));
    return at + encoder.encodeInto(text, to.subarray(at)).written;
  }
  return {
    room: (from, to) => growth * (offsets[to]! - offsets[from]!) + added * (to - from),
    write(row, to, at) {
      const start = offsets[row]!;
      const until = offsets[row + 1]!;
      if (quoteEmpty && start === until) return writeQuoted(start, until, to, at);
      let end = at;
      for (let from = start; from < until; from++) {
        const byte = bytes[from]!;
        if (special[byte] === 1) return writeQuoted(start, until, to, at);
        to[end++] = byte;
      }
      return end;
    },
  };
}
