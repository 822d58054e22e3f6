import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorkerd, type Workerd } from '../../cli/service/workerd.ts';
import type { Column } from '../../engine/catalog/column.ts';
import { type Manifest, releasePrefix } from '../../engine/catalog/manifest.ts';
import { askDuckdb } from '../../engine/duckdb/client.ts';
import { DuckdbError } from '../../engine/duckdb/duckdb-error.ts';
import type { DuckdbQuery, ReleaseTable } from '../../engine/duckdb/query.ts';
import { queryOf } from '../../engine/duckdb/test-answers.ts';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { testBundle } from '../../test/service.ts';
import { partitionPaths } from '../../test/stored-row-groups.ts';

const STARS = 'hipparcos.stars';

let bucket: ScratchBucket;
let manifest: Manifest;
let workerd: Workerd;
let runFolder: string;

before(async () => {
  bucket = await scratchBucket();
  manifest = await bucket.latest(STARS);
  count = { ...named('source_id'), name: 'count' };
  runFolder = await mkdtemp(join(tmpdir(), 'almagest-duckdb-'));
  workerd = await startWorkerd({
    bundle: await testBundle('duckdb'),
    bucketFolder: bucket.folder,
    runFolder,
    listen: { host: '127.0.0.1', port: 0 },
    log: () => {},
  });
});
after(async () => {
  await workerd?.close();
  await rm(runFolder, { recursive: true });
  await bucket.remove();
});

/** The worker, as it is bound to TAP's. */
const worker = {
  fetch: (url: string, init: RequestInit) =>
    fetch(url.replace('http://duckdb', `http://127.0.0.1:${workerd.port}`), init),
};

/** The stars as `t0`, with all their columns. */
function stars(): ReleaseTable {
  const { release, table } = manifest;
  const columns = [...table.columns.keys()];
  return { name: 't0', catalog: STARS, release, columns, healpix: false, ranges: null };
}

/** What the SQL calls a column. */
const c = (name: string) => `c${manifest.table.columns.findIndex((column) => column.name === name)}`;

const named = (name: string) => manifest.table.columns.find((column) => column.name === name)!;
let count: Column;

/** Values of an answer by column, and whether it is cut. */
async function ask(query: DuckdbQuery, columns: readonly Column[], signal: AbortSignal | null = null) {
  const values: unknown[][] = columns.map(() => []);
  const batches = askDuckdb(worker, query, columns, signal);
  for (;;) {
    const { value, done } = await batches.next();
    if (done) return { values, overflow: value.overflow };
    value.columns.forEach(({ data }, at) => {
      values[at]!.push(...data.values.slice(0, value.length));
    });
  }
}

const isFault = (fault: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof DuckdbError, String(error));
  assert.equal(error.fault, fault);
  assert.match(error.message, message);
  return true;
};

const counted = async (sql: string, table: ReleaseTable | null = null) =>
  Number((await ask(queryOf(sql, table), [count])).values[0]![0]);

const countTables = () => counted('SELECT COUNT(*) AS r0 FROM duckdb_tables()');

describe('answers', () => {
  test('rows, and whether there are more', async () => {
    const sql = `SELECT ${c('source_id')} AS r0, ${c('vmag')} AS r1 FROM t0 ORDER BY 2, 1`;
    const columns = [named('source_id'), named('vmag')];
    const all = await ask(queryOf(sql, stars()), columns);
    assert.equal(all.values[0]!.length, manifest.rows);
    assert.equal(all.values[0]![0], 32349n, 'Sirius');
    assert.equal(all.overflow, false);
    for (const rows of [1, 10, 5000]) {
      const some = await ask(queryOf(sql, stars(), { rows: rows + 1 }), columns);
      assert.deepEqual(some.values[0], all.values[0]!.slice(0, rows));
      assert.equal(some.overflow, true);
    }
    const exactly = await ask(queryOf(sql, stars(), { rows: manifest.rows + 1 }), columns);
    assert.equal(exactly.overflow, false);
  });

  test('to many at once', async () => {
    const sql = (limit: number) => `SELECT COUNT(*) AS r0 FROM t0 WHERE ${c('vmag')} < ${limit}`;
    const limits = Array.from({ length: 24 }, (_, at) => at / 2);
    const together = await Promise.all(limits.map((limit) => counted(sql(limit), stars())));
    for (const [at, limit] of limits.entries()) {
      assert.equal(await counted(sql(limit), stars()), together[at]);
    }
    assert.ok(together.at(-1)! > 100_000);
  });

  test('columns of other types than were asked for are a fault', async () => {
    await assert.rejects(
      ask(queryOf('SELECT 42 AS r0'), [count]),
      isFault('query', /columns of Int32 instead of Int64/),
    );
  });
});

describe('faults', () => {
  test('of a request that is none', async () => {
    const url = `http://127.0.0.1:${workerd.port}`;
    assert.equal((await fetch(`${url}/`)).status, 404);
    assert.equal((await fetch(`${url}/query`)).status, 405);
    const answer = await fetch(`${url}/query`, { method: 'POST', body: 'SELECT 1' });
    assert.equal(answer.status, 400);
    assert.match(((await answer.json()) as { message: string }).message, /is no query/);
  });

  test('of a statement, of memory, of time; then it answers again', async () => {
    const hungry = `SELECT SUM(LENGTH(r)) AS r0 FROM (SELECT DISTINCT repeat(CAST(${c('source_id')} AS VARCHAR), 1000) AS r FROM t0)`;
    const endless = `SELECT COUNT(*) AS r0 FROM t0 a, t1 b WHERE a.${c('ra')} * b.${c('dec')} < 1`;
    const faults = [
      ['SELECT nothing AS r0 FROM t0', 'query', /"nothing" not found/],
      [hungry, 'memory', /more memory/],
      [endless, 'deadline', /too many pairs of rows/],
    ] as const;
    for (const [sql, fault, message] of faults) {
      const tables = ['t0', 't1'].map((name) => ({ ...stars(), name }));
      await assert.rejects(
        ask(queryOf(sql, null, { tables, deadline: 10_000 }), [count]),
        isFault(fault, message),
      );
      assert.equal(await counted('SELECT COUNT(*) AS r0 FROM t0', stars()), manifest.rows);
    }
  });

  test('of a damaged release', async () => {
    const catalog = 'dso.objects';
    const damaged = await bucket.latest(catalog);
    const [path] = await partitionPaths(bucket.storage, damaged);
    const key = `${releasePrefix(catalog, damaged.release)}/${path}`;
    const bytes = new Uint8Array(await readFile(join(bucket.folder, key)));
    await bucket.storage.put(key, bytes.fill(7, 1000, 50_000));
    const columns = [...damaged.table.columns.keys()];
    const table = { ...stars(), catalog, release: damaged.release, columns };
    await assert.rejects(
      counted('SELECT COUNT(*) AS r0 FROM t0', table),
      isFault('release', /its checksum differs/),
    );
  });

  test('of a worker that cannot be reached', async () => {
    const nowhere = { fetch: () => fetch('http://127.0.0.1:1/query') };
    await assert.rejects(
      askDuckdb(nowhere, queryOf('SELECT 1 AS r0'), [count], null).next(),
      isFault('trap', /cannot be reached/),
    );
  });
});

test('when whoever asked leaves in the midst of an answer, the query ends and its tables go', async () => {
  await counted('SELECT COUNT(*) AS r0 FROM t0', stars());
  const before = await countTables();
  const ranges = { start: ['0'], end: [String(12n << 58n)] };
  const rows = { ...stars(), ranges };
  const query = queryOf('SELECT a.* FROM t0 a, t0 b', rows, { rows: 1e12, deadline: 1e12 });
  const left = new AbortController();
  const response = await worker.fetch('http://duckdb/query', {
    method: 'POST',
    body: JSON.stringify(query),
    signal: left.signal,
  });
  assert.equal(response.status, 200);
  const reader = response.body!.getReader();
  await reader.read();
  assert.equal(await countTables(), before + 1);
  left.abort();
  while ((await countTables()) > before) await sleep(50);
});

test('the upload fits the 10 MB that Cloudflare allows', async () => {
  const { output } = await testBundle('duckdb');
  const [, kilobytes] = /gzip: ([\d.]+) KiB/.exec(output)!;
  assert.ok(Number(kilobytes) * 1024 < 10e6, output);
});
