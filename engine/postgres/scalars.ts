import { DataType } from 'apache-arrow';
import { numericText } from './numeric.ts';
import { OID } from './oids.ts';
import { NULL_FIELD } from './rows.ts';

export type NumberArray = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

type Read<T> = (view: DataView, at: number) => T;

const NUMBERS: Record<number, Read<number>> = {
  [OID.int2]: (view, at) => view.getInt16(at),
  [OID.int4]: (view, at) => view.getInt32(at),
  [OID.int8]: (view, at) => Number(view.getBigInt64(at)),
  [OID.float4]: (view, at) => view.getFloat32(at),
  [OID.float8]: (view, at) => view.getFloat64(at),
  [OID.numeric]: (view, at) => Number(numericText(view, at)),
};

const INTEGERS: Record<number, Read<bigint>> = {
  [OID.int2]: (view, at) => BigInt(view.getInt16(at)),
  [OID.int4]: (view, at) => BigInt(view.getInt32(at)),
  [OID.int8]: (view, at) => view.getBigInt64(at),
  [OID.numeric]: (view, at) => BigInt(numericText(view, at).replace(/\.0*$/, '')),
};

/** PostgreSQL counts from 2000-01-01, Arrow from 1970-01-01. */
const EPOCH = 946_684_800_000_000n;
const DAY = 86_400_000_000n;

/** `infinity` and `-infinity` (PostgreSQL documentation, "Date/Time Types"). */
const INFINITE_INSTANTS = [2n ** 63n - 1n, -(2n ** 63n)];
const INFINITE_DAYS = [2 ** 31 - 1, -(2 ** 31)];

const INSTANTS: Record<number, Read<bigint>> = {
  [OID.timestamp]: instant,
  [OID.timestamptz]: instant,
  [OID.date]: startOfDay,
};

function instant(view: DataView, at: number): bigint {
  const microseconds = view.getBigInt64(at);
  if (INFINITE_INSTANTS.includes(microseconds)) throw noInstant();
  return microseconds + EPOCH;
}

function startOfDay(view: DataView, at: number): bigint {
  const days = view.getInt32(at);
  if (INFINITE_DAYS.includes(days)) throw noInstant();
  return BigInt(days) * DAY + EPOCH;
}

function noInstant(): RangeError {
  return new RangeError('the timestamp infinity, which DALI has not');
}

/**
 * The values of fixed width of an Arrow column; undefined where PostgreSQL's type does not go into it.
 * @throws RangeError saying which value does not fit, and why.
 */
export function fixedValues(
  type: DataType,
  oid: number,
  view: DataView,
  offsets: Uint32Array,
): NumberArray | BigInt64Array | undefined {
  if (DataType.isBool(type)) return oid === OID.bool ? bits(view, offsets) : undefined;
  if (DataType.isTimestamp(type)) return INSTANTS[oid] && longs(INSTANTS[oid], view, offsets);
  if (DataType.isInt(type) && type.bitWidth === 64)
    return INTEGERS[oid] && longs(INTEGERS[oid], view, offsets);
  const values = emptyNumbers(type, offsets.length);
  if (values === undefined || NUMBERS[oid] === undefined) return undefined;
  if (values instanceof Float64Array && oid === OID.float8) return doubles(values, view, offsets);
  if (values instanceof Float32Array && oid === OID.float4) return floats(values, view, offsets);
  if (DataType.isFloat(type)) return filled(values, NUMBERS[oid], view, offsets);
  return integers(values, NUMBERS[oid], view, offsets);
}

function integers(
  values: NumberArray,
  read: Read<number>,
  view: DataView,
  offsets: Uint32Array,
): NumberArray {
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row]!;
    if (at === NULL_FIELD) continue;
    const value = read(view, at);
    values[row] = value;
    if (values[row] !== value) throw new RangeError(`${value}, which is out of its range`);
  }
  return values;
}

/** What most columns are: a loop of its own takes half as long as one that calls what reads a value. */
function doubles(values: Float64Array, view: DataView, offsets: Uint32Array): Float64Array {
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row]!;
    if (at !== NULL_FIELD) values[row] = view.getFloat64(at);
  }
  return values;
}

function floats(values: Float32Array, view: DataView, offsets: Uint32Array): Float32Array {
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row]!;
    if (at !== NULL_FIELD) values[row] = view.getFloat32(at);
  }
  return values;
}

function filled(values: NumberArray, read: Read<number>, view: DataView, offsets: Uint32Array): NumberArray {
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row]!;
    if (at !== NULL_FIELD) values[row] = read(view, at);
  }
  return values;
}

function longs(read: Read<bigint>, view: DataView, offsets: Uint32Array): BigInt64Array {
  const values = new BigInt64Array(offsets.length);
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row]!;
    if (at === NULL_FIELD) continue;
    const value = read(view, at);
    values[row] = value;
    if (values[row] !== value) throw new RangeError(`${value}, which is out of its range`);
  }
  return values;
}

function bits(view: DataView, offsets: Uint32Array): Uint8Array {
  const values = new Uint8Array((offsets.length + 7) >> 3);
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row]!;
    if (at !== NULL_FIELD) values[row >> 3]! |= view.getUint8(at) << (row & 7);
  }
  return values;
}

function emptyNumbers(type: DataType, length: number): NumberArray | undefined {
  if (DataType.isFloat(type)) {
    return type.toString() === 'Float32' ? new Float32Array(length) : new Float64Array(length);
  }
  if (!DataType.isInt(type)) return undefined;
  const { bitWidth } = type;
  if (bitWidth === 8) return new Uint8Array(length);
  return bitWidth === 16 ? new Int16Array(length) : new Int32Array(length);
}
