import { BufferType, Data } from 'apache-arrow';
import type { Column } from '../../engine/catalog/column.ts';
import { storedType } from '../../engine/table/arrow.ts';
import type { CopyRows } from './copy-binary.ts';

/** Takes the fields of one column, place by place, and hands over the buffers of an Arrow array. */
interface ColumnBuilder {
  /** A value of `length` bytes at `at`; not called for a null. */
  set(place: number, at: number, length: number): void;
  buffers(): { [BufferType.DATA]: ArrayBufferView; [BufferType.OFFSET]?: Int32Array };
}

/** PostgreSQL counts microseconds from 2000-01-01, Arrow from 1970-01-01. */
const POSTGRES_EPOCH = 946_684_800_000_000n;
/** The timestamps `infinity` and `-infinity` (PostgreSQL documentation, "Date/Time Types"). */
const INFINITE_TIMESTAMPS = [2n ** 63n - 1n, -(2n ** 63n)];
const MAX_TEXT_BYTES = 2 ** 31 - 1;

/**
 * Decodes rows into one Arrow array per column.
 * @param order which row stands at each place.
 * @throws Error naming the column that holds a value its datatype cannot carry.
 */
export function arrowColumns(columns: readonly Column[], rows: CopyRows, order: Uint32Array): Data[] {
  const { view, starts, count } = rows;
  const builders = columns.map((column) => builderOf(column, rows));
  const valid = columns.map(() => new Uint8Array(Math.ceil(count / 8)));
  const nulls = new Uint32Array(columns.length);
  for (let place = 0; place < count; place += 1) {
    let at = starts[order[place]!]! + 2;
    for (let index = 0; index < builders.length; index += 1) {
      const length = view.getInt32(at);
      at += 4;
      if (length < 0) {
        nulls[index]! += 1;
        continue;
      }
      valid[index]![place >> 3]! |= 1 << (place & 7);
      builders[index]!.set(place, at, length);
      at += length;
    }
  }
  return columns.map((column, index) => {
    const nullCount = nulls[index]!;
    const buffers = {
      ...builders[index]!.buffers(),
      [BufferType.VALIDITY]: nullCount === 0 ? undefined : valid[index]!,
    };
    return new Data(
      storedType(column),
      0,
      count,
      nullCount,
      buffers as ConstructorParameters<typeof Data>[4],
    );
  });
}

function builderOf(column: Column, rows: CopyRows): ColumnBuilder {
  const { view, count } = rows;
  if (column.xtype === 'timestamp') return timestampBuilder(column, rows);
  switch (column.datatype) {
    case 'boolean': {
      const data = new Uint8Array(Math.ceil(count / 8));
      return fixed(data, (place, at) => {
        data[place >> 3]! |= view.getUint8(at) << (place & 7);
      });
    }
    case 'unsignedByte': {
      const data = new Uint8Array(count);
      return fixed(data, (place, at) => {
        const value = view.getInt16(at);
        if (value < 0 || value > 255) throw misfit(column, `${value}, an unsignedByte is 0 to 255`);
        data[place] = value;
      });
    }
    case 'short': {
      const data = new Int16Array(count);
      return fixed(data, (place, at) => {
        data[place] = view.getInt16(at);
      });
    }
    case 'int': {
      const data = new Int32Array(count);
      return fixed(data, (place, at) => {
        data[place] = view.getInt32(at);
      });
    }
    case 'long': {
      const data = new BigInt64Array(count);
      return fixed(data, (place, at) => {
        data[place] = view.getBigInt64(at);
      });
    }
    case 'float': {
      const data = new Float32Array(count);
      return fixed(data, (place, at) => {
        data[place] = view.getFloat32(at);
      });
    }
    case 'double': {
      const data = new Float64Array(count);
      return fixed(data, (place, at) => {
        data[place] = view.getFloat64(at);
      });
    }
    case 'char':
    case 'unicodeChar':
      return textBuilder(column, rows);
  }
}

function fixed(data: ArrayBufferView, set: ColumnBuilder['set']): ColumnBuilder {
  return { set, buffers: () => ({ [BufferType.DATA]: data }) };
}

function timestampBuilder(column: Column, { view, count }: CopyRows): ColumnBuilder {
  const data = new BigInt64Array(count);
  return fixed(data, (place, at) => {
    const value = view.getBigInt64(at);
    if (INFINITE_TIMESTAMPS.includes(value))
      throw misfit(column, 'the timestamp infinity, which DALI has not');
    data[place] = value + POSTGRES_EPOCH;
  });
}

/** Texts are copied at the end, when their places in the array are known. */
function textBuilder(column: Column, { bytes, count }: CopyRows): ColumnBuilder {
  const from = new Uint32Array(count);
  const lengths = new Uint32Array(count);
  return {
    set(place, at, length) {
      from[place] = at;
      lengths[place] = length;
    },
    buffers() {
      const total = lengths.reduce((sum, length) => sum + length, 0);
      if (total > MAX_TEXT_BYTES)
        throw misfit(column, `${total} bytes of text in one partition, 2 GiB is the most`);
      const data = Buffer.allocUnsafeSlow(total);
      const valueOffsets = new Int32Array(count + 1);
      for (let place = 0; place < count; place += 1) {
        const start = valueOffsets[place]!;
        const end = start + lengths[place]!;
        bytes.copy(data, start, from[place]!, from[place]! + lengths[place]!);
        valueOffsets[place + 1] = end;
      }
      return { [BufferType.DATA]: data, [BufferType.OFFSET]: valueOffsets };
    },
  };
}

function misfit(column: Column, what: string): Error {
  return new Error(`column ${column.name} holds ${what}`);
}
