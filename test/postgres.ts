import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { openDatabase } from '../cli/postgres/database.ts';
import { readSettings } from '../cli/settings.ts';

export interface TestDatabase {
  /** An empty database on a server of this test's own. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an embedded server in a temporary folder: about a second. Share it within a test file. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-test-'));
  const database = await openDatabase(readSettings({ ALMAGEST_DATA: folder }));
  return {
    url: database.url,
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs `use` with a session in a fresh, empty database of a server, which is dropped afterwards. */
export async function withTestDatabase<T>(
  server: TestDatabase,
  use: (client: pg.Client, url: string) => Promise<T>,
): Promise<T> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = await connect(server.url);
  try {
    await admin.query(`CREATE DATABASE ${name}`);
    const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
    const client = await connect(url);
    try {
      return await use(client, url);
    } finally {
      await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  } finally {
    await admin.end();
  }
}
