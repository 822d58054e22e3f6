import { BufferType, type Data, type DataType, Float64, Int32, type List } from 'apache-arrow';
import type { Column } from '../../../engine/catalog/column.ts';
import { arrowType } from '../../../engine/table/arrow.ts';
import type { Batch } from '../../../engine/table/result.ts';
import { type Bitmap, bitmap, column, lists, textBuffers } from '../../../engine/table/rows.ts';
import { COLUMNS, type ImageRow } from './columns.ts';

type Value = ImageRow[keyof ImageRow];

export function imageBatch(rows: readonly ImageRow[]): Batch {
  const columns = COLUMNS.map((described) => {
    const values = rows.map((row) => row[described.name]);
    return { data: dataOf(described, values), rows: null };
  });
  return { length: rows.length, columns };
}

function dataOf(described: Column, values: readonly Value[]): Data {
  const type = arrowType(described);
  const valid = bitmap(values.length, (at) => values[at] !== null);
  if (described.datatype === 'char' || described.datatype === 'unicodeChar') {
    return textData(type, values as readonly (string | null)[], valid);
  }
  if (described.arraysize !== null)
    return arrayData(type as List, values as readonly (number[] | null)[], valid);
  return numberData(type, values as readonly (number | null)[], valid);
}

function textData(type: DataType, values: readonly (string | null)[], valid: Bitmap): Data {
  const encoder = new TextEncoder();
  const texts = values.map((value) => encoder.encode(value ?? ''));
  const offsets = offsetsOf(texts.map(({ length }) => length));
  const bytes = new Uint8Array(offsets.at(-1)!);
  for (const [at, text] of texts.entries()) bytes.set(text, offsets[at]);
  return column(type, values.length, valid, textBuffers({ bytes, offsets }));
}

function arrayData(type: List, values: readonly (readonly number[] | null)[], valid: Bitmap): Data {
  const elements = values.flatMap((value) => value ?? []);
  const offsets = offsetsOf(values.map((value) => value?.length ?? 0));
  const { type: element } = type.children[0]!;
  return lists(type, values.length, valid, offsets, numberData(element, elements, null));
}

function numberData(type: DataType, values: readonly (number | null)[], valid: Bitmap | null): Data {
  const numbers =
    type instanceof Float64
      ? Float64Array.from(values, (value) => value ?? 0)
      : type instanceof Int32
        ? Int32Array.from(values, (value) => value ?? 0)
        : BigInt64Array.from(values, (value) => BigInt(value ?? 0));
  return column(type, values.length, valid, { [BufferType.DATA]: numbers } as unknown as Data['buffers']);
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  for (const [at, length] of lengths.entries()) offsets[at + 1] = offsets[at]! + length;
  return offsets;
}
