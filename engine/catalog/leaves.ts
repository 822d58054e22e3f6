import { LRUCache } from 'lru-cache';
import { CorruptReleaseError } from '../errors.ts';
import type { HealpixKernel } from '../healpix-wasm/kernel.ts';
import { readObject } from '../storage/reading.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { Storage } from '../storage/storage.ts';
import { decodeLeaf, type Leaf } from './leaf.ts';
import { leafPath } from './manifest.ts';
import type { Release } from './release.ts';

/** Reads the leaves of releases' indexes and keeps what it read. */
export interface Leaves {
  cached(release: Release, leaf: number): Leaf | null;
  /**
   * @throws CorruptReleaseError where the leaf is not the one that the manifest describes.
   * @throws StorageError where the bucket cannot be read.
   */
  load(release: Release, leaf: number): Promise<Leaf>;
}

/** @param cacheBytes bound on what is kept between calls. */
export function createLeaves(storage: Storage, kernel: HealpixKernel, cacheBytes: number): Leaves {
  const cache = new LRUCache<string, Leaf>({ maxSize: Math.ceil(cacheBytes) });
  const share = sharedLoads<Leaf>();

  async function read(release: Release, number: number, key: string): Promise<Leaf> {
    const entry = release.manifest.leaves[number]!;
    const bytes = await readObject(storage, key);
    if (bytes === null) throw new CorruptReleaseError(key, 'is missing');
    if (bytes.length !== entry.bytes) {
      throw new CorruptReleaseError(key, `has ${bytes.length} bytes instead of ${entry.bytes}`);
    }
    if (kernel.crc32(bytes) !== entry.crc32) {
      throw new CorruptReleaseError(key, 'is damaged: its checksum differs from the one in the manifest');
    }
    try {
      const leaf = decodeLeaf(bytes, release.columns.size);
      if (leaf.first.length !== entry.rowGroups) throw new Error(`it has not ${entry.rowGroups} row groups`);
      cache.set(key, leaf, { size: bytes.length });
      return leaf;
    } catch (error) {
      throw new CorruptReleaseError(key, `cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  return {
    cached: (release, number) => cache.get(keyOf(release, number)) ?? null,
    async load(release, number) {
      const key = keyOf(release, number);
      return cache.get(key) ?? share(key, () => read(release, number, key));
    },
  };
}

function keyOf({ prefix }: Release, leaf: number): string {
  return `${prefix}/${leafPath(leaf)}`;
}
