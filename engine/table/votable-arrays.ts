import { DataType } from 'apache-arrow';
import { type Column, type Datatype, isArray } from '../catalog/column.ts';

/** The integer that stands for a null among the elements of an array, which has no other way to tell of one. */
const NULL_INTEGERS: Partial<Record<Datatype, bigint>> = {
  short: -(2n ** 15n),
  int: -(2n ** 31n),
  long: -(2n ** 63n),
};

/**
 * The text of the VALUES null attribute of a column (VOTable 1.4 §4.7), null where it has none. Only arrays of integers need it:
 * elsewhere BINARY2 has a flag, TABLEDATA an empty cell, floating point NaN and booleans `?`. A value that is that integer is a null to
 * who reads it: hence columns of which it is known that they need none.
 */
export function nullInteger(column: Pick<Column, 'datatype' | 'arraysize' | 'wholeArrays'>): string | null {
  const integer = isArray(column) && !column.wholeArrays ? NULL_INTEGERS[column.datatype] : undefined;
  return integer === undefined ? null : String(integer);
}

/** An element of an array that is null, in TABLEDATA. Of `unsignedByte` there is none: no source of ours has arrays of it. */
export function nullElementText(type: DataType): string {
  if (DataType.isBool(type)) return '?';
  if (DataType.isFloat(type)) return 'NaN';
  if (!DataType.isInt(type) || !type.isSigned) return '0';
  return String(-(2n ** BigInt(type.bitWidth - 1)));
}

/** The same in the binary form, big-endian. */
export function nullElementBytes(type: DataType): Uint8Array {
  if (DataType.isBool(type)) return Uint8Array.of('?'.charCodeAt(0));
  if (DataType.isFloat(type)) {
    return type.precision === 2
      ? Uint8Array.of(0x7f, 0xf8, 0, 0, 0, 0, 0, 0)
      : Uint8Array.of(0x7f, 0xc0, 0, 0);
  }
  if (!DataType.isInt(type) || !type.isSigned) return Uint8Array.of(0);
  const bytes = new Uint8Array(type.bitWidth / 8);
  bytes[0] = 0x80;
  return bytes;
}
