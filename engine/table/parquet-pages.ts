import { type Data, DataType } from 'apache-arrow';
import type { ColumnChunk, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { boolAt, elementsOf, takeRows } from './rows.ts';

/** Of a page, beside its values: levels and lengths of texts take more. */
const PAGE_BYTES = 1024;

/**
 * Writes a column chunk of an optional column: one data page, PLAIN and uncompressed. Numbers lie in Parquet as in Arrow, and the
 * definition levels of a flat column are Arrow's bitmap of what is valid, so that most bytes are only copied.
 * @param schema of the column, from it down to what holds its values.
 */
export function writeColumnChunk(schema: readonly SchemaElement[], data: Data, to: ByteWriter): ColumnChunk {
  const start = to.offset;
  // Room for all of it, or the buffers that it grows out of would be left to collect.
  const page = new ByteWriter(data.byteLength + PAGE_BYTES);
  const num_values = DataType.isList(data.type) ? writeArrays(data, page) : writeFlat(data, page);
  const size = page.offset;
  writePageHeader(to, {
    type: 'DATA_PAGE',
    uncompressed_page_size: size,
    compressed_page_size: size,
    data_page_header: {
      num_values,
      encoding: 'PLAIN',
      definition_level_encoding: 'RLE',
      repetition_level_encoding: 'RLE',
    },
  });
  to.appendBytes(page.getBytes());
  const bytes = BigInt(to.offset - start);
  return {
    file_offset: BigInt(start),
    meta_data: {
      type: schema.at(-1)!.type!,
      encodings: ['PLAIN', 'RLE'],
      path_in_schema: schema.map(({ name }) => name),
      codec: 'UNCOMPRESSED',
      num_values: BigInt(num_values),
      total_uncompressed_size: bytes,
      total_compressed_size: bytes,
      data_page_offset: BigInt(start),
    },
  };
}

/** @returns the number of values, nulls among them. */
function writeFlat(data: Data, page: ByteWriter): number {
  writeLevels(data, page);
  writeValues(withoutNulls(data), page);
  return data.length;
}

/**
 * Arrays (Parquet format, LogicalTypes.md, Lists): an element that continues an array has repetition level 1. Definition level 0 is
 * a null, 1 an array without elements, 2 an element that is null and 3 one that is not.
 * @returns the number of values, nulls and arrays without elements among them.
 */
function writeArrays(data: Data, page: ByteWriter): number {
  const arrays = withoutNulls(data);
  const elements = elementsOf(arrays);
  const offsets: Int32Array = arrays.valueOffsets;
  const nothing = data.length - arrays.length;
  const repetitions = new Uint8Array(elements.length + data.length);
  const definitions = new Uint8Array(elements.length + data.length);
  let count = 0;
  for (let row = 0, array = 0; row < data.length; row++) {
    if (nothing > 0 && !data.getValid(row)) {
      definitions[count++] = 0;
      continue;
    }
    const [first, last] = [offsets[array]! - offsets[0]!, offsets[array + 1]! - offsets[0]!];
    if (first === last) definitions[count++] = 1;
    for (let element = first; element < last; element++) {
      repetitions[count] = element === first ? 0 : 1;
      definitions[count++] = elements.getValid(element) ? 3 : 2;
    }
    array++;
  }
  for (const [levels, bitWidth] of [[repetitions, 1] as const, [definitions, 2] as const]) {
    const written = new ByteWriter();
    writeRleBitPackedHybrid(written, levels.subarray(0, count), bitWidth);
    page.appendUint32(written.offset);
    page.appendBytes(written.getBytes());
  }
  writeValues(withoutNulls(elements), page);
  return count;
}

/** A level is 1 where there is a value: one run of ones, or one run of bits (Parquet format, Encodings.md, RLE = 3). */
function writeLevels(data: Data, page: ByteWriter): void {
  const levels = new ByteWriter();
  if (data.nullCount === 0) {
    levels.appendVarInt(data.length << 1);
    levels.appendUint8(1);
  } else {
    const valid = bits(data.length, (row) => data.getValid(row));
    levels.appendVarInt((valid.length << 1) | 1);
    levels.appendBytes(valid);
  }
  page.appendUint32(levels.offset);
  page.appendBytes(levels.getBytes());
}

function withoutNulls(data: Data): Data {
  if (data.nullCount === 0) return data;
  const rows = new Uint32Array(data.length - data.nullCount);
  let at = 0;
  for (let row = 0; row < data.length; row++) if (data.getValid(row)) rows[at++] = row;
  return takeRows(data, rows);
}

/** Writes the values of a column without nulls. */
function writeValues(data: Data, page: ByteWriter): void {
  const { type, length } = data;
  if (DataType.isUtf8(type)) page.appendBytes(countedTexts(data));
  else if (DataType.isBool(type)) page.appendBytes(bits(length, (row) => boolAt(data, row)));
  else page.appendBytes(numbers(data.values.subarray(0, length)));
}

/** Parquet has no integers of less than 32 bits. */
function numbers(values: ArrayBufferView & ArrayLike<number>): Uint8Array {
  const stored =
    values instanceof Int16Array || values instanceof Uint8Array ? Int32Array.from(values) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** Each text after the count of its bytes. */
function countedTexts({ valueOffsets, values, length }: Data): Uint8Array {
  const offsets: Int32Array = valueOffsets;
  const bytes: Uint8Array = values;
  const counted = new Uint8Array(4 * length + offsets[length]! - offsets[0]!);
  const view = new DataView(counted.buffer);
  let at = 0;
  for (let row = 0; row < length; row++) {
    const end = offsets[row + 1]!;
    view.setInt32(at, end - offsets[row]!, true);
    at += 4;
    // Texts are short: a loop beats a subarray and a set.
    for (let from = offsets[row]!; from < end; ) counted[at++] = bytes[from++]!;
  }
  return counted;
}

function bits(length: number, bit: (row: number) => boolean): Uint8Array {
  const packed = new Uint8Array(Math.ceil(length / 8));
  for (let row = 0; row < length; row++) packed[row >> 3]! |= Number(bit(row)) << (row & 7);
  return packed;
}
