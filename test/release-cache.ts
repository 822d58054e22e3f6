import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { migrate } from '../catalog-export/database/migrate.ts';
import { publishedTables } from '../catalog-export/database/tap-schema.ts';
import type { Progress } from '../catalog-export/progress.ts';
import { exportCatalog } from '../catalog-export/release/export.ts';
import { openDatabase } from '../cli/postgres/database.ts';
import { projectFolder } from '../cli/service/wrangler.ts';
import { readSettings } from '../cli/settings.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import { folderStorage } from '../engine/storage/folder.ts';

const cache = join(projectFolder, 'node_modules', '.cache', 'almagest');
const DAY = 24 * 3600 * 1000;

export interface CachedRelease {
  /** Of the bucket's folder in the cache. */
  readonly name: string;
  /** Patterns of the files that the release is made from: when none of them changed, neither did the release. */
  readonly sources: readonly string[];
  /** Publishes the tables in an empty, migrated database. */
  readonly load: (client: pg.Client) => Promise<void>;
  readonly progress: Progress;
  /** Rejects where the making is to be given up; the database's server is stopped then too. */
  readonly stopped?: Promise<never>;
}

/**
 * A bucket folder with the tables that `load` publishes, exported from a PostgreSQL of its own. Made once for each
 * content of the sources and then shared, so treat it as read-only: copy it before you change it.
 */
export async function cachedBucket(options: CachedRelease): Promise<string> {
  const { name, sources } = options;
  const bucket = join(cache, `${name}-${await fingerprint(sources)}`);
  if (existsSync(bucket)) return bucket;
  await mkdir(cache, { recursive: true });
  await removeOld(name);
  const workplace = await mkdtemp(join(cache, 'unfinished-'));
  try {
    await exportAll(workplace, options);
    // Another process may have been as quick: its bucket is as good.
    await rename(join(workplace, 'bucket'), bucket).catch((error) => {
      if (!existsSync(bucket)) throw error;
    });
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
  return bucket;
}

async function exportAll(
  dataFolder: string,
  { load, progress, stopped }: Pick<CachedRelease, 'load' | 'progress' | 'stopped'>,
): Promise<void> {
  const settings = readSettings({ ALMAGEST_DATA: dataFolder });
  const database = await openDatabase(settings);
  try {
    const client = await connect(database.url);
    const work = async () => {
      await migrate(client);
      await load(client);
      const storage = folderStorage(settings.bucket);
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

/** A younger one may be in use. */
async function removeOld(name: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    const path = join(cache, entry);
    if (!entry.startsWith(`${name}-`) || Date.now() - (await stat(path)).mtimeMs < DAY) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function fingerprint(sources: readonly string[]): Promise<string> {
  const files = globSync([...sources], { cwd: projectFolder, exclude: ['**/*.test.ts', '**/target/**'] });
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const content = await readFile(join(projectFolder, file)).catch(() => '');
    hash.update(file).update('\0').update(content).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
