import { BufferType, Data, DataType, Type } from 'apache-arrow';
import { listLevels } from './list-levels.ts';
import { countValues, definitionLevels, noLevels, type Page, pages, type Uncompress } from './page.ts';
import { textCollector } from './text.ts';

/** How a column chunk is stored. */
export interface ChunkType {
  readonly type: DataType;
  readonly nullable: boolean;
}

/** Takes the values of a column, page after page, the null ones too. */
export interface Collector {
  page(page: Page): void;
  buffers(): Partial<Record<BufferType.DATA | BufferType.OFFSET, ArrayBufferView>>;
}

/**
 * Decodes a column chunk of a Parquet file as the export writes it: pages of version 1 in Snappy, numbers PLAIN
 * and texts PLAIN or with a dictionary. Arrays are lists of three levels, whose elements may be null.
 * @param rows of the row group.
 * @throws Error saying what does not fit together.
 */
export function decodeChunk(
  chunk: Uint8Array,
  { type, nullable }: ChunkType,
  rows: number,
  uncompress: Uncompress,
): Data {
  if (DataType.isList(type)) return decodeLists(chunk, type, rows, uncompress);
  const column = columnOf(type, rows);
  for (const page of pages(chunk, nullable ? definitionLevels : noLevels, uncompress)) column.page(page);
  const data = column.data();
  if (data.length !== rows) throw new Error(`it holds ${data.length} values instead of ${rows}`);
  return data;
}

function decodeLists(
  chunk: Uint8Array,
  type: DataType<Type.List> & { readonly valueType: DataType },
  rows: number,
  uncompress: Uncompress,
): Data {
  const lists = listLevels(rows);
  const elements = columnOf(type.valueType, countValues(chunk));
  for (const page of pages(chunk, lists.read, uncompress)) elements.page(page);
  const { offsets, valid, nullCount } = lists.lists();
  const buffers = { [BufferType.OFFSET]: offsets, ...(valid && { [BufferType.VALIDITY]: valid }) };
  return new Data(type, 0, rows, nullCount, buffers as Partial<Data['buffers']>, [elements.data()]);
}

/** Collects a flat column of `most` values at most. */
function columnOf(type: DataType, most: number) {
  const values = collector(type, most);
  let valid: Uint8Array | null = null;
  let length = 0;
  let present = 0;
  return {
    page(page: Page): void {
      values.page(page);
      if (page.kind === 'dictionary') return;
      if (page.defined !== null) valid = markNulls(valid ?? allValid(most), page.defined, length);
      length += page.count;
      present += page.present;
    },
    data(): Data {
      const buffers = { ...values.buffers(), ...(valid && { [BufferType.VALIDITY]: valid }) };
      return new Data(type, 0, length, length - present, buffers as Partial<Data['buffers']>);
    },
  };
}

function allValid(rows: number): Uint8Array {
  return new Uint8Array((rows + 7) >> 3).fill(255);
}

function markNulls(valid: Uint8Array, defined: Uint8Array, first: number): Uint8Array {
  for (let at = 0; at < defined.length; at++) {
    const row = first + at;
    if (defined[at] === 0) valid[row >> 3]! &= ~(1 << (row & 7));
  }
  return valid;
}

function collector(type: DataType, rows: number): Collector {
  switch (type.typeId) {
    case Type.Int: {
      const { bitWidth, isSigned } = type as DataType & { bitWidth: number; isSigned: boolean };
      if (bitWidth === 64) return wideNumbers(new BigInt64Array(rows));
      if (bitWidth === 32) return wideNumbers(new Int32Array(rows));
      if (bitWidth === 16) return narrowIntegers(new Int16Array(rows));
      if (!isSigned) return narrowIntegers(new Uint8Array(rows));
      break;
    }
    case Type.Timestamp:
      return wideNumbers(new BigInt64Array(rows));
    case Type.Float:
      return wideNumbers(type.toString() === 'Float32' ? new Float32Array(rows) : new Float64Array(rows));
    case Type.Bool:
      return bits(rows);
    case Type.Utf8:
      return textCollector(rows);
  }
  throw new Error(`values of type ${type} are not stored`);
}

/** Numbers that lie in the pages as they lie in memory. */
function wideNumbers(values: BigInt64Array | Int32Array | Float32Array | Float64Array): Collector {
  const width = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.buffer);
  let row = 0;
  return {
    page({ kind, count, defined, present, view, start }) {
      requirePlain(kind);
      const stored = new Uint8Array(view.buffer, view.byteOffset + start, present * width);
      if (defined === null) bytes.set(stored, row * width);
      else spread(stored, width, defined, bytes.subarray(row * width));
      row += count;
    },
    buffers: () => ({ [BufferType.DATA]: values }),
  };
}

function spread(stored: Uint8Array, width: number, defined: Uint8Array, bytes: Uint8Array): void {
  let from = 0;
  for (let at = 0; at < defined.length; at++) {
    if (defined[at] === 0) continue;
    for (let byte = 0; byte < width; byte++) bytes[at * width + byte] = stored[from++]!;
  }
}

/** Integers that Parquet stores in 32 bits. */
function narrowIntegers(values: Int16Array | Uint8Array): Collector {
  let row = 0;
  return {
    page({ kind, count, defined, view, start }) {
      requirePlain(kind);
      for (let at = 0, from = start; at < count; at++) {
        if (defined?.[at] === 0) continue;
        values[row + at] = view.getInt32(from, true);
        from += 4;
      }
      row += count;
    },
    buffers: () => ({ [BufferType.DATA]: values }),
  };
}

function bits(rows: number): Collector {
  const values = new Uint8Array((rows + 7) >> 3);
  let row = 0;
  return {
    page({ kind, count, defined, view, start }) {
      requirePlain(kind);
      for (let at = 0, from = 0; at < count; at++, row++) {
        if (defined?.[at] === 0) continue;
        const bit = (view.getUint8(start + (from >> 3)) >> (from & 7)) & 1;
        values[row >> 3]! |= bit << (row & 7);
        from++;
      }
    },
    buffers: () => ({ [BufferType.DATA]: values }),
  };
}

function requirePlain(kind: Page['kind']): void {
  if (kind !== 'plain') throw new Error('its numbers have a dictionary');
}
