import { parquetHeader } from 'hyparquet/src/column.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';

/** Undoes Snappy's raw format; the result is good until the next call. */
export type Uncompress = (bytes: Uint8Array, length: number) => Uint8Array;

/** A page of a column chunk (Parquet, "Data Pages"), uncompressed. */
export interface Page {
  readonly kind: 'dictionary' | 'plain' | 'indices';
  /** Values, nulls among them. */
  readonly count: number;
  /** 1 for each value that is there, 0 for a null; null where none is. */
  readonly defined: Uint8Array | null;
  /** Values that are not null. */
  readonly present: number;
  /** Where they begin in the page's bytes. */
  readonly view: DataView;
  readonly start: number;
}

/** What a page says of its values before they come. */
export interface Levels extends Pick<Page, 'count' | 'defined' | 'present'> {
  /** Where the values begin. */
  readonly end: number;
}

/** Reads the levels of so many values, which lie at the start of a page. */
export type ReadLevels = (view: DataView, count: number) => Levels;

/**
 * The pages of a column chunk in order; each is good until the next one is asked for.
 * @throws Error where the bytes make no sense, or have an encoding that the export does not write.
 */
export function* pages(
  chunk: Uint8Array,
  readLevels: ReadLevels,
  uncompress: Uncompress,
): Generator<Page, void, undefined> {
  for (const { header, start, end } of pageHeaders(chunk)) {
    const bytes = uncompress(chunk.subarray(start, end), header.uncompressed_page_size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (header.dictionary_page_header) {
      const { num_values: count } = header.dictionary_page_header;
      yield { kind: 'dictionary', count, defined: null, present: count, view, start: 0 };
    } else if (header.data_page_header) {
      const { num_values, encoding } = header.data_page_header;
      const { end: start, ...levels } = readLevels(view, num_values);
      yield { kind: kindOf(encoding), ...levels, view, start };
    } else throw new Error(`it has a page of type ${header.type}`);
  }
}

/** Values of a column chunk, as its pages count them: nulls and arrays without elements among them. */
export function countValues(chunk: Uint8Array): number {
  let count = 0;
  for (const { header } of pageHeaders(chunk)) count += header.data_page_header?.num_values ?? 0;
  return count;
}

function* pageHeaders(chunk: Uint8Array) {
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 };
  while (reader.offset < chunk.length) {
    const header = parquetHeader(reader);
    const start = reader.offset;
    const end = start + header.compressed_page_size;
    yield { header, start, end };
    reader.offset = end;
  }
}

function kindOf(encoding: string): Page['kind'] {
  if (encoding === 'PLAIN') return 'plain';
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') return 'indices';
  throw new Error(`it has a page in the encoding ${encoding}`);
}

/** A flat column that has no nulls has no levels. */
export const noLevels: ReadLevels = (_view, count) => ({ count, defined: null, present: count, end: 0 });

/** Levels of a flat optional column. */
export const definitionLevels: ReadLevels = (view, count) => {
  const { run, end } = runAt(view, 0, count);
  if (run === 1) return { count, defined: null, present: count, end };
  const { levels: defined } = levelsAt(view, 0, count, 1);
  const present = defined.reduce((sum, bit) => sum + bit, 0);
  return { count, defined: present === count ? null : defined, present, end };
};

/** Levels at a place of a page: runs and packed bits, after their length in bytes (Parquet, "RLE"). */
export function levelsAt(
  view: DataView,
  start: number,
  count: number,
  bitWidth: number,
): { levels: Uint8Array; end: number } {
  const end = start + 4 + view.getUint32(start, true);
  const levels = new Uint8Array(count);
  readRleBitPackedHybrid({ view, offset: start + 4 }, bitWidth, levels, end - start - 4);
  return { levels, end };
}

/** The level that all values have if one run says so, as in most pages; else null. */
export function runAt(view: DataView, start: number, count: number): { run: number | null; end: number } {
  const end = start + 4 + view.getUint32(start, true);
  let run = 0;
  let at = start + 4;
  for (let shift = 0; shift < 32; shift += 7) {
    const byte = view.getUint8(at++);
    run += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  return { run: run === 2 * count ? view.getUint8(at) : null, end };
}

/** Indices into the dictionary, of which a page holds one for each value that is not null. */
export function dictionaryIndices({ view, start, present }: Page): Uint32Array {
  const indices = new Uint32Array(present);
  const width = view.getUint8(start);
  if (width > 0)
    readRleBitPackedHybrid({ view, offset: start + 1 }, width, indices, view.byteLength - start - 1);
  return indices;
}
