import { type Data, DataType } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { NUMBER_BYTES } from './decimals.ts';
import type { Bytes } from './digits.ts';
import { scalarText } from './text-cells.ts';

/** How the texts of a column are written in a VOTable's binary form, without count or filling. */
export interface BinaryTexts {
  /** Bytes that the text of a row needs at most. */
  room(row: number): number;
  /** Writes the text of a row that is not null into bytes that have the room, and says where it ended. */
  write(row: number, to: Bytes, at: number): number;
}

/**
 * `char` is ASCII (VOTable 1.4 §6), and astropy refuses a whole table for one byte that is not: other characters become `?`.
 * A column that has them belongs to `unicodeChar`, which is two bytes a character, beyond the basic plane a surrogate pair.
 */
export function binaryTexts({ datatype }: Column, data: Data): BinaryTexts {
  const isWide = datatype === 'unicodeChar';
  if (!DataType.isUtf8(data.type)) {
    const write = scalarText(data);
    if (!isWide) return { room: () => NUMBER_BYTES, write };
    return { room: () => 2 * NUMBER_BYTES, write: (row, to, at) => widen(to, at, write(row, to, at)) };
  }
  const offsets: Int32Array = data.valueOffsets;
  const bytes: Uint8Array = data.values;
  const copy = isWide ? copyUcs2 : copyAscii;
  return {
    room: (row) => 2 * (offsets[row + 1]! - offsets[row]!),
    write: (row, to, at) => copy(bytes, offsets[row]!, offsets[row + 1]!, to, at),
  };
}

/** Makes two bytes a character of the ASCII in [start, end). */
function widen(bytes: Bytes, start: number, end: number): number {
  for (let length = end - start; length > 0; length--) {
    bytes[start + 2 * length - 1] = bytes[start + length - 1]!;
    bytes[start + 2 * length - 2] = 0;
  }
  return 2 * end - start;
}

function copyAscii(utf8: Uint8Array, start: number, end: number, to: Bytes, at: number): number {
  let next = at;
  for (let from = start; from < end; from++) {
    const byte = utf8[from]!;
    if (byte < 0x80) to[next++] = byte;
    else if (byte >= 0xc0) to[next++] = QUESTION_MARK;
  }
  return next;
}

const QUESTION_MARK = '?'.charCodeAt(0);
const decoder = new TextDecoder();

function copyUcs2(utf8: Uint8Array, start: number, end: number, to: Bytes, at: number): number {
  const text = decoder.decode(utf8.subarray(start, end));
  for (let character = 0; character < text.length; character++) {
    const code = text.charCodeAt(character);
    to[at + 2 * character] = code >> 8;
    to[at + 2 * character + 1] = code;
  }
  return at + 2 * text.length;
}
