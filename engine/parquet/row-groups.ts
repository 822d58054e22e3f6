import { type Data, DataType } from 'apache-arrow';
import crc32 from 'crc-32';
import { LRUCache } from 'lru-cache';
import { locate, type Release, type RowGroupLocation } from '../catalog/release.ts';
import { CorruptPartitionError } from '../errors.ts';
import { readObject } from '../storage/reading.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { Storage } from '../storage/storage.ts';
import type { Decoder } from './decode.ts';
import { type Footer, parseFooter } from './footer.ts';
import { rowGroupFile } from './row-group-file.ts';

/** Reads row groups and keeps what it decoded. Row groups are named by their ordinal in the release. */
export interface RowGroups {
  /** Columns of a row group, if all are in the cache. */
  cached(release: Release, ordinal: number, columns: readonly string[]): Data[] | null;
  /**
   * The bytes of row groups that are neighbours in one file, by one read, and the file's footer, by another
   * unless it is known.
   * @throws CorruptPartitionError where they are not those the manifest describes.
   * @throws StorageError where the bucket cannot be read.
   */
  fetch(release: Release, ordinals: readonly number[]): Promise<FetchedRowGroup[]>;
  /**
   * Columns of a fetched row group, which are then in the cache.
   * @throws CorruptPartitionError where they cannot be decoded, or are not of the types in the manifest.
   */
  decode(release: Release, fetched: FetchedRowGroup, columns: readonly string[]): Data[];
}

export interface FetchedRowGroup {
  readonly ordinal: number;
  readonly footer: Footer;
  readonly bytes: Uint8Array;
}

/** The share of the cache that parsed footers may take. They are held as objects, some four times their bytes. */
const FOOTER_SHARE = 1 / 4;
const FOOTER_WEIGHT = 4;

/** What a cache entry costs besides its buffers, in bytes. */
const ENTRY_OVERHEAD = 500;

/** @param cacheBytes bound on what is kept between calls: decoded columns and footers. */
export function createRowGroups(storage: Storage, decoder: Decoder, cacheBytes: number): RowGroups {
  const footers = new LRUCache<string, Footer>({ maxSize: Math.ceil(cacheBytes * FOOTER_SHARE) });
  const columnCache = new LRUCache<string, Data>({ maxSize: Math.ceil(cacheBytes * (1 - FOOTER_SHARE)) });
  const shareFooter = sharedLoads<Footer>();

  async function readFooter({ key, partition }: RowGroupLocation): Promise<Footer> {
    const { bytes, footerBytes, footerCrc32 } = partition;
    const footer = await readExactly(storage, key, bytes - footerBytes, footerBytes);
    checkBytes(key, 'the footer', footer, footerCrc32);
    try {
      const parsed = parseFooter(footer);
      footers.set(key, parsed, { size: footerBytes * FOOTER_WEIGHT });
      return parsed;
    } catch (error) {
      throw new CorruptPartitionError(key, `has a footer that cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  return {
    cached(release, ordinal, columns) {
      const prefix = cachePrefix(locate(release, ordinal));
      const found: Data[] = [];
      for (const name of columns) {
        const data = columnCache.get(prefix + name);
        if (data === undefined) return null;
        found.push(data);
      }
      return found;
    },

    async fetch(release, ordinals) {
      const locations = ordinals.map((ordinal) => locate(release, ordinal));
      const { key, rowGroup } = locations[0]!;
      const { offset, bytes } = locations.at(-1)!.rowGroup;
      const [footer, read] = await Promise.all([
        footers.get(key) ?? shareFooter(key, () => readFooter(locations[0]!)),
        readExactly(storage, key, rowGroup.offset, offset + bytes - rowGroup.offset),
      ]);
      return locations.map(({ group, rowGroup: { offset, bytes, rows, crc32 } }, at) => {
        const start = offset - rowGroup.offset;
        const own = read.subarray(start, start + bytes);
        checkBytes(key, `row group ${group}`, own, crc32);
        if (footer.groups[group]?.rows !== rows) {
          throw new CorruptPartitionError(key, `does not have ${rows} rows in row group ${group}`);
        }
        return { ordinal: ordinals[at]!, footer, bytes: own };
      });
    },

    decode(release, { ordinal, footer, bytes }, columns) {
      const location = locate(release, ordinal);
      const { key, group, rowGroup } = location;
      const prefix = cachePrefix(location);
      const found = columns.map((name) => columnCache.get(prefix + name));
      const missing = columns.filter((_, at) => found[at] === undefined);
      if (missing.length === 0) return found as Data[];
      const absent = missing.find((name) => !footer.groups[group]!.chunks.has(name));
      if (absent !== undefined) throw new CorruptPartitionError(key, `has no column ${absent}`);
      const decoded = new Map<string, Data>();
      try {
        const file = rowGroupFile(footer, group, bytes, rowGroup.offset, missing);
        decoder(file, rowGroup.rows).forEach((data, at) => {
          decoded.set(missing[at]!, withType(missing[at]!, release.types.get(missing[at]!)!, data));
        });
      } catch (error) {
        const problem =
          error instanceof WebAssembly.RuntimeError ? 'the decoder failed' : (error as Error).message;
        throw new CorruptPartitionError(key, `has a row group ${group} that cannot be used: ${problem}`, {
          cause: error,
        });
      }
      for (const [name, data] of decoded) {
        columnCache.set(prefix + name, data, { size: data.byteLength + ENTRY_OVERHEAD });
      }
      return columns.map((name, at) => found[at] ?? decoded.get(name)!);
    },
  };
}

function cachePrefix({ key, group }: RowGroupLocation): string {
  return `${key}#${group}/`;
}

async function readExactly(
  storage: Storage,
  key: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = await readObject(storage, key, { offset, length });
  if (bytes === null) throw new CorruptPartitionError(key, 'is missing');
  if (bytes.length !== length) {
    throw new CorruptPartitionError(
      key,
      `is truncated: ${bytes.length} of ${length} bytes from byte ${offset} on`,
    );
  }
  return bytes;
}

function checkBytes(key: string, what: string, bytes: Uint8Array, expected: number): void {
  if (crc32.buf(bytes) >>> 0 !== expected)
    throw new CorruptPartitionError(key, `is damaged: the checksum of ${what} differs`);
}

/** The column with the manifest's type, which may differ in what does not change its values: a time zone. */
function withType(name: string, type: DataType, data: Data): Data {
  const layout = (of: DataType): string => (DataType.isTimestamp(of) ? `timestamp ${of.unit}` : String(of));
  if (layout(data.type) !== layout(type))
    throw new Error(`column ${name} holds ${data.type} where the manifest says ${type}`);
  return data.clone(type);
}
