import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import { startTestDatabase, type TestDatabase } from '../../test/postgres.ts';
import type { PostgresAccess } from './access.ts';
import { accessOf, answer, columnOf, query } from './test-queries.ts';

const INT = [columnOf('int')];
/** Rows that PostgreSQL makes one by one, slowly and as fast as it can, for longer than anybody waits. */
const SLOW =
  'SELECT n FROM (SELECT generate_series(1, 1000000000) AS n) AS s WHERE pg_sleep(0.01)::text IS NOT NULL';
const ENDLESS = 'SELECT n FROM (SELECT generate_series(1, 1000000000) AS n) AS s';

let server: TestDatabase;
let access: PostgresAccess;
let admin: pg.Client;
test.before(async () => {
  server = await startTestDatabase();
  access = accessOf(server.url);
  admin = await connect(server.url);
});
test.after(async () => {
  await admin.end();
  await server.close();
});

interface Activity {
  readonly pid: number;
  readonly state: string;
  readonly query: string;
}

/** Sessions on the server but this test's own. */
async function sessions(): Promise<Activity[]> {
  const { rows } = await admin.query<Activity>(
    `SELECT pid, state, query FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()`,
  );
  return rows;
}

/** Waits until no session is left; much longer than that takes. */
async function noneLeft(): Promise<void> {
  for (let left = 6000; ; left--) {
    const open = await sessions();
    if (open.length === 0) return;
    assert.ok(left > 0, `still there: ${JSON.stringify(open)}`);
    await sleep(10);
  }
}

async function running(): Promise<Activity> {
  for (;;) {
    const [session] = (await sessions()).filter(
      ({ state, query }) => state === 'active' && /SELECT n/.test(query),
    );
    if (session) return session;
    await sleep(5);
  }
}

test('rows come in the order of the query, in batches', async () => {
  const batches = query(access, 'SELECT n FROM generate_series(1, 100000) AS s(n)', INT, { rows: 100_000 });
  let expected = 1;
  let count = 0;
  for await (const batch of batches) {
    for (const value of batch.columns[0]!.data.values) assert.equal(value, expected++);
    count++;
  }
  assert.equal(expected, 100_001);
  assert.ok(count > 2 && count < 100, `${count} batches`);
  await noneLeft();
});

test('a row larger than a batch comes whole', async () => {
  const sql = `SELECT repeat('é', 2000000) FROM generate_series(1, 3)`;
  const { rows } = await answer(access, sql, [columnOf('unicodeChar')]);
  assert.deepEqual(
    rows.map(([text]) => (text as string) === 'é'.repeat(2_000_000)),
    [true, true, true],
  );
});

test('a query without rows has none', async () => {
  const sql = 'SELECT n FROM generate_series(1, 0) AS s(n)';
  assert.deepEqual(await answer(access, sql, INT), { rows: [], overflow: false });
});

for (const [limit, given, overflow] of [
  [10, 10, false],
  [9, 9, true],
  [0, 0, true],
  [11, 10, false],
] as const) {
  test(`of ten rows ${limit} at most are ${given}, ${overflow ? 'with' : 'without'} an overflow`, async () => {
    const answered = await answer(access, 'SELECT n FROM generate_series(1, 10) AS s(n)', INT, {
      rows: limit,
    });
    assert.deepEqual(answered, { rows: Array.from({ length: given }, (_, n) => [n + 1]), overflow });
    await noneLeft();
  });
}

test('the limit of rows ends a query that would never end', async () => {
  const { rows, overflow } = await answer(access, ENDLESS, INT, { rows: 12_345 });
  assert.deepEqual([rows.length, rows.at(-1)![0], overflow], [12_345, 12_345, true]);
  await noneLeft();
});

test('it is a transaction that reads, in UTC, with a time limit of its own', async () => {
  const columns = ['char', 'char', 'char'].map((datatype) => columnOf(datatype as 'char'));
  const sql = `SELECT current_setting('transaction_read_only'), current_setting('timezone'), current_setting('statement_timeout')`;
  const { rows } = await answer(access, sql, columns, { seconds: 60 });
  assert.deepEqual(rows, [['on', 'UTC', '16min']]);
});

test('how the server is set up does not show', async () => {
  await admin.query(`
    CREATE ROLE odd LOGIN PASSWORD 'odd';
    ALTER ROLE odd SET datestyle = 'German';
    ALTER ROLE odd SET timezone = 'Asia/Kolkata';
    ALTER ROLE odd SET extra_float_digits = 0;
    ALTER ROLE odd SET standard_conforming_strings = off;
    ALTER ROLE odd SET client_encoding = 'LATIN1'`);
  const sql = `SELECT (timestamptz '2026-11-21 12:00Z')::text, (0.1::float8 + 0.2)::text, '\\né', timestamptz '2026-11-21 12:00Z'`;
  const columns = ['char', 'char', 'unicodeChar'].map((datatype) => columnOf(datatype as 'char'));
  const odd = { ...access, user: 'odd', password: 'odd' };
  const { rows } = await answer(odd, sql, [...columns, columnOf('char', { xtype: 'timestamp' })]);
  const noon = BigInt(Date.UTC(2026, 10, 21, 12)) * 1000n;
  assert.deepEqual(rows, [['2026-11-21 12:00:00+00', '0.30000000000000004', '\\né', noon]]);
});

test('a query that takes longer than it may is stopped, in PostgreSQL too', async () => {
  await assert.rejects(answer(access, 'SELECT 1 FROM pg_sleep(60)', INT, { seconds: 0.2 }), {
    name: 'PostgresError',
    fault: 'deadline',
    message: /the query took longer than 0.2 s, .* TOP/,
  });
  await noneLeft();
});

test('the time in which the rows are read by their reader does not count', async () => {
  const batches = query(access, ENDLESS, INT, { rows: 60_000, seconds: 2 });
  let rows = 0;
  for await (const batch of batches) {
    rows += batch.length;
    await sleep(800);
  }
  assert.equal(rows, 60_000);
});

test('rows are not read before they are asked for', async () => {
  const batches = query(access, ENDLESS, INT, { rows: 1e9 });
  await batches.next();
  for (let waits = false; !waits; await sleep(10)) {
    const { rows } = await admin.query(
      `SELECT wait_event FROM pg_stat_activity WHERE query LIKE 'SELECT n FROM%' AND pid <> pg_backend_pid()`,
    );
    assert.equal(rows.length, 1);
    waits = rows[0].wait_event === 'ClientWrite';
  }
  await batches.return({ overflow: false });
  await noneLeft();
});

test('an answer that is left half-way leaves nothing behind', async () => {
  for await (const _ of query(access, ENDLESS, INT, { rows: 1e9 })) break;
  await noneLeft();
});

test('an aborted signal stops a query before its first row', async () => {
  const stop = new AbortController();
  const answered = answer(access, SLOW, INT, { signal: stop.signal, rows: 1e9 });
  answered.catch(() => {});
  await running();
  stop.abort();
  await assert.rejects(answered, { fault: 'cancelled', message: /its client left/ });
  await noneLeft();
});

test('an aborted signal stops a query whose rows nobody asks for any more', async () => {
  const stop = new AbortController();
  const batches = query(access, ENDLESS, INT, { rows: 1e9, signal: stop.signal });
  await batches.next();
  stop.abort();
  await noneLeft();
  await assert.rejects(batches.next(), { fault: 'cancelled' });
});

test('a query whose worker is killed is stopped, though it has no row to send', async () => {
  const child = fork(new URL('./test-worker.ts', import.meta.url), [JSON.stringify(access)]);
  await running();
  child.kill('SIGKILL');
  await noneLeft();
});

test('a signal that was aborted before starts nothing', async () => {
  await assert.rejects(answer(access, SLOW, INT, { signal: AbortSignal.abort() }), { fault: 'cancelled' });
  assert.deepEqual(await sessions(), []);
});

test('a query that was made and never read connects nowhere', async () => {
  const batches = query({ ...access, port: 1 }, SLOW, INT);
  assert.deepEqual(await batches.return({ overflow: false }), { done: true, value: { overflow: false } });
});

test('twenty queries run side by side, each on its own connection', async () => {
  const sql = 'SELECT pg_backend_pid() FROM pg_sleep(0.3)';
  const answers = await Promise.all(Array.from({ length: 20 }, () => answer(access, sql, INT)));
  assert.equal(new Set(answers.map(({ rows }) => rows[0]![0])).size, 20);
  await noneLeft();
});
