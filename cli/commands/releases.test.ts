import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manifestKey, pointerKey } from '../../engine/catalog/manifest.ts';
import { REPORTS_VERSION, reportsKey } from '../../engine/catalog/reports.ts';
import { programEnvironment } from '../../test/almagest.ts';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { type Outcome, runProgram } from './run-program.ts';

const CATALOG = 'dso.objects';

let bucket: ScratchBucket;
let latest: string;

before(async () => {
  bucket = await scratchBucket();
  const manifest = await bucket.latest(CATALOG);
  latest = manifest.release;
  for (const release of ['2025-01-01', '2025-01-01.1', '2025-02-01', '2025-03-01']) {
    const created = `${release.slice(0, 10)}T01:00:00.000Z`;
    await bucket.writeJson(manifestKey(CATALOG, release), { ...manifest, release, created });
  }
  await bucket.writeJson(pointerKey(CATALOG), { release: latest, published: '2025-04-01T00:00:00.000Z' });
});
after(() => bucket.remove());

function almagest(...args: string[]): Promise<Outcome> {
  const env = { ...programEnvironment(), ALMAGEST_BUCKET: bucket.folder };
  return runProgram(args, env);
}

const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('releases are listed in the order in which they were made', async () => {
  const { code, stdout, stderr } = await almagest('releases', CATALOG);
  assert.deepEqual([code, stderr], [0, '']);
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0]!, /^catalogue +release +made \(UTC\) +rows +size +files +unchanged$/);
  assert.match(lines[1]!, /^dso\.objects +2025-01-01 +2025-01-01 01:00 +15,806 +\d+\.\d kB +12$/);
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(/ +/)[1]),
    ['2025-01-01', '2025-01-01.1', '2025-02-01', '2025-03-01', latest],
  );
  assert.match(lines[5]!, /latest$/);
});

test('why the last export failed', async () => {
  const report = { release: null, started: '2026-11-20T01:30:00.000Z', seconds: 1, rows: 0, bytes: 0 };
  const partitions = { written: 0, copied: 0 };
  const failed = { ...report, partitions, outcome: 'failed', message: 'no space left on device' };
  await bucket.writeJson(reportsKey(CATALOG), { version: REPORTS_VERSION, reports: [failed] });
  const { code, stdout } = await almagest('releases', CATALOG);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /\nThe last export of dso\.objects failed \(2026-11-20 01:30 UTC\): no space left on device\n$/,
  );
  const mended = { ...failed, outcome: 'unchanged' };
  await bucket.writeJson(reportsKey(CATALOG), { version: REPORTS_VERSION, reports: [mended, failed] });
  assert.doesNotMatch((await almagest('releases', CATALOG)).stdout, /failed/);
});

test('--json is one object per release', async () => {
  const { code, stdout } = await almagest('releases', '--json');
  assert.equal(code, 0);
  const listed = jsonLines(stdout);
  assert.deepEqual(
    listed.filter(({ latest }) => latest).map(({ catalog }) => catalog),
    ['dso.objects', 'hipparcos.stars'],
  );
  const { bytes, unchanged, ...first } = listed[0];
  assert.ok(bytes > 100_000);
  assert.equal(unchanged, null);
  assert.deepEqual(first, {
    catalog: CATALOG,
    release: '2025-01-01',
    latest: false,
    pinned: false,
    published: null,
    state: 'complete',
    created: '2025-01-01T01:00:00.000Z',
    rows: 15806,
    partitions: 12,
  });
});

test('gc says what it would do, does it, and keeps what is pinned', async () => {
  assert.equal((await almagest('releases', '--pin', `${CATALOG}@2025-01-01.1`)).code, 0);
  const dry = await almagest('gc', CATALOG, '--keep', '2', '--keep-days', '1', '--dry-run');
  assert.equal(dry.code, 0);
  assert.match(
    dry.stdout,
    /^dso\.objects: would remove 2 releases, whose files were \d\.\d MB; 3 releases kept\n/,
  );
  assert.match(dry.stdout, /^ {2}2025-01-01 would be removed: not the latest since 2025-01-01$/m);
  assert.match(dry.stdout, /^ {2}2025-01-01\.1 stays: pinned$/m);
  const done = await almagest('gc', CATALOG, '--keep', '2', '--keep-days', '1', '--json');
  assert.equal(done.code, 0);
  assert.deepEqual(
    jsonLines(done.stdout).map(({ release, removed }) => [release, removed]),
    [
      ['2025-01-01', true],
      ['2025-01-01.1', false],
      ['2025-02-01', true],
      ['2025-03-01', false],
      [latest, false],
    ],
  );
  const { stdout } = await almagest('releases', CATALOG);
  assert.match(stdout, /2025-01-01\.1 .*pinned\n/);
  assert.doesNotMatch(stdout, /2025-02-01/);
  assert.equal((await almagest('releases', '--unpin', `${CATALOG}@2025-01-01.1`)).code, 0);
});

test('what is wrong with the question has status 2', async () => {
  const questions: [string[], RegExp][] = [
    [
      ['releases', 'dso.object'],
      /^almagest: there is no release of "dso\.object" in the bucket: did you mean dso\.objects\?\n$/,
    ],
    [['releases', '--pin', 'dso.objects'], /names no release: write schema\.table@release/],
    [
      ['releases', '--pin', `${CATALOG}@1999-01-01`],
      /dso\.objects has no release 1999-01-01 that could be pinned/,
    ],
    [['releases', '--all'], /unknown option '--all'/],
    [['releases', '--target', 'r2://sky'], /"r2:\/\/sky" is no folder: a bucket is a folder or s3:/],
    [['releases', '--target', 's3://sky'], /needs credentials: set AWS_ACCESS_KEY_ID/],
    [
      ['releases', '--target', '/dev/null'],
      /there is no release in the bucket yet: "almagest export" makes one/,
    ],
    [['gc', 'no.such'], /there is no release of "no\.such"/],
    [['gc', '--keep', 'all'], /It has to be a whole number, such as 3/],
    [['gc', '--keep-days=-1'], /It has to be a number of days/],
  ];
  for (const [args, message] of questions) {
    const { code, stdout, stderr } = await almagest(...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, message);
  }
});

test('one catalogue that cannot be told hides no other, and has status 1', async () => {
  await bucket.storage.put(manifestKey(CATALOG, '2025-03-01'), new TextEncoder().encode('{'));
  const listed = await almagest('releases');
  assert.equal(listed.code, 1);
  assert.match(listed.stdout, /2025-03-01 .*unreadable\n/);
  assert.match(listed.stdout, /hipparcos\.stars .*latest\n/);
  assert.match(
    listed.stderr,
    /^almagest: dso\.objects\/2025-03-01\/manifest\.json is damaged: is not JSON\n$/,
  );
  await bucket.storage.put(pointerKey(CATALOG), new TextEncoder().encode('{'));
  const collected = await almagest('gc');
  assert.equal(collected.code, 1);
  assert.match(collected.stdout, /^hipparcos\.stars: removed 0 releases; 1 release kept\n$/);
  assert.match(
    collected.stderr,
    /nothing is removed from dso\.objects: its latest\.json is missing or damaged/,
  );
});

for (const command of ['releases', 'gc']) {
  test(`${command} --help has examples and the exit status`, async () => {
    const { code, stdout } = await almagest(command, '--help');
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`almagest ${command} survey\\.stars`));
    assert.match(stdout, /Exit status: 0 when/);
  });
}
