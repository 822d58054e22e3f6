import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { connect } from '../catalog-export/database/connect.ts';
import { migrate } from '../catalog-export/database/migrate.ts';
import { describeSchema, readTable, writeTable } from '../catalog-export/database/tap-schema.ts';
import { exportCatalog } from '../catalog-export/release/export.ts';
import { type Manifest, manifestKey, pointerKey, releasePrefix } from '../engine/catalog/manifest.ts';
import { isReleaseName } from '../engine/catalog/release-name.ts';
import type { Table } from '../engine/catalog/table.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import type { Storage } from '../engine/storage/storage.ts';
import { startTestDatabase } from './postgres.ts';
import { storedRowGroups } from './stored-row-groups.ts';

const KILLS = 20;
const ROWS = 40_000;
const CATALOG = 'survey.stars';
const LOCK_ATTEMPTS = 100;

const script = fileURLToPath(new URL('export-process.ts', import.meta.url));
const kernel = loadKernel();
const silent = { start() {}, advance() {}, done() {} };

function column(name: string, datatype: 'long' | 'double', ucd: string): Table['columns'][number] {
  const rest = { arraysize: null, xtype: null, unit: null, utype: null, description: null };
  return { name, datatype, ucd, ...rest, principal: true, indexed: false, std: false };
}

const TABLE: Table = {
  schema: 'survey',
  name: 'stars',
  description: null,
  utype: null,
  columns: [
    column('id', 'long', 'meta.id;meta.main'),
    column('ra', 'double', 'pos.eq.ra;meta.main'),
    column('dec', 'double', 'pos.eq.dec;meta.main'),
  ],
};

async function publishStars(url: string): Promise<void> {
  const client = await connect(url);
  try {
    await migrate(client);
    await client.query(`
      CREATE SCHEMA survey;
      CREATE TABLE survey.stars AS
      SELECT id, 360 * random() AS ra, degrees(asin(2 * random() - 1)) AS dec
      FROM generate_series(1::bigint, ${ROWS}) AS id`);
    await describeSchema(client, 'survey', 'Generated stars');
    await writeTable(client, TABLE);
  } finally {
    await client.end();
  }
}

/** Changes all rows at times, a few at others. */
async function changeStars(url: string, kill: number): Promise<void> {
  const client = await connect(url);
  try {
    const some = kill % 3 === 0 ? 'true' : `id % ${10 ** (kill % 3)} = ${kill % 10}`;
    await client.query(`UPDATE survey.stars SET ra = (ra + 1)::numeric % 360 WHERE ${some}`);
  } finally {
    await client.end();
  }
}

/** An export in a process of its own, which has just begun. */
async function beginExport(databaseUrl: string, bucketFolder: string): Promise<ChildProcess> {
  const child = fork(script, [databaseUrl, bucketFolder, CATALOG]);
  assert.deepEqual((await once(child, 'message'))[0], 'begin');
  return child;
}

/** Exports here; an export that was killed a moment ago may still hold the lock. */
async function finishExport(databaseUrl: string, storage: Storage): Promise<void> {
  const client = await connect(databaseUrl);
  try {
    const table = (await readTable(client, CATALOG))!;
    const options = { client, table, storage, kernel, maxRows: 2000, progress: silent };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await exportCatalog(options);
        return;
      } catch (error) {
        if (!(error as Error).message.startsWith('another export') || attempt === LOCK_ATTEMPTS) throw error;
        await delay(100);
      }
    }
  } finally {
    await client.end();
  }
}

async function readJson<T>(storage: Storage, key: string): Promise<T> {
  const bytes = await storage.get(key);
  assert.ok(bytes, `${key} is missing`);
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The current release, every file of which is there as the manifest describes it. */
async function verifiedRelease(storage: Storage): Promise<string> {
  const { release } = await readJson<{ release: string }>(storage, pointerKey(CATALOG));
  const manifest = await readJson<Manifest>(storage, manifestKey(CATALOG, release));
  assert.equal(manifest.rows, ROWS);
  const groups = await storedRowGroups(storage, manifest);
  assert.equal(
    groups.reduce((sum, { rows }) => sum + rows, 0),
    ROWS,
  );
  for (const path of new Set(groups.map((group) => group.path))) {
    const file = await storage.get(`${releasePrefix(CATALOG, release)}/${path}`);
    assert.ok(file, path);
    for (const { chunks } of groups.filter((group) => group.path === path)) {
      for (const { offset, bytes, crc32: expected } of chunks) {
        assert.equal(crc32(file.subarray(offset, offset + bytes)), expected, path);
      }
    }
  }
  const names = await storage.list(releasePrefix(CATALOG, release));
  for (const name of ['dataset', 'hats.properties', 'partition_info.csv', 'properties'])
    assert.ok(names.includes(name));
  return release;
}

/** Releases that no manifest completes. */
async function unfinished(storage: Storage): Promise<string[]> {
  const names = (await storage.list(CATALOG)).filter(isReleaseName);
  const manifests = await Promise.all(names.map((name) => storage.get(manifestKey(CATALOG, name))));
  return names.filter((_, at) => manifests[at] === null);
}

test(`an export killed at ${KILLS} moments never breaks the release that is served`, async (t) => {
  const database = await startTestDatabase();
  const bucketFolder = await mkdtemp(join(tmpdir(), 'almagest-kill-'));
  try {
    const storage = folderStorage(bucketFolder);
    await publishStars(database.url);
    const first = await beginExport(database.url, bucketFolder);
    const began = performance.now();
    assert.deepEqual((await once(first, 'message'))[0], 'end');
    const duration = performance.now() - began;
    let served = await verifiedRelease(storage);
    let before = served;
    let halfWritten = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      await changeStars(database.url, kill);
      const child = await beginExport(database.url, bucketFolder);
      const exit = once(child, 'exit');
      await delay((duration * (kill + Math.random())) / KILLS);
      child.kill('SIGKILL');
      await exit;
      const release = await verifiedRelease(storage);
      if ((await unfinished(storage)).length > 0) {
        halfWritten += 1;
        assert.equal(release, served, 'a half-written release does not move the pointer');
      }
      await finishExport(database.url, storage);
      assert.deepEqual(await unfinished(storage), [], 'the next export removes what was left');
      served = await verifiedRelease(storage);
      if (release === before) assert.notEqual(served, release);
      before = served;
    }
    t.diagnostic(
      `an export takes ${Math.round(duration)} ms; ${halfWritten} of ${KILLS} kills left a half-written release`,
    );
  } finally {
    await database.close();
    await rm(bucketFolder, { recursive: true, force: true });
  }
});
