import {
  Bool,
  type DataType,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  TimestampMicrosecond,
  Uint8,
  Utf8,
} from 'apache-arrow';
import { type Column, type Datatype, isText } from '../catalog/column.ts';

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
 * The Arrow type that carries a column: text of any arraysize is Utf8, `xtype="timestamp"` text is a
 * timestamp in microseconds (UTC, no zone), the rest are scalars.
 * @throws Error for arrays of numbers, which are not carried yet.
 */
export function arrowType(column: Column): DataType {
  if (column.xtype === 'timestamp') return new TimestampMicrosecond();
  if (column.arraysize !== null && !isText(column)) {
    throw new Error(`column ${column.name}: arrays of ${column.datatype} are not supported`);
  }
  return SCALARS[column.datatype]();
}
