import { type Data, DataType } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { nulls, textCells } from './cells.ts';

/** The texts of a batch in binary form: that of a row is the bytes [offsets[row], offsets[row + 1]). */
export interface BinaryTexts {
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}

/**
 * The texts of a batch as a VOTable has them; a null's is empty. `char` is ASCII (VOTable 1.4 §6), and astropy
 * refuses a whole table for one byte that is not: other characters become `?`. A column that has them belongs
 * to `unicodeChar`, which is two bytes a character, beyond the basic plane a surrogate pair.
 */
export function binaryTexts({ datatype }: Column, data: Data): BinaryTexts {
  if (datatype === 'char' && isPlainAscii(data)) return { offsets: data.valueOffsets, bytes: data.values };
  const text = textCells({ data, rows: null });
  const isNull = nulls(data);
  const texts = Array.from({ length: data.length }, (_, row) => (isNull?.(row) ? '' : text(row)));
  return datatype === 'char' ? ascii(texts) : ucs2(texts);
}

/** Whether a column's own bytes will do. */
function isPlainAscii({ type, valueOffsets, values, length, nullCount }: Data): boolean {
  if (!DataType.isUtf8(type) || nullCount > 0) return false;
  const end: number = valueOffsets[length];
  for (let at: number = valueOffsets[0]; at < end; at++) if (values[at] >= 0x80) return false;
  return true;
}

function ascii(texts: readonly string[]): BinaryTexts {
  const replaced = texts.map((text) => text.replace(/\P{ASCII}/gu, '?'));
  return { offsets: offsetsOf(replaced, 1), bytes: new TextEncoder().encode(replaced.join('')) };
}

function ucs2(texts: readonly string[]): BinaryTexts {
  const offsets = offsetsOf(texts, 2);
  const bytes = new Uint8Array(offsets[texts.length]!);
  let at = 0;
  for (const text of texts) {
    for (let character = 0; character < text.length; character++) {
      const code = text.charCodeAt(character);
      bytes[at++] = code >> 8;
      bytes[at++] = code;
    }
  }
  return { offsets, bytes };
}

function offsetsOf(texts: readonly string[], unit: number): Int32Array {
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, row) => {
    offsets[row + 1] = offsets[row]! + unit * text.length;
  });
  return offsets;
}
