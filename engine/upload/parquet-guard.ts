import type { ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { UploadError, type UploadLimits } from './upload.ts';

/** What the levels of a column may be at most (Parquet, "Nested Encoding"). */
export interface Levels {
  readonly repetition: number;
  readonly definition: number;
}

/** What all columns of a file may become together. */
export interface Budget {
  /** Bytes of pages as they are unpacked. */
  bytes: number;
  /** Values, those of arrays one by one. */
  values: number;
}

/** A file may become so many times as large. */
const GROWTH = 4;

export function budgetOf({ bytes, rows }: UploadLimits): Budget {
  return { bytes: GROWTH * bytes, values: GROWTH * Math.max(bytes, rows) };
}

/** Values that the last run of bits may have beyond those that there are: whole groups of eight. */
const PADDING = 512;

/** Encodings whose values are no more than their bytes, or are counted here; the others can make much of few bytes. */
const ENCODINGS = new Set([
  ...['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'RLE', 'BYTE_STREAM_SPLIT'],
  ...['DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY'],
]);

/**
 * Looks through the pages of a column chunk before they are decoded: what reads them believes the counts that they give, of which a
 * few bytes may claim billions.
 * @param decompress of the chunk's codec.
 * @throws UploadError, RangeError where it claims what it has not.
 */
export function requireSaneChunk(
  file: Uint8Array,
  { dictionary_page_offset, data_page_offset, total_compressed_size }: ColumnMetaData,
  levels: Levels,
  budget: Budget,
  decompress: (bytes: Uint8Array, length: number) => Uint8Array,
): void {
  const start = Number(dictionary_page_offset || data_page_offset);
  const end = start + Number(total_compressed_size);
  if (!(start >= 0 && start <= end && end <= file.length)) throw damaged('a column lies beyond its end');
  const reader = { view: new DataView(file.buffer, file.byteOffset + start, end - start), offset: 0 };
  while (reader.offset < end - start - 1) {
    const header = parquetHeader(reader);
    const packed = count(header.compressed_page_size);
    const unpacked = count(header.uncompressed_page_size);
    if (reader.offset + packed > end - start) throw damaged('a page lies beyond its end');
    spend(budget, 'bytes', unpacked);
    const bytes = file.subarray(start + reader.offset, start + reader.offset + packed);
    reader.offset += packed;
    if (header.type === 'DICTIONARY_PAGE')
      spend(budget, 'values', count(header.dictionary_page_header?.num_values));
    else if (header.type === 'DATA_PAGE') {
      const { num_values, encoding } = header.data_page_header!;
      spend(budget, 'values', count(num_values));
      requireEncoding(encoding);
      requireSanePage(decompress(bytes, unpacked), num_values, encoding, levels);
    } else if (header.type === 'DATA_PAGE_V2') {
      const page = header.data_page_header_v2!;
      spend(budget, 'values', count(page.num_values));
      requireEncoding(page.encoding);
      if (count(page.num_nulls) > page.num_values) throw damaged('a page has more nulls than values');
      const [repetition, definition] = [
        count(page.repetition_levels_byte_length),
        count(page.definition_levels_byte_length),
      ];
      requireLevels(bytes.subarray(0, repetition), levels.repetition, page.num_values);
      requireLevels(bytes.subarray(repetition, repetition + definition), levels.definition, page.num_values);
      const rest = bytes.subarray(repetition + definition);
      const values = page.is_compressed ? decompress(rest, unpacked - repetition - definition) : rest;
      requireSaneValues(values, 0, page.num_values - page.num_nulls, page.encoding);
    } else throw damaged(`it has a page of the type ${header.type}`);
  }
}

function requireEncoding(encoding: string): void {
  if (ENCODINGS.has(encoding)) return;
  throw new UploadError(
    `it has values in the encoding ${encoding}, which is not read here: write it without that`,
  );
}

/** Levels, the length before each, and then the values. */
function requireSanePage(page: Uint8Array, values: number, encoding: string, levels: Levels): void {
  let at = 0;
  let there = values;
  for (const most of [levels.repetition, levels.definition]) {
    if (most === 0) continue;
    const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true);
    there = requireLevels(page.subarray(at + 4, at + 4 + length), most, values);
    at += 4 + length;
  }
  requireSaneValues(page, at, levels.definition === 0 ? values : there, encoding);
}

function requireSaneValues(page: Uint8Array, start: number, values: number, encoding: string): void {
  if (values === 0 || !(encoding === 'RLE' || encoding.endsWith('_DICTIONARY'))) return;
  if (encoding === 'RLE') {
    runs(page.subarray(start + 4), 1, values, () => {});
    return;
  }
  const width = page[start];
  if (width === undefined || width > 32) throw damaged('a page has no indexes');
  if (width > 0) runs(page.subarray(start + 1), width, values, () => {});
}

/** @returns how many values are there, of those that levels say are null or within arrays. */
function requireLevels(bytes: Uint8Array, most: number, values: number): number {
  if (most === 0) return values;
  let there = 0;
  runs(bytes, 32 - Math.clz32(most), values, (level, times) => {
    if (level > most) throw damaged('a page has levels that its schema has not');
    if (level === most) there += times;
  });
  return there;
}

/** Runs of the hybrid of run lengths and packed bits (Parquet, Encodings.md), as many as hold so many values. */
function runs(
  bytes: Uint8Array,
  width: number,
  values: number,
  use: (value: number, times: number) => void,
): void {
  let at = 0;
  let seen = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw damaged('a page ends too early');
    return value;
  };
  while (seen < values) {
    let header = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      if (shift > 28) throw damaged('a run is too long');
      const next = byte();
      header += (next & 127) * 2 ** shift;
      more = next >= 128;
    }
    const times = header % 2 === 1 ? 8 * Math.floor(header / 2) : Math.floor(header / 2);
    if (times === 0 || times > values - seen + PADDING) throw damaged('a run is longer than its page');
    if (header % 2 === 0) {
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value += byte() * 2 ** shift;
      use(value, Math.min(times, values - seen));
    } else {
      let bits = 0;
      let held = 0;
      for (let nth = 0; nth < times; nth++) {
        for (; held < width; held += 8) bits += byte() * 2 ** held;
        if (nth < values - seen) use(bits % 2 ** width, 1);
        bits = Math.floor(bits / 2 ** width);
        held -= width;
      }
    }
    seen += times;
  }
}

function spend(budget: Budget, what: keyof Budget, amount: number): void {
  budget[what] -= amount;
  if (budget[what] >= 0) return;
  throw new UploadError('it holds much more than it has bytes, more than is taken here', { tooLarge: true });
}

function count(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw damaged('a page has no count');
}

function damaged(how: string): UploadError {
  return new UploadError(`it is a Parquet file that is damaged: ${how}`);
}
