import type pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { publishedTables } from '../../catalog-export/database/tap-schema.ts';
import { loadDemo } from '../../catalog-export/demo/load.ts';
import { loadDemoImages } from '../../catalog-export/demo/load-images.ts';
import type { Progress } from '../../catalog-export/progress.ts';
import { exportCatalog } from '../../catalog-export/release/export.ts';
import {
  MANIFEST_VERSION,
  type Manifest,
  manifestKey,
  type Pointer,
  pointerKey,
} from '../../engine/catalog/manifest.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import type { Database } from '../postgres/database.ts';

export interface FirstReleasesOptions {
  readonly database: Database;
  readonly storage: Storage;
  readonly kernel: HealpixKernel;
  /** Of the identifiers of the demo's images. */
  readonly authority: string;
  readonly progress: Progress;
  /** Hears of each catalogue that could not be exported. */
  readonly warn: (message: string) => void;
  /** Ends the work soon: what is half done leaves no trace. */
  readonly signal: AbortSignal;
}

/**
 * Brings the database up to date and exports those published catalogues that have no release yet, or one of an
 * earlier version of this program. Loads the demo, but only into the embedded database.
 */
export async function makeFirstReleases(options: FirstReleasesOptions): Promise<void> {
  const { database, progress } = options;
  const tables = await withClient(options, async (client) => {
    await migrate(client);
    if (database.embedded) {
      await loadDemo(client, progress);
      await demoImages(client, options);
    }
    return publishedTables(client);
  });
  for (const table of tables) await exportFirst(table, options);
}

/** The catalogues are served without them too. */
async function demoImages(client: pg.Client, options: FirstReleasesOptions): Promise<void> {
  const { progress, warn, signal } = options;
  try {
    await loadDemoImages({ ...options, client, loadFits: loadFitsKernel });
  } catch (error) {
    signal.throwIfAborted();
    progress.done('');
    warn(`the demo images could not be made: ${(error as Error).message}`);
  }
}

async function exportFirst(table: Table, options: FirstReleasesOptions): Promise<void> {
  const { storage, kernel, progress, warn, signal } = options;
  const catalog = qualifiedName(table);
  if (await hasRelease(storage, catalog)) return;
  try {
    await withClient(options, (client) => exportCatalog({ client, table, storage, kernel, progress }));
  } catch (error) {
    signal.throwIfAborted();
    progress.done('');
    warn(`${catalog} could not be exported and is not served: ${(error as Error).message}`);
  }
}

/** What is damaged stays as it is, for somebody to look at. */
async function hasRelease(storage: Storage, catalog: string): Promise<boolean> {
  const pointer = await readJson<Pointer>(storage, pointerKey(catalog));
  if (pointer === null) return false;
  const manifest = await readJson<Manifest>(storage, manifestKey(catalog, pointer.release)).catch(() => null);
  return manifest === null || manifest.version >= MANIFEST_VERSION;
}

async function readJson<T>(storage: Storage, key: string): Promise<T | null> {
  const bytes = await storage.get(key);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T);
}

/** A session that ends, with whatever runs in it, when the work is to stop. */
async function withClient<T>(
  { database, signal }: FirstReleasesOptions,
  work: (client: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = await connect(database.url);
  const stop = () => void client.end().catch(() => {});
  signal.addEventListener('abort', stop);
  try {
    return await work(client);
  } finally {
    signal.removeEventListener('abort', stop);
    await client.end().catch(() => {});
  }
}
