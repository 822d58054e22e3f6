import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { migrate } from '../catalog-export/database/migrate.ts';
import { loadDemo } from '../catalog-export/demo/load.ts';
import type { DatabaseAddress } from '../cli/service/workerd-config.ts';
import { startTestDatabase, type TestDatabase } from './postgres.ts';

export interface DemoDatabase extends TestDatabase {
  /** As TAP's reader reaches it. */
  readonly reader: DatabaseAddress;
}

/**
 * A server of its own with the demo catalogues, published: some three seconds.
 * @param loadMore loads and publishes what else there shall be.
 */
export async function startDemoDatabase(
  loadMore: (client: pg.Client) => Promise<void> = async () => {},
): Promise<DemoDatabase> {
  const database = await startTestDatabase();
  try {
    const client = await connect(database.url);
    try {
      await migrate(client);
      await loadDemo(client, { start() {}, advance() {}, done() {} });
      await loadMore(client);
    } finally {
      await client.end();
    }
    return { ...database, reader: readerOf(database.url) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function readerOf(url: string): DatabaseAddress {
  const { host, username, password, pathname } = new URL(url);
  return {
    address: host,
    user: username,
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  };
}
