import { LRUCache } from 'lru-cache';
import { FOOTPRINTS_PATH } from '../catalog/manifest.ts';
import type { Release } from '../catalog/release.ts';
import { CorruptReleaseError } from '../errors.ts';
import type { HealpixKernel } from '../healpix-wasm/kernel.ts';
import { remembered } from '../remembered.ts';
import { readObject } from '../storage/reading.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { Storage } from '../storage/storage.ts';

/** Reads chunks of releases' indexes of footprints and keeps what it read. */
export interface FootprintChunks {
  /**
   * The bytes of a chunk.
   * @throws CorruptReleaseError where it is not the one that the manifest describes.
   * @throws StorageError where the bucket cannot be read.
   */
  load(release: Release, chunk: number): Promise<Uint8Array>;
}

/** What an entry of the cache costs besides what it holds, in bytes. */
const ENTRY_OVERHEAD = 400;

/** @param cacheBytes bound on what is kept between calls. */
export function createFootprintChunks(
  storage: Storage,
  kernel: HealpixKernel,
  cacheBytes: number,
): FootprintChunks {
  const cache = new LRUCache<string, Uint8Array>({ maxSize: Math.ceil(cacheBytes) });
  const share = sharedLoads<Uint8Array>();

  async function read(release: Release, number: number, id: string): Promise<Uint8Array> {
    const { bytes, crc32 } = release.manifest.footprints!.chunks;
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
    cache.set(id, stored, { size: stored.length + ENTRY_OVERHEAD });
    return stored;
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
