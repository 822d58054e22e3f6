import { type Data, DataType } from 'apache-arrow';
import { dimensions } from '../adql/check/value-type.ts';
import { type Column, isArray, isText } from '../catalog/column.ts';
import { nulls } from '../table/cells.ts';
import { boolAt } from '../table/rows.ts';
import type { Block } from '../upload/upload.ts';
import { OID } from './oids.ts';

/** PostgreSQL, "COPY", Binary Format: a signature, no flags, no header extension; and what ends the rows. */
const HEADER = Uint8Array.of(
  0x50,
  0x47,
  0x43,
  0x4f,
  0x50,
  0x59,
  0x0a,
  0xff,
  0x0d,
  0x0a,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
);
const TRAILER = Uint8Array.of(0xff, 0xff);

/** Bytes that are sent at a time, about. */
const CHUNK_BYTES = 1 << 18;

/** Between the epochs of Unix and of PostgreSQL. */
const EPOCH_MICROSECONDS = 946_684_800_000_000n;

/** Bytes on their way, of which the first `length` are written. */
interface Sink {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  length: number;
}

/** Writes what a row has that is not null. */
type WriteField = (row: number, to: Sink) => void;

/**
 * Rows as PostgreSQL's COPY reads them in binary, into columns of the types that `sqlTypeOfColumn` gives.
 * @param wanted positions of the columns, in the order of the table that they go into.
 */
export function* copyBinary(
  columns: readonly Column[],
  wanted: readonly number[],
  blocks: readonly Block[],
): Generator<Uint8Array, void, undefined> {
  yield HEADER;
  let to = newSink(CHUNK_BYTES);
  for (const block of blocks) {
    const fields = wanted.map((at) => fieldWriter(columns[at]!, block.columns[at]!));
    const isNull = wanted.map((at) => nulls(block.columns[at]!));
    for (let row = 0; row < block.length; row++) {
      int16(fields.length, to);
      for (let at = 0; at < fields.length; at++) {
        if (isNull[at]?.(row)) int32(-1, to);
        else fields[at]!(row, to);
      }
      if (to.length < CHUNK_BYTES) continue;
      yield to.bytes.subarray(0, to.length);
      to = newSink(to.bytes.length);
    }
  }
  yield to.bytes.subarray(0, to.length);
  yield TRAILER;
}

function fieldWriter(column: Column, data: Data): WriteField {
  if (isArray(column)) return arrayWriter(column, data);
  return isText(column) && column.xtype !== 'timestamp' ? textWriter(data) : scalarWriter(data).write;
}

/** Bytes of a value without its length, its type, and what writes both. */
interface Scalar {
  readonly oid: number;
  readonly write: WriteField;
}

function scalarWriter(data: Data): Scalar {
  const { values, type } = data;
  const number = (size: number, set: (to: Sink, row: number) => void): WriteField => {
    return (row, to) => {
      int32(size, to);
      reserve(size, to);
      set(to, row);
      to.length += size;
    };
  };
  if (DataType.isBool(type))
    return {
      oid: OID.bool,
      write: number(1, (to, row) => to.view.setUint8(to.length, Number(boolAt(data, row)))),
    };
  if (DataType.isTimestamp(type)) {
    const write = number(8, (to, row) => to.view.setBigInt64(to.length, values[row] - EPOCH_MICROSECONDS));
    return { oid: OID.timestamp, write };
  }
  switch (`${type}`) {
    case 'Uint8':
    case 'Int16':
      return { oid: OID.int2, write: number(2, (to, row) => to.view.setInt16(to.length, values[row])) };
    case 'Int32':
      return { oid: OID.int4, write: number(4, (to, row) => to.view.setInt32(to.length, values[row])) };
    case 'Int64':
      return { oid: OID.int8, write: number(8, (to, row) => to.view.setBigInt64(to.length, values[row])) };
    case 'Float32':
      return { oid: OID.float4, write: number(4, (to, row) => to.view.setFloat32(to.length, values[row])) };
    case 'Float64':
      return { oid: OID.float8, write: number(8, (to, row) => to.view.setFloat64(to.length, values[row])) };
    default:
      throw new Error(`PostgreSQL has no type for ${type}`);
  }
}

function textWriter({ values, valueOffsets }: Data): WriteField {
  return (row, to) => {
    const [start, end] = [valueOffsets[row], valueOffsets[row + 1]];
    int32(end - start, to);
    reserve(end - start, to);
    to.bytes.set(values.subarray(start, end), to.length);
    to.length += end - start;
  };
}

/** array_recv: number of dimensions, whether there are nulls, type of the elements, size and lower bound of each dimension, elements. */
function arrayWriter(column: Column, { children, valueOffsets }: Data): WriteField {
  const elements = children[0]!;
  const { oid, write } = scalarWriter(elements);
  const isNull = nulls(elements);
  // PostgreSQL names the dimension first that varies slowest, VOTable last (VOTable 1.4 §2.2).
  const inner = dimensions(column).slice(0, -1).reverse() as number[];
  const innerSize = inner.reduce((product, size) => product * size, 1);
  return (row, to) => {
    const [start, end] = [valueOffsets[row], valueOffsets[row + 1]];
    const place = to.length;
    int32(0, to);
    const sizes = end === start ? [] : [(end - start) / innerSize, ...inner];
    for (const word of [sizes.length, Number(isNull !== null), oid]) int32(word, to);
    for (const size of sizes) {
      int32(size, to);
      int32(1, to);
    }
    for (let element = start; element < end; element++) {
      if (isNull?.(element)) int32(-1, to);
      else write(element, to);
    }
    to.view.setInt32(place, to.length - place - 4);
  };
}

function newSink(size: number): Sink {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer), length: 0 };
}

function reserve(size: number, to: Sink): void {
  if (to.length + size <= to.bytes.length) return;
  const larger = newSink(2 * (to.length + size));
  larger.bytes.set(to.bytes.subarray(0, to.length));
  Object.assign(to, { bytes: larger.bytes, view: larger.view });
}

function int16(value: number, to: Sink): void {
  reserve(2, to);
  to.view.setInt16(to.length, value);
  to.length += 2;
}

function int32(value: number, to: Sink): void {
  reserve(4, to);
  to.view.setInt32(to.length, value);
  to.length += 4;
}
