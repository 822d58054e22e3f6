import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { migrate } from '../catalog-export/database/migrate.ts';
import { loadDemo } from '../catalog-export/demo/load.ts';
import { openDatabase } from '../cli/postgres/database.ts';
import { openReader, type ReaderAccess } from '../cli/postgres/reader.ts';
import { readSettings } from '../cli/settings.ts';
import type { TestDatabase } from './postgres.ts';

export interface DemoDatabase extends TestDatabase {
  /** As TAP reaches it. */
  readonly reader: ReaderAccess;
}

/**
 * A server of its own with the demo catalogues, published: some three seconds.
 * @param loadMore loads and publishes what else there shall be.
 */
export async function startDemoDatabase(
  loadMore: (client: pg.Client) => Promise<void> = async () => {},
): Promise<DemoDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-test-'));
  const settings = readSettings({ ALMAGEST_DATA: folder });
  const database = await openDatabase(settings);
  const close = async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const client = await connect(database.url);
    try {
      await migrate(client);
      await loadDemo(client, { start() {}, advance() {}, done() {} });
      await loadMore(client);
    } finally {
      await client.end();
    }
    return { url: database.url, close, reader: await openReader(database, settings, console.error) };
  } catch (error) {
    await close();
    throw error;
  }
}
