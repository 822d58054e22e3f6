import { BufferType, type Data, DataType, type List } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { arrowType } from '../table/arrow.ts';
import { bitmap, column } from '../table/rows.ts';
import { arrayElements, arrayEnds, elementOid, floatElements } from './arrays.ts';
import { type BinaryRows, fieldOffsets, NULL_FIELD } from './rows.ts';
import { fixedValues } from './scalars.ts';
import { textValues } from './texts.ts';

/** A value that the column of the answer cannot carry. */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
}

/**
 * Decodes rows into one Arrow array per column, of its `arrowType`.
 * @param oids types in PostgreSQL, column by column.
 * @param order which row stands at each place; null for their own order.
 * @throws MisfitError naming the column that holds a value its datatype cannot carry.
 * @throws Error where a type of PostgreSQL does not go into the column's.
 */
export function arrowColumns(
  columns: readonly Column[],
  oids: readonly number[],
  rows: BinaryRows,
  order: Uint32Array | null = null,
): Data[] {
  const offsets = fieldOffsets(rows, columns.length, order);
  return columns.map((described, index) => {
    try {
      return arrowData(arrowType(described), oids[index]!, rows, offsets[index]!);
    } catch (error) {
      if (!(error instanceof RangeError))
        throw new Error(`column ${described.name}: ${(error as Error).message}`);
      throw new MisfitError(
        `column ${described.name} (${described.xtype ?? described.datatype}) holds ${error.message}`,
      );
    }
  });
}

function arrowData(type: DataType, oid: number, rows: BinaryRows, offsets: Uint32Array): Data {
  const { bytes, view } = rows;
  if (DataType.isList(type)) {
    const ends = arrayEnds(view, offsets);
    return data(type, offsets, { [BufferType.OFFSET]: ends }, [elements(type, oid, rows, offsets, ends)]);
  }
  if (DataType.isUtf8(type)) {
    const texts = textValues(oid, bytes, view, offsets);
    if (texts)
      return data(type, offsets, { [BufferType.OFFSET]: texts.offsets, [BufferType.DATA]: texts.bytes });
  } else {
    const values = fixedValues(type, oid, view, offsets);
    if (values) return data(type, offsets, { [BufferType.DATA]: values });
  }
  throw new Error(`PostgreSQL's type ${oid} does not go into ${type}`);
}

function elements(
  { valueType }: List,
  arrayOid: number,
  rows: BinaryRows,
  offsets: Uint32Array,
  ends: Int32Array,
): Data {
  const oid = elementOid(arrayOid);
  const floats = floatElements(valueType, oid, rows.view, offsets, ends);
  if (floats === null) return arrowData(valueType, oid, rows, arrayElements(rows.view, offsets, ends));
  return column(valueType, floats.length, null, { [BufferType.DATA]: floats } as Partial<Data['buffers']>);
}

function data(
  type: DataType,
  offsets: Uint32Array,
  buffers: Partial<Data['buffers']>,
  children: Data[] = [],
): Data {
  const valid = offsets.includes(NULL_FIELD)
    ? bitmap(offsets.length, (row) => offsets[row] !== NULL_FIELD)
    : null;
  return column(type, offsets.length, valid, buffers, children);
}
