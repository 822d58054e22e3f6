import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../catalog-export/database/connect.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type Database, openDatabase } from './database.ts';
import { isAlive, orphansOf, readPostmaster, servesFolder } from './process.ts';

function freshSettings(t: TestContext): Settings {
  const folder = mkdtempSync(join(tmpdir(), 'almagest-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return readSettings({ ALMAGEST_DATA: folder });
}

async function query(database: Pick<Database, 'url'>, sql: string): Promise<Record<string, unknown>[]> {
  const client = await connect(database.url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Opens the database in a process of its own, which prints the URL and then waits. */
async function openElsewhere(settings: Settings, env: NodeJS.ProcessEnv = process.env) {
  const script = `
    import { openDatabase } from '${new URL('./database.ts', import.meta.url).href}';
    const database = await openDatabase(${JSON.stringify(settings)});
    process.stdout.write(database.url);
    process.once('SIGTERM', () => database.close().then(() => process.exit()));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const [url] = await Promise.race([once(child.stdout, 'data'), exit.then(() => [null])]);
  return { child, exit, url: url === null ? null : String(url) };
}

async function killed({ child, exit }: { child: ChildProcess; exit: Promise<unknown> }): Promise<void> {
  child.kill('SIGKILL');
  await exit;
}

test('a server is made, answers on loopback only, keeps its data and stops when closed', async (t) => {
  const settings = freshSettings(t);
  const first = await openDatabase(settings);
  const pid = readPostmaster(settings.postgresFolder)!.pid;
  assert.equal(first.embedded, true);
  assert.deepEqual(await query(first, 'SHOW listen_addresses'), [{ listen_addresses: '127.0.0.1' }]);
  await query(first, 'CREATE TABLE kept AS SELECT 1 AS n');
  await first.close();
  assert.equal(servesFolder(pid, settings.postgresFolder), false);

  const second = await openDatabase(settings);
  assert.deepEqual(await query(second, 'SELECT n FROM kept'), [{ n: 1 }]);
  await second.close();
});

test('a password is needed, and only the owner can read it', async (t) => {
  const settings = freshSettings(t);
  const database = await openDatabase(settings);
  t.after(() => database.close());
  const file = join(settings.postgresFolder, 'almagest.password');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(new URL(database.url).password, readFileSync(file, 'utf8'));
  const wrong = Object.assign(new URL(database.url), { password: 'guess' }).href;
  await assert.rejects(connect(wrong), /wrong password/);
});

test('a second user joins the running server, and closing stops it only for the last', async (t) => {
  const settings = freshSettings(t);
  const starter = await openDatabase(settings);
  const joiner = await openDatabase(settings);
  assert.equal(joiner.url, starter.url);
  await joiner.close();
  assert.deepEqual(await query(starter, 'SELECT 1 AS n'), [{ n: 1 }]);

  const outliving = await openDatabase(settings);
  await starter.close();
  assert.deepEqual(await query(outliving, 'SELECT 1 AS n'), [{ n: 1 }]);
  await outliving.close();
  assert.equal(readPostmaster(settings.postgresFolder), null);
});

test('a server that outlived a crash, in which it lost its users, is stopped by the last of them', async (t) => {
  const settings = freshSettings(t);
  const database = await openDatabase(settings);
  const { pid } = readPostmaster(settings.postgresFolder)!;
  const victim = await connect(database.url);
  victim.on('error', () => {});
  const { rows } = await victim.query('SELECT pg_backend_pid() AS pid');
  process.kill(rows[0].pid, 'SIGKILL');
  while (!(await query(database, 'SELECT 1').catch(() => null))) await sleep(20);
  await victim.end().catch(() => {});

  await database.close();
  assert.equal(servesFolder(pid, settings.postgresFolder), false);
});

test('a server whose database cannot be made, as on a full disk, is not left running', async (t) => {
  const settings = freshSettings(t);
  const first = await openDatabase(settings);
  const maintenance = await connect(first.url.replace(/almagest$/, 'postgres'));
  await maintenance.query('DROP DATABASE almagest');
  await maintenance.query('ALTER DATABASE template1 RENAME TO elsewhere');
  await maintenance.end();
  await first.close();
  await assert.rejects(openDatabase(settings), /template1/);
  assert.equal(readPostmaster(settings.postgresFolder), null);
});

test('processes that start at once on an empty folder share one server', async (t) => {
  const settings = freshSettings(t);
  const users = await Promise.all(Array.from({ length: 4 }, () => openElsewhere(settings)));
  assert.ok(users[0]!.url);
  assert.deepEqual(new Set(users.map((user) => user.url)).size, 1);
  for (const user of users) {
    user.child.kill('SIGTERM');
    await user.exit;
  }
  assert.equal(readPostmaster(settings.postgresFolder), null);
});

test('the orphaned server of a killed process is joined, and then stopped', async (t) => {
  const settings = freshSettings(t);
  const victim = await openElsewhere(settings);
  await killed(victim);
  const database = await openDatabase(settings);
  assert.equal(database.url, victim.url);
  await database.close();
  assert.equal(readPostmaster(settings.postgresFolder), null);
});

for (const stranger of [false, true]) {
  test(`a pid file and a query left by a killed server are no obstacle${stranger ? ', its id now a stranger’s' : ''}`, async (t) => {
    const settings = freshSettings(t);
    const first = await openElsewhere(settings);
    const session = await connect(first.url!);
    session.on('error', () => {});
    const calculating = session.query(
      'SELECT count(*) FROM generate_series(1, 1e5) AS a, generate_series(1, 1e5) AS b',
    );
    calculating.catch(() => {});
    const others = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()";
    while ((await query({ url: first.url! }, others)).length === 0) await sleep(10);
    await killed(first);
    const { pid } = readPostmaster(settings.postgresFolder)!;
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(orphansOf(settings.postgresFolder).length > 0);
    const file = join(settings.postgresFolder, 'postmaster.pid');
    if (stranger) writeFileSync(file, readFileSync(file, 'utf8').replace(String(pid), String(process.pid)));

    const database = await openDatabase(settings);
    assert.deepEqual(await query(database, 'SELECT 1 AS n'), [{ n: 1 }]);
    await assert.rejects(calculating);
    assert.deepEqual(orphansOf(settings.postgresFolder), []);
    await database.close();
  });
}

test('a folder made half by a killed initdb is swept away', async (t) => {
  const settings = freshSettings(t);
  const dead = spawn('true');
  await once(dead, 'exit');
  const abandoned = `${settings.postgresFolder}.new-${dead.pid}-0123abcd`;
  writeFileSync(abandoned, '');
  const database = await openDatabase(settings);
  await database.close();
  assert.equal(existsSync(abandoned), false);
});

test("somebody else's folder in the place of ours is named, not overwritten", async (t) => {
  const settings = freshSettings(t);
  const database = await openDatabase(settings);
  await database.close();
  rmSync(join(settings.postgresFolder, 'almagest.password'));
  await assert.rejects(openDatabase(settings), /postgres exists, but Almagest did not make it/);
  assert.ok(existsSync(join(settings.postgresFolder, 'PG_VERSION')));
});

test('a server that does not come up says why, in its own words', async (t) => {
  const settings = freshSettings(t);
  await (await openDatabase(settings)).close();
  writeFileSync(join(settings.postgresFolder, 'PG_VERSION'), '9\n');
  await assert.rejects(
    openDatabase(settings),
    /did not start: FATAL: .*incompatible with server.* version 9/,
  );
});

test('as root without user namespaces the server runs as nobody', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root');
  const settings = freshSettings(t);
  chmodSync(settings.dataFolder, 0o755);
  const path = mkdtempSync(join(tmpdir(), 'almagest-test-'));
  t.after(() => rmSync(path, { recursive: true }));
  for (const name of ['unshare']) writeFileSync(join(path, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const user = await openElsewhere(settings, {
    ...process.env,
    PATH: `${path}${delimiter}${process.env.PATH}`,
  });
  assert.ok(user.url);
  assert.equal(statSync(settings.postgresFolder).uid, 65534);
  user.child.kill('SIGTERM');
  await user.exit;

  const namespaced = await openDatabase(settings);
  assert.deepEqual(await query(namespaced, 'SELECT 1 AS n'), [{ n: 1 }]);
  await namespaced.close();
});
