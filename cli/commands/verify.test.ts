import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { loadDemo } from '../../catalog-export/demo/load.ts';
import { startTestDatabase, type TestDatabase } from '../../test/postgres.ts';
import { type Outcome, runProgram } from './run-program.ts';

let database: TestDatabase;
let folder: string;
let release: string;

before(async () => {
  database = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'almagest-verify-command-'));
  const client = await connect(database.url);
  await migrate(client);
  await loadDemo(client, { start() {}, advance() {}, done() {} });
  await client.end();
  const { stdout } = await almagest('export', 'dso.objects', '--json');
  release = JSON.parse(stdout).release;
});
after(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function almagest(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, DATABASE_URL: database.url, ALMAGEST_BUCKET: join(folder, 'bucket') };
  return runProgram(args, env);
}

test('a release that is whole and has the rows of PostgreSQL', async () => {
  const { code, stdout, stderr } = await almagest('verify');
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(
    stdout,
    new RegExp(
      `^dso\\.objects ${release}: whole \\(\\d+ files, \\S+ MB, 15,806 rows\\); the rows of PostgreSQL\\n$`,
    ),
  );
  const json = await almagest('verify', `dso.objects@${release}`, '--json');
  assert.equal(json.code, 0);
  const { files, bytes, ...rest } = JSON.parse(json.stdout);
  assert.ok(files > 20 && bytes > 100_000);
  assert.deepEqual(rest, {
    catalog: 'dso.objects',
    release,
    ok: true,
    rows: 15806,
    faults: [],
    database: { basis: 'unchanged table', rows: 15806, partitions: { same: 12, different: 0 }, wrong: [] },
  });
});

test('that the table has changed since is told, and is no fault', async () => {
  const client = await connect(database.url);
  await client.query("UPDATE dso.objects SET morphology = 'Sb' WHERE id = (SELECT min(id) FROM dso.objects)");
  await client.end();
  const { code, stdout } = await almagest('verify', 'dso.objects');
  assert.equal(code, 0);
  assert.match(
    stdout,
    /; the table has changed since: 11 of 12 data files have the rows of PostgreSQL, 15,806 rows there now\n$/,
  );
});

test('what is wrong with the question has status 2', async () => {
  const questions: [string[], RegExp][] = [
    [['dso.objects@2001-01-01'], /dso\.objects has no release 2001-01-01 in the bucket: there is \d{4}-/],
    [
      ['dso.objects@yesterday'],
      /"dso\.objects@yesterday" names no release: write schema\.table for the latest/,
    ],
    [['dso.object'], /there is no release of "dso\.object" in the bucket: did you mean dso\.objects\?/],
    [['--no-such-thing'], /unknown option/],
  ];
  for (const [args, message] of questions) {
    const { code, stdout, stderr } = await almagest('verify', ...args);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, message);
  }
});

test('a release that is damaged is told file by file, with no database either', async () => {
  const path = join(folder, 'bucket', 'dso.objects', release, 'partition_info.csv');
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(1));
  const { code, stdout } = await almagest('verify', '--no-database');
  assert.equal(code, 1);
  assert.match(
    stdout,
    new RegExp(
      `^dso\\.objects ${release}: damaged \\(1 fault in \\d+ files\\)\\n {2}partition_info\\.csv has \\d+ bytes instead of \\d+\\n$`,
    ),
  );
  const json = JSON.parse((await almagest('verify', '--json')).stdout);
  assert.equal(json.ok, false);
  assert.equal(json.database, null);
  assert.deepEqual(
    json.faults.map(({ path }: { path: string }) => path),
    ['partition_info.csv'],
  );
});

test('--help has examples and the exit status', async () => {
  const { code, stdout } = await almagest('verify', '--help');
  assert.equal(code, 0);
  assert.match(stdout, /almagest verify survey\.stars@2026-11-20/);
  assert.match(stdout, /Exit status: 0 when/);
});
