import { type Data, DataType, DateUnit, TimeUnit, Vector } from 'apache-arrow';
import { nulls } from '../table/cells.ts';
import { boolAt } from '../table/rows.ts';
import type { Cell, Element } from './cell.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

const SECOND = 1_000_000n;

/** Microseconds of a unit; nanoseconds are divided. */
const MICROSECONDS: Readonly<Record<number, bigint>> = {
  [TimeUnit.SECOND]: SECOND,
  [TimeUnit.MILLISECOND]: 1000n,
  [TimeUnit.MICROSECOND]: 1n,
};

/**
 * What reads the rows of an Arrow column; times are microseconds since 1970.
 * @param length rows that it must have.
 * @throws Error where the data are not as long as they say.
 */
export function arrowCells(data: Data, length: number): (row: number) => Cell {
  if (data.length < length) throw new Error(`a column has ${data.length} of ${length} rows`);
  const value = valueReader(data);
  const isNull = DataType.isNull(data.type) ? () => true : nulls(data);
  return isNull === null ? value : (row) => (isNull(row) ? null : value(row));
}

function valueReader(data: Data): (row: number) => Cell {
  const { type, values, valueOffsets, children, length } = data;
  if (DataType.isNull(type)) return () => null;
  const isListed = DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isList(type);
  const held = DataType.isFixedSizeList(type)
    ? Math.floor(children[0]!.length / type.listSize)
    : isListed
      ? valueOffsets.length - 1
      : DataType.isBool(type)
        ? 8 * values.length - data.offset
        : Math.floor(values.length / data.stride);
  if (length > 0 && !(held >= length)) throw new Error('a column is shorter than it says');
  if (DataType.isDictionary(type)) {
    const pieces = (data.dictionary as Vector).data.map((piece) => ({
      length: piece.length,
      read: arrowCells(piece, 0),
    }));
    return (row) => {
      let at = Number(values[row]);
      for (const { length, read } of pieces) {
        if (at >= 0 && at < length) return read(at);
        at -= length;
      }
      throw new Error('a value is not in its dictionary');
    };
  }
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) {
    return (row) => {
      const [start, end] = [Number(valueOffsets[row]), Number(valueOffsets[row + 1])];
      if (!(start >= 0 && start <= end && end <= values.length))
        throw new Error('a text lies beyond its data');
      return decoder.decode(values.subarray(start, end));
    };
  }
  if (DataType.isBool(type)) return (row) => boolAt(data, row);
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const child = children[0]!;
    const element = arrowCells(child, 0);
    const size = DataType.isFixedSizeList(type) ? type.listSize : null;
    return (row) => {
      const start = size === null ? valueOffsets[row] : (data.offset + row) * size;
      const end = size === null ? valueOffsets[row + 1] : start + size;
      if (!(start >= 0 && start <= end && end <= child.length))
        throw new Error('an array lies beyond its data');
      return Array.from({ length: end - start }, (_, nth) => element(start + nth) as Element);
    };
  }
  if (DataType.isTimestamp(type)) {
    const factor = MICROSECONDS[type.unit];
    return factor === undefined ? (row) => values[row] / 1000n : (row) => values[row] * factor;
  }
  if (DataType.isDate(type)) {
    return type.unit === DateUnit.DAY
      ? (row) => BigInt(values[row]) * 86_400n * SECOND
      : (row) => BigInt(values[row]) * 1000n;
  }
  if (DataType.isDecimal(type) || (DataType.isFloat(type) && type.precision === 0)) {
    const vector = new Vector([data]);
    if (!DataType.isDecimal(type)) return (row) => vector.get(row);
    return (row) => decimal(vector.get(row), type.scale);
  }
  return (row) => values[row];
}

/** Of the words of a two's complement, the least first. */
function decimal(words: Uint32Array, scale: number): number {
  let value = 0n;
  for (let at = words.length - 1; at >= 0; at--) value = (value << 32n) | BigInt(words[at]!);
  return Number(BigInt.asIntN(32 * words.length, value)) / 10 ** scale;
}
