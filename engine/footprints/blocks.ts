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
   * @param numbers of blocks, ascending.
   * @throws CorruptReleaseError where a block is damaged.
   * @throws StorageError where the bucket cannot be read.
   */
  load(release: Release, numbers: readonly number[]): Promise<Block[]>;
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

/** One read brings so many blocks at most. */
const READ_BLOCKS = 8;

/** Blocks that are read along rather than read around: so many cost less than another read. */
const MAX_GAP = 1;

/** @param cacheBytes bound on what is kept between calls. */
export function createBlocks(storage: Storage, kernel: HealpixKernel, cacheBytes: number): Blocks {
  const cache = new LRUCache<string, Bytes>({ maxSize: Math.ceil(cacheBytes) });
  const share = sharedLoads<ReadonlyMap<number, Bytes>>();

  /** Blocks that follow each other, more or less, by one read. */
  async function read(release: Release, numbers: readonly number[]): Promise<ReadonlyMap<number, Bytes>> {
    const key = `${release.prefix}/${BLOCKS_PATH}`;
    const { blocks } = release.manifest.footprints!;
    const offsets = offsetsOf(release);
    const [first, last] = [numbers[0]!, numbers.at(-1)!];
    const offset = offsets[first]!;
    const length = offsets[last]! + blocks[last]! - offset;
    const stored = await readObject(storage, key, { offset, length });
    if (stored === null) throw new CorruptReleaseError(key, 'is missing');
    if (stored.length !== length) {
      throw new CorruptReleaseError(
        key,
        `is truncated: ${stored.length} of ${length} bytes from byte ${offset} on`,
      );
    }
    return new Map(
      numbers.map((number) => {
        const start = offsets[number]! - offset;
        // Of its own, so that it keeps no other alive; and where views of its numbers can be.
        const bytes = stored.slice(start, start + blocks[number]!);
        if (kernel.crc32(checkedBytes(bytes)) !== checksumOf(bytes)[0]) {
          throw new CorruptReleaseError(key, `is damaged: the checksum of its block ${number} differs`);
        }
        cache.set(idOf(release, number), bytes, { size: bytes.length + ENTRY_OVERHEAD });
        return [number, bytes];
      }),
    );
  }

  return {
    async load(release, numbers) {
      const known = new Map(numbers.map((number) => [number, cache.get(idOf(release, number))]));
      const missing = numbers.filter((number) => known.get(number) === undefined);
      const loads = runsOf(missing).map((run) =>
        share(`${release.prefix}/${run.join()}`, () => read(release, run)),
      );
      for (const loaded of await Promise.all(loads)) {
        for (const [number, bytes] of loaded) known.set(number, bytes);
      }
      return numbers.map((number) => blockOf(release, known.get(number)!));
    },
  };
}

function idOf({ prefix }: Release, block: number): string {
  return `${prefix}/${block}`;
}

/** Blocks that one read brings. */
function runsOf(numbers: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && number - run.at(-1)! <= MAX_GAP + 1 && number - run[0]! < READ_BLOCKS) run.push(number);
    else runs.push([number]);
  }
  return runs;
}

function blockOf({ columns, manifest }: Release, bytes: Bytes): Block {
  // Blocks have no index column.
  const first = hasPositions(manifest.table) ? 1 : 0;
  return {
    column(name) {
      const { at, type } = columns.get(name)!;
      const data = blockColumn(bytes, at - first, type);
      // One row may stand for all of them.
      const rowsIn = (rows: Uint32Array) => (data.length === 1 ? new Uint32Array(rows.length) : rows);
      return { take: (rows) => takeRows(data, rowsIn(rows)) };
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
