import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../catalog-export/database/connect.ts';
import { migrate } from '../catalog-export/database/migrate.ts';
import { publishedTables } from '../catalog-export/database/tap-schema.ts';
import { loadDemo } from '../catalog-export/demo/load.ts';
import type { Progress } from '../catalog-export/progress.ts';
import { exportCatalog } from '../catalog-export/release/export.ts';
import { openDatabase } from '../cli/postgres/database.ts';
import { projectFolder } from '../cli/service/wrangler.ts';
import { readSettings } from '../cli/settings.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import { folderStorage } from '../engine/storage/folder.ts';

const cache = join(projectFolder, 'node_modules', '.cache', 'almagest');

/** What a release is made from: when none of these files changed, neither did the release. */
const SOURCES = ['package-lock.json', 'catalog-export/**/*', 'cli/postgres/**/*', 'engine/**/*.{ts,wasm}'];

/**
 * A bucket folder with the demo catalogues, exported from a PostgreSQL of its own. Made once for each content of
 * the sources and then shared by all test files, so treat it as read-only: copy it before you change it.
 */
export async function demoBucket(): Promise<string> {
  const bucket = join(cache, `demo-${await fingerprint()}`);
  if (existsSync(bucket)) return bucket;
  await mkdir(cache, { recursive: true });
  const workplace = await mkdtemp(join(cache, 'unfinished-'));
  try {
    await exportDemo(workplace);
    // Another process may have been as quick: its bucket is as good.
    await rename(join(workplace, 'bucket'), bucket).catch((error) => {
      if (!existsSync(bucket)) throw error;
    });
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
  return bucket;
}

async function exportDemo(dataFolder: string): Promise<void> {
  const settings = readSettings({ ALMAGEST_DATA: dataFolder });
  const database = await openDatabase(settings);
  try {
    const client = await connect(database.url);
    try {
      await migrate(client);
      await loadDemo(client, silent);
      const storage = folderStorage(settings.bucketFolder);
      const kernel = loadKernel();
      for (const table of await publishedTables(client)) {
        await exportCatalog({ client, table, storage, kernel, progress: silent });
      }
    } finally {
      await client.end();
    }
  } finally {
    await database.close();
  }
}

const silent: Progress = { start() {}, advance() {}, done() {} };

async function fingerprint(): Promise<string> {
  const files = globSync(SOURCES, { cwd: projectFolder, exclude: ['**/*.test.ts', '**/target/**'] });
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const content = await readFile(join(projectFolder, file)).catch(() => '');
    hash.update(file).update('\0').update(content).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
