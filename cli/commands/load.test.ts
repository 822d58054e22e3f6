import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { after } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readPostmaster } from '../postgres/process.ts';
import { readSettings } from '../settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'almagest-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const PROGRAM = fileURLToPath(new URL('../almagest.ts', import.meta.url));

function start(args: string[], env: NodeJS.ProcessEnv = {}) {
  return spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, DATABASE_URL: '', ALMAGEST_DATA: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function almagest(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = start(args, env);
  const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

function csv(name: string, rows: number): string {
  const path = join(folder, name);
  const lines = Array.from({ length: rows }, (_, i) => `${i},${i % 360},${(i % 180) - 90}`);
  writeFileSync(path, `id,ra,dec\n${lines.join('\n')}\n`);
  return path;
}

test('load says what it published and what comes next, and stops the server it started', async () => {
  const { code, out, err } = await almagest(['load', csv('a.csv', 3), '--as', 'survey.a']);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /Loaded survey\.a: 3 rows/);
  assert.match(out, /Published survey\.a: 3 rows, 3 columns; identifier id, position ra, dec\./);
  assert.match(out, /"almagest export survey\.a"/);
  assert.equal(readPostmaster(readSettings({ ALMAGEST_DATA: folder }).postgresFolder), null);
});

test('--json prints one object and nothing else', async () => {
  const { code, out } = await almagest(['load', csv('b.csv', 2), '--as', 'survey.b', '--json']);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out), {
    catalog: 'survey.b',
    rows: 2,
    rowsWithoutPosition: 0,
    missingGrants: [],
    indexes: ['"survey"."b_healpix_29"', '"survey"."b_zones"'],
    missingIndexes: [],
    missingTriggers: [],
    history: false,
    columns: 3,
    id: 'id',
    ra: 'ra',
    dec: 'dec',
  });
});

test('publish describes anew what load made', async () => {
  const metadata = join(folder, 'columns.csv');
  writeFileSync(metadata, 'name,description\nid,The number\n');
  await almagest(['load', csv('c.csv', 2), '--as', 'survey.c']);
  const { code, out } = await almagest([
    'publish',
    'survey.c',
    '--replace',
    '--metadata',
    metadata,
    '--json',
  ]);
  assert.deepEqual([code, JSON.parse(out).rows], [0, 2]);
});

test('a mistake is one line on standard error, exit status 1, and no stack', async () => {
  for (const args of [
    ['load', '/nope.csv', '--as', 'survey.d'],
    ['publish', 'survey.nope'],
  ]) {
    const { code, out, err } = await almagest(args);
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^almagest: there is no (file|table) [^\n]*\n$/);
  }
});

test('a database that cannot be reached is one line, without the password', async () => {
  const env = { DATABASE_URL: 'postgres://me:s3cret@127.0.0.1:1/sky' };
  const { code, err } = await almagest(['publish', 'survey.stars'], env);
  assert.equal(code, 1);
  assert.match(err, /^almagest: cannot reach PostgreSQL at 127\.0\.0\.1:1, database "sky"[^\n]*\n$/);
  assert.doesNotMatch(err, /s3cret/);
});

test('--help has examples', async () => {
  for (const command of ['load', 'publish']) {
    const { code, out } = await almagest([command, '--help']);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`Examples:\n  almagest ${command} survey`));
  }
});

test('Ctrl-C ends a load in good order: no table, no server left running', async () => {
  const child = start(['load', csv('cut.csv', 400_000), '--as', 'survey.cut']);
  const messages = text(child.stderr);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  assert.equal(code, 1);
  assert.equal(await messages, 'almagest: interrupted (SIGINT): what was not finished is as it was before\n');
  assert.equal(readPostmaster(readSettings({ ALMAGEST_DATA: folder }).postgresFolder), null);
  const { err } = await almagest(['publish', 'survey.cut']);
  assert.match(err, /there is no table survey\.cut/);
});

test('a load that is killed leaves no table, and the next one succeeds', async () => {
  const path = csv('long.csv', 400_000);
  const child = start(['load', path, '--as', 'survey.long']);
  // The first line says that the file is read: rows are on their way into the table.
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.ok(existsSync(path));
  const { code, out, err } = await almagest(['load', path, '--as', 'survey.long', '--json']);
  assert.equal(code, 0, err);
  assert.equal(JSON.parse(out).rows, 400_000);
});

test('Ctrl-C ends an export in good order: no release, no server left running', async () => {
  const child = start(['export', 'survey.long']);
  const messages = text(child.stderr);
  const { bucket, postgresFolder } = readSettings({ ALMAGEST_DATA: folder });
  while (!existsSync(join(bucket, 'survey.long'))) await setTimeout(5);
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  assert.equal(code, 1);
  assert.match(await messages, /^almagest: interrupted \(SIGINT\)/m);
  assert.equal(existsSync(join(bucket, 'survey.long', 'latest.json')), false);
  assert.equal(readPostmaster(postgresFolder), null);
});
