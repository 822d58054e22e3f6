import { join } from 'node:path';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { migrate } from '../catalog-export/database/migrate.ts';
import { publishedTables } from '../catalog-export/database/tap-schema.ts';
import type { Progress } from '../catalog-export/progress.ts';
import { exportCatalog } from '../catalog-export/release/export.ts';
import { openDatabase } from '../cli/postgres/database.ts';
import { readSettings } from '../cli/settings.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import type { Storage } from '../engine/storage/storage.ts';
import { madeOnce } from './made-once.ts';

export interface CachedRelease {
  /** Of the bucket's folder in the cache. */
  readonly name: string;
  /** Patterns of the files that the release is made from: when none of them changed, neither did the release. */
  readonly sources: readonly string[];
  /** Publishes the tables in an empty, migrated database, and what belongs to them in the bucket. */
  readonly load: (client: pg.Client, storage: Storage) => Promise<void>;
  readonly progress: Progress;
  /** Rejects where the making is to be given up; the database's server is stopped then too. */
  readonly stopped?: Promise<never>;
}

/**
 * A bucket folder with the tables that `load` publishes, exported from a PostgreSQL of its own. Made once for each
 * content of the sources and then shared, so treat it as read-only: copy it before you change it.
 */
export function cachedBucket(options: CachedRelease): Promise<string> {
  const { name, sources } = options;
  return madeOnce({ name, sources, make: (workplace) => exportAll(workplace, options) });
}

async function exportAll(
  dataFolder: string,
  { load, progress, stopped }: Pick<CachedRelease, 'load' | 'progress' | 'stopped'>,
): Promise<void> {
  const settings = readSettings({ ALMAGEST_DATA: dataFolder, ALMAGEST_BUCKET: join(dataFolder, 'result') });
  const database = await openDatabase(settings);
  try {
    const client = await connect(database.url);
    const work = async () => {
      const storage = folderStorage(settings.bucket);
      await migrate(client);
      await load(client, storage);
      const kernel = loadKernel();
      for (const table of await publishedTables(client)) {
        await exportCatalog({ client, table, storage, kernel, progress });
      }
    };
    try {
      await (stopped ? Promise.race([work(), stopped]) : work());
    } finally {
      await client.end().catch(() => {});
    }
  } finally {
    await database.close();
  }
}
