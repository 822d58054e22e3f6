import { type Data, DataType } from 'apache-arrow';
import type { ColumnChunk, ParquetType } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { boolAt, takeRows } from './rows.ts';

/**
 * Writes a column chunk of an optional column: one data page, PLAIN and uncompressed. Numbers lie in Parquet as in Arrow, and the
 * definition levels of a flat column are Arrow's bitmap of what is valid, so that most bytes are only copied.
 */
export function writeColumnChunk(name: string, type: ParquetType, data: Data, to: ByteWriter): ColumnChunk {
  const start = to.offset;
  const page = new ByteWriter();
  writeLevels(data, page);
  writeValues(data.nullCount === 0 ? data : takeRows(data, validRows(data)), page);
  const size = page.offset;
  writePageHeader(to, {
    type: 'DATA_PAGE',
    uncompressed_page_size: size,
    compressed_page_size: size,
    data_page_header: {
      num_values: data.length,
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
      type,
      encodings: ['PLAIN', 'RLE'],
      path_in_schema: [name],
      codec: 'UNCOMPRESSED',
      num_values: BigInt(data.length),
      total_uncompressed_size: bytes,
      total_compressed_size: bytes,
      data_page_offset: BigInt(start),
    },
  };
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

function validRows(data: Data): Uint32Array {
  const rows = new Uint32Array(data.length - data.nullCount);
  let at = 0;
  for (let row = 0; row < data.length; row++) if (data.getValid(row)) rows[at++] = row;
  return rows;
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
