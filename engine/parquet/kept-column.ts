import { BufferType, type Data, type DataType, Type } from 'apache-arrow';
import { bitAt, bitmap, column, elementsOfRows, lists, takeRows, textBuffers } from '../table/rows.ts';
import { type PackedNumbers, packDecimals, packIntegers, packWide } from './packed.ts';
import { packTexts } from './packed-texts.ts';

/** A column of a row group as it is kept in memory: in fewer bytes than Arrow's arrays where that can be. */
export interface KeptColumn {
  /** What it takes, about. */
  readonly bytes: number;
  /** The cells of some rows, ascending, each at most once: the very values that were stored. */
  take(rows: Uint32Array): Data;
}

/** Objects and array buffers have sizes of their own. */
const OVERHEAD_BYTES = 300;

type Buffers = Partial<Data['buffers']>;

interface Packed {
  readonly bytes: number;
  /** Of an Arrow array of the rows, but for the nulls. */
  buffers(rows: Uint32Array): Buffers;
}

/** A column as it was decoded. */
export function wholeColumn(data: Data): KeptColumn {
  const bytes = data.byteLength + OVERHEAD_BYTES;
  return { bytes, take: (rows) => (rows.length === data.length ? data : takeRows(data, rows)) };
}

/**
 * Catalogues hold decimals: a magnitude of three digits fits in two bytes, a position within a row group in
 * four; and texts that repeat. What is not like that is kept as it is.
 */
export function keptColumn(data: Data): KeptColumn {
  if (data.type.typeId === Type.List) return keptLists(data);
  const packed = pack(data);
  if (packed === null) return wholeColumn(data);
  const { type } = data;
  const nulls = data.nullCount === 0 ? null : data.nullBitmap!.slice(0, (data.length + 7) >> 3);
  return {
    bytes: packed.bytes + (nulls?.byteLength ?? 0) + OVERHEAD_BYTES,
    take: (rows) => unpacked(type, packed, nulls, rows),
  };
}

/** Arrays, their elements as a column of their own. */
function keptLists({ type, length, nullCount, nullBitmap, valueOffsets, children }: Data): KeptColumn {
  const elements = keptColumn(children[0]!);
  const nulls = nullCount === 0 ? null : nullBitmap!.slice(0, (length + 7) >> 3);
  return listsOf(type, elements, valueOffsets, nulls);
}

function listsOf(
  type: DataType,
  elements: KeptColumn,
  offsets: Int32Array,
  nulls: Uint8Array | null,
): KeptColumn {
  return {
    bytes: elements.bytes + offsets.byteLength + (nulls?.byteLength ?? 0) + OVERHEAD_BYTES,
    take(rows) {
      const present = nulls && bitmap(rows.length, (at) => bitAt(nulls, rows[at]!));
      const taken = elementsOfRows(offsets, rows);
      return lists(type, rows.length, present, taken.offsets, elements.take(taken.elements));
    },
  };
}

function pack(data: Data): Packed | null {
  switch (data.type.typeId) {
    case Type.Float:
      return ofNumbers(packDecimals(presentValues(data)));
    case Type.Int:
    case Type.Timestamp: {
      const values = presentValues(data);
      return ofNumbers(values instanceof BigInt64Array ? packWide(values) : packIntegers(values));
    }
    case Type.Utf8: {
      const packed = packTexts({ bytes: data.values, offsets: data.valueOffsets }, data.length);
      return packed && { bytes: packed.bytes, buffers: (rows) => textBuffers(packed.take(rows)) };
    }
    default:
      return null;
  }
}

function ofNumbers(packed: PackedNumbers | null): Packed | null {
  return packed && { bytes: packed.bytes, buffers: (rows) => numberBuffers(packed.take(rows)) };
}

function numberBuffers(values: ArrayBufferView): Buffers {
  return { [BufferType.DATA]: values } as Buffers;
}

/** The values, those of nulls replaced by one that is there. */
function presentValues(data: Data) {
  const values = data.values.subarray(0, data.length);
  if (data.nullCount === 0 || data.nullCount === data.length) return values;
  const present = values.slice();
  const valid = data.nullBitmap!;
  let last = values[firstSet(valid)];
  for (let row = 0; row < data.length; row++) {
    if (bitAt(valid, row)) last = values[row];
    else present[row] = last;
  }
  return present;
}

function firstSet(bits: Uint8Array): number {
  let at = 0;
  while (!bitAt(bits, at)) at++;
  return at;
}

function unpacked(type: DataType, packed: Packed, valid: Uint8Array | null, rows: Uint32Array): Data {
  const present = valid && bitmap(rows.length, (at) => bitAt(valid, rows[at]!));
  return column(type, rows.length, present, packed.buffers(rows));
}
