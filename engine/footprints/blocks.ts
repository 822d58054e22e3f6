import type { Data } from 'apache-arrow';
import { LRUCache } from 'lru-cache';
import { BLOCKS_PATH } from '../catalog/manifest.ts';
import type { Release } from '../catalog/release.ts';
import { hasPositions } from '../catalog/table.ts';
import { CorruptReleaseError } from '../errors.ts';
import type { HealpixKernel } from '../healpix-wasm/kernel.ts';
import { remembered } from '../remembered.ts';
import { readObject } from '../storage/reading.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { Storage } from '../storage/storage.ts';
import { takeRows } from '../table/rows.ts';
import { blockColumn, checkedBytes, checksumOf } from './block.ts';

/** Reads blocks of rows of releases with footprints, and keeps what it read. */
export interface Blocks {
  /**
   * @throws CorruptReleaseError where the block is damaged.
   * @throws StorageError where the bucket cannot be read.
   */
  load(release: Release, block: number): Promise<Block>;
}

export interface Block {
  column(name: string): BlockColumn;
}

/** A column of all rows of a block. */
export interface BlockColumn {
  /** The cells of some rows. */
  take(rows: Uint32Array): Data;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** What an entry of the cache costs besides what it holds, in bytes. */
const ENTRY_OVERHEAD = 400;

/** @param cacheBytes bound on what is kept between calls. */
export function createBlocks(storage: Storage, kernel: HealpixKernel, cacheBytes: number): Blocks {
  const cache = new LRUCache<string, Bytes>({ maxSize: Math.ceil(cacheBytes) });
  const share = sharedLoads<Bytes>();

  async function read(release: Release, number: number, id: string): Promise<Bytes> {
    const key = `${release.prefix}/${BLOCKS_PATH}`;
    const length = release.manifest.footprints!.blocks[number]!;
    const stored = await readObject(storage, key, { offset: offsetsOf(release)[number]!, length });
    if (stored === null) throw new CorruptReleaseError(key, 'is missing');
    if (stored.length !== length) {
      throw new CorruptReleaseError(
        key,
        `is truncated: block ${number} has ${stored.length} of ${length} bytes`,
      );
    }
    // Views of its numbers want them where the processor does.
    const bytes = stored.byteOffset % 8 === 0 ? stored : stored.slice();
    if (kernel.crc32(checkedBytes(bytes)) !== checksumOf(bytes)[0]) {
      throw new CorruptReleaseError(key, `is damaged: the checksum of its block ${number} differs`);
    }
    cache.set(id, bytes, { size: length + ENTRY_OVERHEAD });
    return bytes;
  }

  return {
    async load(release, number) {
      const id = `${release.prefix}/${number}`;
      const bytes = cache.get(id) ?? (await share(id, () => read(release, number, id)));
      const first = hasPositions(release.manifest.table) ? 1 : 0;
      return {
        column(name) {
          const { at, type } = release.columns.get(name)!;
          const data = blockColumn(bytes, at - first, type);
          // One row may stand for all of them.
          const rowsIn = (rows: Uint32Array) => (data.length === 1 ? new Uint32Array(rows.length) : rows);
          return { take: (rows) => takeRows(data, rowsIn(rows)) };
        },
      };
    },
  };
}

/** Where each block begins in the file. */
const offsetsOf = remembered(({ manifest }: Release): Float64Array => {
  const { blocks } = manifest.footprints!;
  const offsets = new Float64Array(blocks.length);
  for (let at = 1; at < blocks.length; at++) offsets[at] = offsets[at - 1]! + blocks[at - 1]!;
  return offsets;
});
