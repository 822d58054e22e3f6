import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import { publishedTables } from '../../catalog-export/database/tap-schema.ts';
import { loadFile } from '../../catalog-export/ingest/load.ts';
import { exportCatalog } from '../../catalog-export/release/export.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { startDemoDatabase } from '../demo-database.ts';
import { type RunningWorkers, startService } from '../service.ts';
import { changeRows, loadSamples } from './sample.ts';

const progress = { start() {}, advance() {}, done() {} };

/** Whether the 1.9 million stars are there. */
export const tycho2File: string | null =
  process.env.ALMAGEST_TEST_DATA === undefined
    ? null
    : join(process.env.ALMAGEST_TEST_DATA, 'tycho2.parquet');

export interface BothEngines extends Pick<RunningWorkers, 'url' | 'lines' | 'close'> {
  /** The database, as its owner. */
  readonly databaseUrl: string;
  /** Where the releases lie. */
  readonly bucketFolder: string;
}

/**
 * The service with PostgreSQL and the releases of all its tables: the demo, `small`, `sample` and, if there is the file, `tycho2`. Rows of some
 * of them have changed since.
 */
export async function startBothEngines(
  variables: Readonly<Record<string, string>> = {},
): Promise<BothEngines> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-differential-'));
  const bucketFolder = join(folder, 'bucket');
  const database = await startDemoDatabase(async (client) => {
    await loadSamples(client);
    if (tycho2File !== null) await loadTycho2(client, tycho2File);
  });
  const closeDatabase = async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await exportAll(database.url, bucketFolder);
    const service = await startService({ bucketFolder, tap: true, database: database.reader, variables });
    return {
      url: service.url,
      lines: service.lines,
      databaseUrl: database.url,
      bucketFolder,
      close: async () => {
        await service.close();
        await closeDatabase();
      },
    };
  } catch (error) {
    await closeDatabase();
    throw error;
  }
}

async function loadTycho2(client: pg.Client, file: string): Promise<void> {
  const options = { main: {}, columns: null, description: null, metadata: new Map(), replace: false };
  await loadFile(client, file, 'tycho2.stars', options, progress);
}

async function exportAll(url: string, bucketFolder: string): Promise<void> {
  const client = await connect(url);
  try {
    const kernel = loadKernel();
    const storage = folderStorage(bucketFolder);
    for (const table of await publishedTables(client)) {
      await exportCatalog({ client, table, storage, kernel, progress });
    }
    await changeRows(client);
  } finally {
    await client.end();
  }
}
