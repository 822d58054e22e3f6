import { LRUCache } from 'lru-cache';
import { FOOTPRINTS_PATH } from '../catalog/manifest.ts';
import type { Release } from '../catalog/release.ts';
import { CorruptReleaseError } from '../errors.ts';
import type { HealpixKernel } from '../healpix-wasm/kernel.ts';
import { remembered } from '../remembered.ts';
import { readObject } from '../storage/reading.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { Storage } from '../storage/storage.ts';
import { decodeChunk, type FootprintChunk } from './chunk.ts';

/** Reads chunks of releases' indexes of footprints and keeps what it read. */
export interface FootprintChunks {
  /**
   * @throws CorruptReleaseError where the chunk is not the one that the manifest describes.
   * @throws StorageError where the bucket cannot be read.
   */
  load(release: Release, chunk: number): Promise<FootprintChunk>;
}

/** What an entry of the cache costs besides what it holds, in bytes. */
const ENTRY_OVERHEAD = 400;

/** Of an entry: a cell and a slot. */
const BYTES_PER_ENTRY = 12;

/** @param cacheBytes bound on what is kept between calls. */
export function createFootprintChunks(
  storage: Storage,
  kernel: HealpixKernel,
  cacheBytes: number,
): FootprintChunks {
  const cache = new LRUCache<string, FootprintChunk>({ maxSize: Math.ceil(cacheBytes) });
  const share = sharedLoads<FootprintChunk>();

  async function read(release: Release, number: number, id: string): Promise<FootprintChunk> {
    const { first, entries, bytes, crc32 } = release.manifest.footprints!.chunks;
    const key = `${release.prefix}/${FOOTPRINTS_PATH}`;
    const range = { offset: offsetsOf(release)[number]!, length: bytes[number]! };
    const stored = await readObject(storage, key, range);
    if (stored === null) throw new CorruptReleaseError(key, 'is missing');
    if (stored.length !== range.length) {
      throw new CorruptReleaseError(
        key,
        `is truncated: ${stored.length} of ${range.length} bytes from byte ${range.offset} on`,
      );
    }
    if (kernel.crc32(stored) !== crc32[number]) {
      throw new CorruptReleaseError(key, `is damaged: the checksum of its chunk ${number} differs`);
    }
    try {
      const chunk = decodeChunk(stored, first[number]!, entries[number]!);
      cache.set(id, chunk, { size: chunk.slot.length * BYTES_PER_ENTRY + ENTRY_OVERHEAD });
      return chunk;
    } catch (error) {
      throw new CorruptReleaseError(
        key,
        `has a chunk ${number} that cannot be read: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
  }

  return {
    async load(release, number) {
      const id = `${release.prefix}/${number}`;
      return cache.get(id) ?? share(id, () => read(release, number, id));
    },
  };
}

/** Where each chunk begins in the file. */
const offsetsOf = remembered(({ manifest }: Release): Float64Array => {
  const { bytes } = manifest.footprints!.chunks;
  const offsets = new Float64Array(bytes.length);
  for (let at = 1; at < bytes.length; at++) offsets[at] = offsets[at - 1]! + bytes[at - 1]!;
  return offsets;
});
