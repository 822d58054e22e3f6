import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { loadDemo } from '../../catalog-export/demo/load.ts';
import { pointerKey } from '../../engine/catalog/manifest.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { startTestDatabase, type TestDatabase } from '../../test/postgres.ts';
import { type Outcome, runProgram } from './run-program.ts';

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

function almagest(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, DATABASE_URL: database.url, ALMAGEST_DATA: folder };
  return runProgram(args, env);
}

test('without a published catalogue it says how to publish one', async () => {
  const { code, stdout, stderr } = await almagest('export');
  assert.equal(code, 2);
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
  const { code, stdout } = await almagest('export', '--json', '--full', 'dso.objects');
  assert.equal(code, 0);
  const { release, bytes, seconds, started, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, {
    catalog: 'dso.objects',
    rows: 15806,
    rowsWithoutPosition: 3,
    partitions: { written: 12, copied: 0 },
    outcome: 'released',
  });
  assert.ok(Math.abs(Date.parse(started) - Date.now()) < 600_000);
  assert.match(release, /^\d{4}-\d{2}-\d{2}\.\d+$/);
  assert.ok(bytes > 100_000 && seconds > 0);
  const pointer = await folderStorage(join(folder, 'bucket')).get(pointerKey('dso.objects'));
  assert.equal(JSON.parse(new TextDecoder().decode(pointer!)).release, release);
});

test('a catalogue that has not changed gets no release', async () => {
  const { code, stdout } = await almagest('export', 'dso.objects');
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^Nothing has changed in dso\.objects since release [-.\d]+, which stays the latest: 15,806 rows, \S+ s\n$/,
  );
  const json = await almagest('export', '--json', 'dso.objects');
  const { release, outcome, partitions } = JSON.parse(json.stdout);
  assert.deepEqual(
    { release, outcome, partitions },
    { release: null, outcome: 'unchanged', partitions: { written: 0, copied: 12 } },
  );
});

test('a catalogue that is not published is named, and nothing is exported', async () => {
  const { code, stdout, stderr } = await almagest('export', 'dso.objects', 'survey.nothing');
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    'almagest: survey.nothing is not published; published are dso.objects, hipparcos.stars\n',
  );
});

test('--release names the release, --target the bucket', async () => {
  const target = join(folder, 'elsewhere');
  const named = ['export', 'dso.objects', '--target', target, '--release', '2025-03-01.2', '--json'];
  const first = await almagest(...named);
  assert.equal(first.code, 0, first.stderr);
  assert.equal(JSON.parse(first.stdout).release, '2025-03-01.2');
  assert.deepEqual(await folderStorage(target).list('dso.objects'), [
    '2025-03-01.2',
    'latest.json',
    'reports.json',
  ]);
  const again = await almagest(...named);
  assert.equal(again.code, 1);
  assert.deepEqual(Object.keys(JSON.parse(again.stdout)), ['catalog', 'outcome', 'message']);
  assert.match(
    again.stderr,
    /dso\.objects was not exported, its last release stays: the release cannot be named 2025-03-01\.2: there is, or was, a release of that name; \d{4}-\d\d-\d\d would do/,
  );
});

test('--dry-run writes nothing', async () => {
  const { code, stdout } = await almagest('export', '--dry-run', '--full', 'dso.objects');
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^Would export dso\.objects: release [-.\d]+, 15,806 rows, 12 partitions to be written, 0 unchanged\n$/,
  );
  const json = JSON.parse((await almagest('export', '--dry-run', '--json', 'dso.objects')).stdout);
  assert.deepEqual([json.catalog, json.outcome, json.release], ['dso.objects', 'unchanged', null]);
  const target = join(folder, 'nowhere');
  assert.equal((await almagest('export', '--dry-run', '--target', target)).code, 0);
  assert.deepEqual(await folderStorage(target).list(''), []);
});

test('--margin gives a margin, which stays until another is given', async () => {
  const target = join(folder, 'margins');
  const { code, stderr } = await almagest('export', 'dso.objects', '--target', target, '--margin', '30');
  assert.deepEqual([code, stderr], [0, '']);
  const storage = folderStorage(target);
  const release = (await storage.list('dso.objects'))[0]!;
  assert.ok((await storage.list(`dso.objects/${release}`)).includes('margin_30arcs'));
  assert.equal((await almagest('verify', '--target', target)).code, 0);
  const outcome = async (...args: string[]) =>
    JSON.parse((await almagest('export', 'dso.objects', '--target', target, '--json', ...args)).stdout)
      .outcome;
  assert.equal(await outcome(), 'unchanged');
  assert.equal(await outcome('--margin', '0'), 'released');
});

test('what is wrong with the question has status 2', async () => {
  const questions: [string[], RegExp][] = [
    [['--everything'], /unknown option '--everything'/],
    [['--margin', '3601'], /It has to be a number of arcseconds up to 3600, such as 10; 0 for no margin/],
    [['--margin', '1 deg'], /It has to be a number of arcseconds/],
    [['--target', 'ftp://sky'], /"ftp:\/\/sky" is no folder: a bucket is a folder or s3:/],
    [['--target', 's3://sky'], /needs credentials: set AWS_ACCESS_KEY_ID/],
  ];
  for (const [args, message] of questions) {
    const { code, stdout, stderr } = await almagest('export', ...args);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, message);
  }
});

test('one catalogue that fails does not stop the others', async () => {
  const client = await connect(database.url);
  await client.query('ALTER TABLE dso.objects RENAME COLUMN morphology TO shape');
  await client.end();
  const { code, stdout, stderr } = await almagest('export', '--full');
  assert.equal(code, 1);
  assert.match(stdout, /^Exported hipparcos\.stars: [^\n]*\n$/);
  assert.match(
    stderr,
    /^almagest: dso\.objects was not exported, its last release stays: dso\.objects has changed since it was published: column morphology is gone\. Publish it again\.\n$/,
  );
});

test('a table that was dropped is told, with what to do', async () => {
  const client = await connect(database.url);
  await client.query('DROP TABLE dso.objects');
  await client.end();
  const { code, stderr } = await almagest('export', 'dso.objects');
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^almagest: dso\.objects was not exported, its last release stays: dso\.objects is published, but the database has no such table: create it again, or [^\n]*unpublish [^\n]*dso\.objects[^\n]*\n$/,
  );
});

test('--help has examples', async () => {
  const { code, stdout } = await almagest('export', '--help');
  assert.equal(code, 0);
  assert.match(stdout, /almagest export survey\.stars/);
});
