import { type Data, DataType } from 'apache-arrow';
import crc32 from 'crc-32';
import { LRUCache } from 'lru-cache';
import { HEALPIX_COLUMN } from '../catalog/manifest.ts';
import { locate, type Release, type RowGroupLocation } from '../catalog/release.ts';
import { mainColumns } from '../catalog/table.ts';
import { CorruptPartitionError } from '../errors.ts';
import type { HealpixKernel, Positions } from '../healpix-wasm/kernel.ts';
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
  /** Index and positions of a row group in the kernel's memory, if they are there: to be used before others are. */
  cachedPositions(release: Release, ordinal: number): Positions | null;
  /**
   * What `use` makes of the index and positions of a fetched row group, which then stay in the kernel's memory.
   * @throws CorruptPartitionError as `decode` does; what `use` throws.
   */
  usePositions<Result>(
    release: Release,
    fetched: FetchedRowGroup,
    use: (positions: Positions) => Result,
  ): Result;
}

export interface FetchedRowGroup {
  readonly ordinal: number;
  readonly footer: Footer;
  readonly bytes: Uint8Array;
}

/** The share of the cache that parsed footers may take. They are held as objects, some four times their bytes. */
const FOOTER_SHARE = 1 / 4;
const FOOTER_WEIGHT = 4;

/** What a row group in the cache costs besides its buffers, and what each of its columns does, in bytes. */
const ENTRY_OVERHEAD = 500;
const COLUMN_OVERHEAD = 400;

/** What is known of a row group. It leaves the cache as a whole. */
interface CachedRowGroup {
  readonly positions: Positions | null;
  /** By name. */
  readonly columns: ReadonlyMap<string, Data>;
}

const UNKNOWN: CachedRowGroup = { positions: null, columns: new Map() };

/**
 * @param kernel whose memory holds positions.
 * @param cacheBytes bound on what is kept between calls: decoded columns, positions in the kernel and footers.
 */
export function createRowGroups(
  storage: Storage,
  decoder: Decoder,
  kernel: HealpixKernel,
  cacheBytes: number,
): RowGroups {
  const footers = new LRUCache<string, Footer>({ maxSize: Math.ceil(cacheBytes * FOOTER_SHARE) });
  const cache = new LRUCache<string, CachedRowGroup>({
    maxSize: Math.ceil(cacheBytes * (1 - FOOTER_SHARE)),
    dispose: ({ positions }) => positions?.free(),
    noDisposeOnSet: true,
  });
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

  /** Puts what is known of a row group in place of what was, unless it is too large for the cache. */
  function keep(key: string, known: CachedRowGroup): void {
    let size = ENTRY_OVERHEAD + (known.positions?.bytes ?? 0);
    for (const data of known.columns.values()) size += data.byteLength + COLUMN_OVERHEAD;
    cache.set(key, known, { size });
    if (cache.peek(key) !== known) known.positions?.free();
  }

  function decodeColumns(
    release: Release,
    { ordinal, footer, bytes }: FetchedRowGroup,
    names: readonly string[],
  ): Data[] {
    const { key, group, rowGroup } = locate(release, ordinal);
    const absent = names.find((name) => !footer.groups[group]!.chunks.has(name));
    if (absent !== undefined) throw new CorruptPartitionError(key, `has no column ${absent}`);
    try {
      const file = rowGroupFile(footer, group, bytes, rowGroup.offset, names);
      const decoded = decoder(file, rowGroup.rows);
      return names.map((name, at) => withType(name, release.types.get(name)!, decoded[at]!));
    } catch (error) {
      const problem =
        error instanceof WebAssembly.RuntimeError ? 'the decoder failed' : (error as Error).message;
      throw new CorruptPartitionError(key, `has a row group ${group} that cannot be used: ${problem}`, {
        cause: error,
      });
    }
  }

  return {
    cached(release, ordinal, columns) {
      const known = cache.get(cacheKey(release, ordinal));
      if (known === undefined) return null;
      const found: Data[] = [];
      for (const name of columns) {
        const data = known.columns.get(name);
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

    decode(release, fetched, columns) {
      const key = cacheKey(release, fetched.ordinal);
      const known = cache.get(key) ?? UNKNOWN;
      const all = new Map(known.columns);
      const missing = columns.filter((name) => !all.has(name));
      if (missing.length > 0) {
        decodeColumns(release, fetched, missing).forEach((data, at) => {
          all.set(missing[at]!, data);
        });
        keep(key, { ...known, columns: all });
      }
      return columns.map((name) => all.get(name)!);
    },

    cachedPositions(release, ordinal) {
      const positions = cache.get(cacheKey(release, ordinal))?.positions;
      return positions?.alive ? positions : null;
    },

    usePositions(release, fetched, use) {
      const { ra, dec } = mainColumns(release.manifest.table);
      const [index, lon, lat] = decodeColumns(release, fetched, [HEALPIX_COLUMN, ra.name, dec.name]);
      const positions = kernel.positions(index!.values, lon!.values, lat!.values);
      const key = cacheKey(release, fetched.ordinal);
      try {
        return use(positions);
      } finally {
        const known = cache.get(key) ?? UNKNOWN;
        known.positions?.free();
        keep(key, { ...known, positions });
      }
    },
  };
}

function cacheKey({ prefix }: Release, ordinal: number): string {
  return `${prefix}#${ordinal}`;
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
