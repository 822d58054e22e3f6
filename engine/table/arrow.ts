import {
  Bool,
  type DataType,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  List,
  TimestampMicrosecond,
  Uint8,
  Utf8,
} from 'apache-arrow';
import { type Column, type Datatype, isArray } from '../catalog/column.ts';

const SCALARS: Record<Datatype, () => DataType> = {
  boolean: () => new Bool(),
  unsignedByte: () => new Uint8(),
  short: () => new Int16(),
  int: () => new Int32(),
  long: () => new Int64(),
  float: () => new Float32(),
  double: () => new Float64(),
  char: () => new Utf8(),
  unicodeChar: () => new Utf8(),
};

/**
 * The Arrow type that carries a column of a release or of an answer: text of any arraysize is Utf8, `xtype="timestamp"` text is a
 * timestamp in microseconds (UTC, no zone), arrays of any arraysize are lists of all their elements, the rest are scalars.
 */
export function arrowType(column: Pick<Column, 'datatype' | 'arraysize' | 'xtype'>): DataType {
  if (isArray(column)) return new List(new Field('item', SCALARS[column.datatype](), true));
  return column.xtype === 'timestamp' ? new TimestampMicrosecond() : SCALARS[column.datatype]();
}
