import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parquetReadObjects } from 'hyparquet';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { migrate } from '../catalog-export/database/migrate.ts';
import { publishTable } from '../catalog-export/ingest/publish.ts';
import { storedReleases } from '../catalog-export/release/stored-releases.ts';
import { verifyFiles } from '../catalog-export/release/verify-files.ts';
import { recordedContents } from '../catalog-export/release/written-records.ts';
import { type Database, openDatabase } from '../cli/postgres/database.ts';
import { readPostmaster } from '../cli/postgres/process.ts';
import { readSettings } from '../cli/settings.ts';
import { releasePrefix } from '../engine/catalog/manifest.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import type { Storage } from '../engine/storage/storage.ts';
import { partitionPaths } from './stored-row-groups.ts';

/** ALMAGEST_KILLS=500: the same for longer. */
const KILLS = Number(process.env.ALMAGEST_KILLS ?? 50);
const ROWS = 10_000;
const MAX_ROWS = 1000;
const CATALOG = 'survey.stars';
/** Far more than an export takes: one that takes longer hangs. */
const HANG_MILLISECONDS = 120_000;
const silent = { start() {}, advance() {}, done() {} };

/** What is killed: the exporting process, its session's process in PostgreSQL, or all of PostgreSQL, as a power cut does it. */
const VICTIMS = ['exporter', 'session', 'exporter', 'server', 'exporter'] as const;
type Victim = (typeof VICTIMS)[number];

interface Site {
  readonly dataFolder: string;
  readonly bucketFolder: string;
  /** Where exports put what is only theirs. */
  readonly temporaryFolder: string;
  readonly storage: Storage;
  database: Database;
}

async function withSession<T>({ database }: Site, use: (client: pg.Client) => Promise<T>): Promise<T> {
  // PostgreSQL refuses sessions while it recovers.
  for (let attempt = 1; ; attempt += 1) {
    const client = await connect(database.url).catch((error) => {
      if (attempt === 600) throw error;
      return null;
    });
    if (client === null) {
      await delay(100);
      continue;
    }
    try {
      return await use(client);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

async function publishStars(site: Site): Promise<void> {
  await withSession(site, async (client) => {
    await migrate(client);
    await client.query(`
      CREATE SCHEMA survey;
      CREATE TABLE survey.stars (id int PRIMARY KEY, ra float8, dec float8, version int);
      INSERT INTO survey.stars
      SELECT id, 360 * random(), degrees(asin(2 * random() - 1)), 0 FROM generate_series(1, ${ROWS}) AS id`);
    const options = { main: {}, columns: null, description: null, metadata: new Map(), replace: false };
    await publishTable(client, CATALOG, options);
  });
}

/** Changes every row, so that every partition has to be written. */
async function change(site: Site): Promise<number> {
  return withSession(site, async (client) => {
    await client.query('UPDATE survey.stars SET version = version + 1');
    return (await client.query('SELECT max(version) AS version FROM survey.stars')).rows[0].version;
  });
}

/** An export in a process of its own, which waits for its beginning. */
interface Exporter {
  readonly child: ChildProcess;
  /** Resolves at the beginning. */
  begin(url: string): Promise<void>;
  /** What it said last, and null when it was killed before. */
  readonly ended: Promise<string | null>;
}

function exporter({ bucketFolder, temporaryFolder }: Site): Exporter {
  const script = fileURLToPath(new URL('export-process.ts', import.meta.url));
  const child = fork(script, [bucketFolder, CATALOG, `${MAX_ROWS}`], {
    env: { ...process.env, TMPDIR: temporaryFolder },
  });
  const ready = once(child, 'message');
  let last: string | null = null;
  const ended = once(child, 'exit').then(([code, signal]) => {
    if (signal === null) assert.equal(code, 0, 'an export that fails says so');
    return last;
  });
  ended.catch(() => {});
  return {
    child,
    ended,
    async begin(url) {
      assert.deepEqual((await ready)[0], 'ready');
      child.on('message', (message: string) => {
        if (message !== 'begin') last = message;
      });
      const begun = once(child, 'message');
      child.send(url);
      // Where it cannot even connect it says that and ends.
      await begun;
    },
  };
}

async function ended({ ended, child }: Exporter): Promise<string | null> {
  const hang = new AbortController();
  const hangs = delay(HANG_MILLISECONDS, null, { signal: hang.signal }).then(() => {
    child.kill('SIGKILL');
    throw new Error('the export hangs');
  });
  try {
    return await Promise.race([ended, hangs]);
  } finally {
    hang.abort();
    hangs.catch(() => {});
  }
}

async function exportWhole(site: Site): Promise<string | null> {
  const whole = exporter(site);
  await whole.begin(site.database.url);
  return ended(whole);
}

async function kill(victim: Victim, { child }: Exporter, site: Site): Promise<void> {
  if (victim === 'exporter') {
    child.kill('SIGKILL');
  } else if (victim === 'session') {
    // The lock on the catalogue is the session's. Without its process PostgreSQL starts all others anew.
    const held = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'`;
    const { rows } = await withSession(site, (client) => client.query<{ pid: number }>(held));
    for (const { pid } of rows) killed(pid);
  } else {
    const folder = readSettings({ ALMAGEST_DATA: site.dataFolder }).postgresFolder;
    const { pid } = readPostmaster(folder)!;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    for (const each of [pid, ...children.trim().split(' ').filter(Boolean).map(Number)]) killed(each);
    site.database = await openDatabase(readSettings({ ALMAGEST_DATA: site.dataFolder }));
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH');
  }
}

/** The version of the rows that readers see: one, in a release every file of which is as it was written. */
async function servedVersion({ storage }: Site): Promise<number> {
  const { pointer } = await storedReleases(storage, CATALOG);
  assert.ok(pointer, 'the pointer names a release');
  const { manifest, faults } = await verifyFiles(storage, CATALOG, pointer.release, silent);
  assert.deepEqual(faults, []);
  const versions = new Set<number>();
  let rows = 0;
  for (const path of await partitionPaths(storage, manifest!)) {
    const file = (await storage.get(`${releasePrefix(CATALOG, pointer.release)}/${path}`))!;
    const found = await parquetReadObjects({ file: file.buffer, columns: ['version'] });
    rows += found.length;
    for (const { version } of found) versions.add(version);
  }
  assert.equal(rows, ROWS);
  assert.equal(versions.size, 1, 'rows of one snapshot');
  return [...versions][0]!;
}

/** Contents of the partitions that killed exports have left to take over. */
async function leftPartitions(storage: Storage): Promise<Set<string>> {
  const { unfinished } = await storedReleases(storage, CATALOG);
  const contents = await Promise.all(
    unfinished.map((release) => recordedContents(storage, releasePrefix(CATALOG, release))),
  );
  return new Set(contents.flat());
}

/** That a whole export, which is over, has removed what killed ones left. */
async function assertTidy(site: Site): Promise<void> {
  const { storage, bucketFolder, temporaryFolder } = site;
  assert.deepEqual((await storedReleases(storage, CATALOG)).unfinished, []);
  const files = await readdir(join(bucketFolder, CATALOG), { recursive: true });
  const left = files.filter((name) => /(^|\/)(lease-|\.|written$)/.test(name));
  assert.deepEqual(left, [], 'no leases, records or half-written files');
  assert.deepEqual(await readdir(temporaryFolder), []);
  const locks = `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock'`;
  const { rows } = await withSession(site, (client) => client.query(locks));
  assert.equal(rows[0].n, 0);
}

async function killing(site: Site, t: TestContext): Promise<void> {
  let next = exporter(site);
  // Should the test fail, nothing may wait for it to begin.
  t.after(() => next.child.kill('SIGKILL'));
  assert.equal(await exportWhole(site), 'released 0');
  let current = await change(site);
  const timed = exporter(site);
  await timed.begin(site.database.url);
  const began = performance.now();
  assert.equal(await ended(timed), 'released 0');
  const duration = performance.now() - began;
  let served = await servedVersion(site);
  assert.equal(served, current);
  let outdated = new Set<string>();
  const counts = { early: 0, late: 0, failed: 0, resumed: 0 };
  for (let n = 0; n < KILLS; n += 1) {
    if (served === current) {
      current = await change(site);
      outdated = await leftPartitions(site.storage);
    }
    const running = next;
    next = exporter(site);
    await running.begin(site.database.url);
    // Spread over the export and a little beyond its end.
    await delay(duration * ((n % 11) + Math.random()) * 0.1);
    const victim = VICTIMS[n % VICTIMS.length]!;
    await kill(victim, running, site);
    const said = await ended(running);
    const before = served;
    served = await servedVersion(site);
    if (said !== null && /^(released|unchanged)/.test(said)) assert.equal(served, current);
    if (served === before) counts.early += 1;
    else {
      assert.equal(served, current, `after ${victim} was killed`);
      counts.late += 1;
    }
    if (said !== null && served === before) {
      counts.failed += 1;
      assert.doesNotMatch(said, /^\s+at /m, 'a message, not a stack');
    }
    if (n % 5 !== 4) continue;
    const contents = [...(await leftPartitions(site.storage))];
    const left = contents.filter((content) => !outdated.has(content)).length;
    const whole = await exportWhole(site);
    if (served === current) assert.equal(whole, 'unchanged');
    else assert.equal(whole, `released ${left}`, 'what was written before the kill is not written again');
    if (left > 0 && served !== current) counts.resumed += 1;
    served = await servedVersion(site);
    assert.equal(served, current);
    await assertTidy(site);
  }
  t.diagnostic(
    `an export takes ${Math.round(duration)} ms; of ${KILLS} kills ${counts.late} came after the release, ${counts.failed} were told by the exporter; ` +
      `${counts.resumed} exports had partitions of killed ones to take over`,
  );
  assert.ok(counts.early > KILLS / 4 && counts.resumed > 0);
}

test(`exporter and PostgreSQL killed at ${KILLS} moments: what is served is whole, and the next export goes on`, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-kill-'));
  const [dataFolder, bucketFolder, temporaryFolder] = ['data', 'bucket', 'temporary'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await Promise.all([dataFolder, bucketFolder, temporaryFolder].map((each) => mkdir(each)));
  const database = await openDatabase(readSettings({ ALMAGEST_DATA: dataFolder }));
  const site = { dataFolder, bucketFolder, temporaryFolder, database, storage: folderStorage(bucketFolder) };
  try {
    await publishStars(site);
    await killing(site, t);
  } finally {
    await site.database.close();
    await rm(folder, { recursive: true, force: true });
  }
});
