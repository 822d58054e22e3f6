import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { migrate } from '../catalog-export/database/migrate.ts';
import { openDatabase } from '../cli/postgres/database.ts';
import { asIdentity, serverIdentity } from '../cli/postgres/identity.ts';
import { freePort } from '../cli/postgres/server.ts';
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
  await beCarefree(database.url);
  return {
    url: database.url,
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a server loses when the machine loses power is nothing to a test: nobody waits for the disk. */
async function beCarefree(url: string): Promise<void> {
  const client = await connect(url);
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    await client.query(`ALTER SYSTEM SET ${name} = off`);
  }
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

type Use<T> = (client: pg.Client, url: string) => Promise<T>;

/** Runs `use` with a session in a fresh, empty database of a server, which is dropped afterwards. */
export function withTestDatabase<T>(server: TestDatabase, use: Use<T>): Promise<T> {
  return withDatabase(server, 'template1', use);
}

const migrated = new WeakMap<TestDatabase, Promise<string>>();

/** The same in a database that is migrated: a copy of one, which takes half the time. */
export async function withMigratedDatabase<T>(server: TestDatabase, use: Use<T>): Promise<T> {
  const template = migrated.get(server) ?? makeMigrated(server);
  migrated.set(server, template);
  return withDatabase(server, await template, use);
}

async function makeMigrated(server: TestDatabase): Promise<string> {
  const name = 'migrated';
  const admin = await connect(server.url);
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const client = await connect(databaseOf(server, name));
  await migrate(client);
  await client.end();
  return name;
}

function databaseOf({ url }: TestDatabase, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

async function withDatabase<T>(server: TestDatabase, template: string, use: Use<T>): Promise<T> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = await connect(server.url);
  try {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    const url = databaseOf(server, name);
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

/**
 * Starts a server of Debian's PostgreSQL, which plays a team's own; null where none is installed.
 * Like the embedded one it runs in a temporary folder, and as root in a user namespace.
 */
export async function startDebianServer(): Promise<TestDatabase | null> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) return null;
  const folder = await mkdtemp(join(tmpdir(), 'almagest-test-'));
  const data = join(folder, 'data');
  const identity = serverIdentity(data);
  const run = (program: string, args: string[]) => {
    const path = join('/usr/lib/postgresql', newest, 'bin', program);
    const { command, args: all, options } = asIdentity(identity, path, args);
    return spawn(command, all, { ...options, stdio: 'ignore', detached: true });
  };
  await once(run('initdb', ['-D', data, '-U', 'owner', '-A', 'trust']), 'exit');
  const port = await freePort();
  const server = run('postgres', ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', '']);
  const exit = once(server, 'exit');
  const url = `postgres://owner@127.0.0.1:${port}/postgres`;
  while (server.exitCode === null && !(await answers(url))) await sleep(50);
  return {
    url,
    close: async () => {
      server.kill('SIGINT');
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await connect(url)).end();
    return true;
  } catch {
    return false;
  }
}
