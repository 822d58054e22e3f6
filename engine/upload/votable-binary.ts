import { fixedLength, isText } from '../catalog/column.ts';
import { joinedBytes } from '../joined-bytes.ts';
import type { Cell, Element } from './cell.ts';
import { isArrayField, type VotableField } from './votable-fields.ts';

/** Rows in a VOTable's binary form (VOTable 1.4 §5.3, §5.4), in pieces as they come. */
export interface BinaryRowReader {
  /** The rows that are whole now; what is left waits for more. */
  add(bytes: Uint8Array): Cell[][];
  /** Bytes of a row that never became whole. */
  rest(): number;
}

/** Reads a cell, and moves on. @throws RangeError where the bytes end before the cell does. */
type Read<T> = (from: Cursor) => T;

interface Cursor {
  readonly view: DataView;
  at: number;
}

/** @param flags whether each row begins with bits that tell its nulls, as in BINARY2. */
export function binaryRows(fields: readonly VotableField[], flags: boolean): BinaryRowReader {
  const readers = fields.map(cellReader);
  const flagBytes = flags ? Math.ceil(fields.length / 8) : 0;
  let bytes: Uint8Array = new Uint8Array();
  let column = 0;

  function readRow(from: Cursor): Cell[] {
    const start = from.at;
    from.at += flagBytes;
    const row = readers.map((read, at) => {
      column = at;
      const value = read(from);
      const isNull = flags && (from.view.getUint8(start + (at >> 3)) & (128 >> (at & 7))) !== 0;
      return isNull ? null : value;
    });
    if (from.at > from.view.byteLength) throw new RangeError('the row goes on');
    return row;
  }

  return {
    add(more) {
      const joined = joinedBytes([bytes, more]);
      const from: Cursor = { view: new DataView(joined.buffer), at: 0 };
      const rows: Cell[][] = [];
      let end = 0;
      while (end < joined.length) {
        try {
          rows.push(readRow(from));
        } catch (error) {
          if (error instanceof RangeError) break;
          throw new Error(`column ${fields[column]!.column.name} holds ${(error as Error).message}`);
        }
        if (from.at === end) throw new Error('its rows have no bytes: all of its columns have arraysize="0"');
        end = from.at;
      }
      bytes = joined.subarray(end);
      return rows;
    },
    rest: () => bytes.length,
  };
}

function cellReader(field: VotableField): Read<Cell> {
  if (isText(field.column)) return textReader(field);
  const element = elementReader(field);
  if (!isArrayField(field)) return element;
  const count = counter(field.arraysize);
  return (from) => {
    const elements: Element[] = [];
    for (let left = count(from); left > 0; left--) elements.push(element(from));
    return elements;
  };
}

/** Elements that come: as many as the arraysize says, or the count before them. */
function counter(arraysize: string | null): Read<number> {
  const fixed = arraysize === null ? 1 : fixedLength(arraysize);
  if (fixed !== null) return () => fixed;
  return (from) => {
    const count = from.view.getInt32(advance(from, 4));
    if (count < 0) throw new Error(`an array of ${count} elements`);
    return count;
  };
}

function advance(from: Cursor, size: number): number {
  const at = from.at;
  from.at += size;
  return at;
}

const NUMBERS: Readonly<Record<string, Read<number | bigint>>> = {
  unsignedByte: (from) => from.view.getUint8(advance(from, 1)),
  short: (from) => from.view.getInt16(advance(from, 2)),
  int: (from) => from.view.getInt32(advance(from, 4)),
  long: (from) => from.view.getBigInt64(advance(from, 8)),
  float: (from) => from.view.getFloat32(advance(from, 4)),
  double: (from) => from.view.getFloat64(advance(from, 8)),
};

function elementReader({ datatype, null: none }: VotableField): Read<Element> {
  if (datatype === 'boolean') return (from) => booleanOf(from.view.getUint8(advance(from, 1)));
  const read = NUMBERS[datatype]!;
  const isNull = none === null ? () => false : (value: number | bigint) => String(value) === none.trim();
  return (from) => {
    const value = read(from);
    return isNull(value) ? null : value;
  };
}

/** VOTable 1.4 §6: T, t, 1 and F, f, 0; a blank, a question mark or NUL is a null. */
function booleanOf(code: number): boolean | null {
  const character = String.fromCharCode(code);
  if ('Tt1'.includes(character)) return true;
  if ('Ff0'.includes(character)) return false;
  if (' ?\0'.includes(character)) return null;
  throw new Error(`a boolean whose byte is ${code}`);
}

/** A text of fixed length ends at its first NUL. */
function textReader({ datatype, arraysize }: VotableField): Read<string> {
  const count = counter(arraysize);
  const wide = datatype === 'unicodeChar';
  const decoder = wide ? new TextDecoder('utf-16be') : new TextDecoder('utf-8', { fatal: false });
  return (from) => {
    const size = count(from) * (wide ? 2 : 1);
    const start = advance(from, size);
    const { buffer, byteOffset, byteLength } = from.view;
    if (start + size > byteLength) throw new RangeError('the text goes on');
    const text = decoder.decode(new Uint8Array(buffer, byteOffset + start, size));
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  };
}
