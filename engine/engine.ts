import { type Catalogs, createCatalogs } from './catalog/catalogs.ts';
import { createLeaves, type Leaves } from './catalog/leaves.ts';
import { noticingRemoval } from './catalog/noticing-removal.ts';
import { type Blocks, createBlocks } from './footprints/blocks.ts';
import { createFootprintChunks, type FootprintChunks } from './footprints/chunks.ts';
import type { HealpixKernel } from './healpix-wasm/kernel.ts';
import { createRowGroups, type RowGroups } from './parquet/row-groups.ts';
import type { Storage } from './storage/storage.ts';

/** What answers questions about the releases in a bucket. */
export interface Engine {
  /** For what is handed out as it is stored: it notices when a release is removed. */
  readonly storage: Storage;
  readonly catalogs: Catalogs;
  readonly leaves: Leaves;
  readonly footprints: FootprintChunks;
  readonly blocks: Blocks;
  readonly kernel: HealpixKernel;
  readonly rowGroups: RowGroups;
}

export interface EngineOptions {
  readonly storage: Storage;
  readonly kernel: HealpixKernel;
  /** Bound on what is kept of the files between calls, in bytes, be it on the heap or in the kernel's memory. */
  readonly cacheBytes: number;
  /** Milliseconds after which a new release is seen at the latest. */
  readonly pointerLifetime?: number;
}

const POINTER_LIFETIME = 5000;

/** The share of the cache for the leaves of releases' indexes, which take some 0.1 bytes a row. */
const LEAF_SHARE = 1 / 16;

/** Those for the chunks of releases' indexes of footprints, of 98 kB, and for their blocks, of some 40 kB. */
const CHUNK_SHARE = 1 / 32;
const BLOCK_SHARE = 1 / 16;

export function createEngine(options: EngineOptions): Engine {
  const { storage, kernel, cacheBytes, pointerLifetime = POINTER_LIFETIME } = options;
  const catalogs = createCatalogs(storage, pointerLifetime);
  const ofReleases = noticingRemoval(storage, catalogs.forget);
  return {
    storage: ofReleases,
    catalogs,
    leaves: createLeaves(ofReleases, kernel, cacheBytes * LEAF_SHARE),
    footprints: createFootprintChunks(ofReleases, kernel, cacheBytes * CHUNK_SHARE),
    blocks: createBlocks(ofReleases, kernel, cacheBytes * BLOCK_SHARE),
    kernel,
    rowGroups: createRowGroups(ofReleases, kernel, cacheBytes * (1 - LEAF_SHARE - CHUNK_SHARE - BLOCK_SHARE)),
  };
}
