import { BufferType, type Data, type DataType } from 'apache-arrow';
import { type Column, type Datatype, isArray, isText } from '../catalog/column.ts';
import { arrowType } from '../table/arrow.ts';
import { column as columnData, lists, textBuffers } from '../table/rows.ts';
import type { Cell, Element } from './cell.ts';
import { microsecondsOf } from './timestamp.ts';

/** Collects the cells of a column. */
export interface ColumnBuilder {
  /** @throws Error saying what the cell holds that the column cannot. */
  add(cell: Cell): void;
  /** The cells since the last call. */
  take(): Data;
}

/** @param column whose data are to be of its `arrowType`. */
export function columnBuilder(column: Column): ColumnBuilder {
  const type = arrowType(column);
  if (isArray(column)) return arrayBuilder(type, column.datatype);
  if (isText(column)) return column.xtype === 'timestamp' ? timestampBuilder(type) : textBuilder(type);
  return scalarBuilder(type, column.datatype);
}

function scalarBuilder(type: DataType, datatype: Datatype): ColumnBuilder {
  switch (datatype) {
    case 'boolean':
      return booleanBuilder(type);
    case 'long':
      return valueBuilder(type, (size) => new BigInt64Array(size), longOf);
    case 'float':
      return valueBuilder(type, (size) => new Float32Array(size), numberOf);
    case 'double':
      return valueBuilder(type, (size) => new Float64Array(size), numberOf);
    default: {
      const { make, least, most } = INTEGERS[datatype as keyof typeof INTEGERS];
      return valueBuilder(type, make, (cell) => integerOf(cell, least, most, datatype));
    }
  }
}

const INTEGERS = {
  unsignedByte: { make: (size: number) => new Uint8Array(size), least: 0, most: 255 },
  short: { make: (size: number) => new Int16Array(size), least: -(2 ** 15), most: 2 ** 15 - 1 },
  int: { make: (size: number) => new Int32Array(size), least: -(2 ** 31), most: 2 ** 31 - 1 },
};

function numberOf(cell: Element): number {
  return typeof cell === 'number' ? cell : Number(cell);
}

function integerOf(cell: Element, least: number, most: number, datatype: Datatype): number {
  const value = typeof cell === 'number' ? cell : Number(cell);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${cell}, which is no ${datatype}`);
}

function longOf(cell: Element): bigint {
  const value = typeof cell === 'bigint' ? cell : BigInt(cell as string | number);
  if (BigInt.asIntN(64, value) !== value) throw new Error(`${cell}, which is no long`);
  return value;
}

type Values = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array;

const FIRST_SIZE = 64;

/** Which cells are not null, while they are counted. */
function validity() {
  let bits = new Uint8Array(FIRST_SIZE / 8);
  let unset = 0;
  return {
    set(at: number): void {
      const byte = at >> 3;
      if (byte >= bits.length) bits = larger(bits, bits.length * 2);
      bits[byte]! |= 1 << (at & 7);
    },
    unset(at: number): void {
      const byte = at >> 3;
      if (byte >= bits.length) bits = larger(bits, bits.length * 2);
      unset++;
    },
    take() {
      const taken = { bits, unset };
      bits = new Uint8Array(FIRST_SIZE / 8);
      unset = 0;
      return taken;
    },
  };
}

function larger<Kind extends Values>(values: Kind, size: number): Kind {
  const grown = new (values.constructor as new (size: number) => Kind)(size);
  (grown as Uint8Array).set(values as Uint8Array);
  return grown;
}

function valueBuilder(
  type: DataType,
  make: (size: number) => Values,
  convert: (cell: Element) => number | bigint,
): ColumnBuilder {
  const valid = validity();
  let values = make(FIRST_SIZE);
  let length = 0;
  return {
    add(cell) {
      if (length === values.length) values = larger(values, length * 2);
      if (cell === null) valid.unset(length);
      else {
        (values as Float64Array)[length] = convert(cell as Element) as number;
        valid.set(length);
      }
      length++;
    },
    take() {
      const data = columnData(type, length, valid.take(), buffer(BufferType.DATA, values.slice(0, length)));
      values = make(FIRST_SIZE);
      length = 0;
      return data;
    },
  };
}

function timestampBuilder(type: DataType): ColumnBuilder {
  return valueBuilder(
    type,
    (size) => new BigInt64Array(size),
    (cell) => (typeof cell === 'bigint' ? cell : microsecondsOf(String(cell))),
  );
}

function booleanBuilder(type: DataType): ColumnBuilder {
  const valid = validity();
  const truths = validity();
  let length = 0;
  return {
    add(cell) {
      if (cell === null) valid.unset(length);
      else valid.set(length);
      if (cell === true) truths.set(length);
      else truths.unset(length);
      length++;
    },
    take() {
      const data = columnData(type, length, valid.take(), buffer(BufferType.DATA, truths.take().bits));
      length = 0;
      return data;
    },
  };
}

/** Bytes of UTF-8 that a unit of a JavaScript text may take. */
const UTF8_GROWTH = 3;

function textBuilder(type: DataType): ColumnBuilder {
  const encoder = new TextEncoder();
  const valid = validity();
  let bytes = new Uint8Array(FIRST_SIZE);
  let offsets = new Int32Array(FIRST_SIZE);
  let length = 0;
  return {
    add(cell) {
      if (length + 1 === offsets.length) offsets = larger(offsets, offsets.length * 2);
      let end = offsets[length]!;
      if (cell === null) valid.unset(length);
      else {
        const text = String(cell);
        // PostgreSQL has no place for it.
        if (text.includes('\0')) throw new Error('a text with the character 0');
        const most = end + UTF8_GROWTH * text.length;
        if (most > bytes.length) bytes = larger(bytes, 2 * most);
        end += encoder.encodeInto(text, bytes.subarray(end)).written;
        valid.set(length);
      }
      offsets[++length] = end;
    },
    take() {
      const texts = { bytes: bytes.slice(0, offsets[length]), offsets: offsets.slice(0, length + 1) };
      const data = columnData(type, length, valid.take(), textBuffers(texts));
      bytes = new Uint8Array(FIRST_SIZE);
      offsets = new Int32Array(FIRST_SIZE);
      length = 0;
      return data;
    },
  };
}

function arrayBuilder(type: DataType, datatype: Datatype): ColumnBuilder {
  const elements = scalarBuilder((type.children[0] as { type: DataType }).type, datatype);
  const valid = validity();
  let offsets = new Int32Array(FIRST_SIZE);
  let length = 0;
  return {
    add(cell) {
      if (length + 1 === offsets.length) offsets = larger(offsets, offsets.length * 2);
      let end = offsets[length]!;
      if (cell === null) valid.unset(length);
      else {
        valid.set(length);
        for (const element of cell as readonly Element[]) elements.add(element);
        end += (cell as readonly Element[]).length;
      }
      offsets[++length] = end;
    },
    take() {
      const data = lists(type, length, valid.take(), offsets.slice(0, length + 1), elements.take());
      offsets = new Int32Array(FIRST_SIZE);
      length = 0;
      return data;
    },
  };
}

function buffer(kind: BufferType, values: Values): Partial<Data['buffers']> {
  return { [kind]: values } as Partial<Data['buffers']>;
}
