import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { loadDemo } from '../../catalog-export/demo/load.ts';
import { pointerKey } from '../../engine/catalog/manifest.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { startTestDatabase, type TestDatabase } from '../../test/postgres.ts';

const program = fileURLToPath(new URL('../almagest.ts', import.meta.url));

let database: TestDatabase;
let folder: string;

before(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'almagest-export-command-'));
});
after(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function almagest(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, DATABASE_URL: database.url, ALMAGEST_DATA: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

test('without a published catalogue it says how to publish one', async () => {
  const { code, stdout, stderr } = await almagest('export');
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /^almagest: no catalogue is published yet: "almagest load FILE --as schema\.table" .*\n$/,
  );
});

test('exports what is published, in a line for each', async () => {
  const client = await connect(database.url);
  await migrate(client);
  await loadDemo(client, { start() {}, advance() {}, done() {} });
  await client.end();

  const { code, stdout, stderr } = await almagest('export');
  assert.equal(stderr, '');
  assert.equal(code, 0);
  const lines = stdout.trim().split('\n').sort();
  assert.match(
    lines[0]!,
    /^Exported dso\.objects: release [-.\d]+, 15,806 rows, 12 partitions, \S+ MB, \S+ s, 3 rows left out, whose ra or dec is null/,
  );
  assert.match(
    lines[1]!,
    /^Exported hipparcos\.stars: release [-.\d]+, 118,216 rows, 12 partitions, \S+ MB, \S+ s$/,
  );
  assert.equal(lines.length, 2);
});

test('--json is one object per catalogue and nothing else', async () => {
  const { code, stdout } = await almagest('export', '--json', 'dso.objects');
  assert.equal(code, 0);
  const { release, bytes, seconds, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { catalog: 'dso.objects', rows: 15806, rowsWithoutPosition: 3, partitions: 12 });
  assert.match(release, /^\d{4}-\d{2}-\d{2}\.\d+$/);
  assert.ok(bytes > 100_000 && seconds > 0);
  const pointer = await folderStorage(join(folder, 'bucket')).get(pointerKey('dso.objects'));
  assert.equal(JSON.parse(new TextDecoder().decode(pointer!)).release, release);
});

test('a catalogue that is not published is named, and nothing is exported', async () => {
  const { code, stdout, stderr } = await almagest('export', 'dso.objects', 'survey.nothing');
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    'almagest: survey.nothing is not published; published are dso.objects, hipparcos.stars\n',
  );
});

test('one catalogue that fails does not stop the others', async () => {
  const client = await connect(database.url);
  await client.query('ALTER TABLE dso.objects RENAME COLUMN morphology TO shape');
  await client.end();
  const { code, stdout, stderr } = await almagest('export');
  assert.equal(code, 1);
  assert.match(stdout, /^Exported hipparcos\.stars: [^\n]*\n$/);
  assert.match(
    stderr,
    /^almagest: dso\.objects was not exported, its last release stays: dso\.objects has changed since it was published: column morphology is gone\. Publish it again\.\n$/,
  );
});

test('--help has examples', async () => {
  const { code, stdout } = await almagest('export', '--help');
  assert.equal(code, 0);
  assert.match(stdout, /almagest export survey\.stars/);
});
