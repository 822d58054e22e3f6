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

/**
 * The pages of a column chunk in order; each is good until the next one is asked for.
 * @throws Error where the bytes make no sense, or have an encoding that the export does not write.
 */
export function* pages(chunk: Uint8Array, nullable: boolean, uncompress: Uncompress): Generator<Page> {
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 };
  while (reader.offset < chunk.length) {
    const header = parquetHeader(reader);
    const start = reader.offset;
    reader.offset += header.compressed_page_size;
    const bytes = uncompress(chunk.subarray(start, reader.offset), header.uncompressed_page_size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (header.dictionary_page_header) {
      const { num_values: count } = header.dictionary_page_header;
      yield { kind: 'dictionary', count, defined: null, present: count, view, start: 0 };
    } else if (header.data_page_header) {
      const { num_values: count, encoding } = header.data_page_header;
      const levels = nullable ? definitionLevels(view, count) : { defined: null, present: count, end: 0 };
      yield { kind: kindOf(encoding), count, ...levels, view, start: levels.end };
    } else throw new Error(`it has a page of type ${header.type}`);
  }
}

function kindOf(encoding: string): Page['kind'] {
  if (encoding === 'PLAIN') return 'plain';
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') return 'indices';
  throw new Error(`it has a page in the encoding ${encoding}`);
}

/** Levels of a flat optional column: runs of bits, after their length in bytes (Parquet, "RLE"). */
function definitionLevels(view: DataView, count: number) {
  const end = 4 + view.getUint32(0, true);
  if (isRunOfOnes(view, count)) return { defined: null, present: count, end };
  const defined = new Uint8Array(count);
  readRleBitPackedHybrid({ view, offset: 4 }, 1, defined, end - 4);
  const present = defined.reduce((sum, bit) => sum + bit, 0);
  return { defined: present === count ? null : defined, present, end };
}

/** Whether one run holds all levels, and no value is null: so it is in most pages. */
function isRunOfOnes(view: DataView, count: number): boolean {
  let run = 0;
  let at = 4;
  for (let shift = 0; shift < 32; shift += 7) {
    const byte = view.getUint8(at++);
    run += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  return run === 2 * count && view.getUint8(at) === 1;
}

/** Indices into the dictionary, of which a page holds one for each value that is not null. */
export function dictionaryIndices({ view, start, present }: Page): Uint32Array {
  const indices = new Uint32Array(present);
  const width = view.getUint8(start);
  if (width > 0)
    readRleBitPackedHybrid({ view, offset: start + 1 }, width, indices, view.byteLength - start - 1);
  return indices;
}
