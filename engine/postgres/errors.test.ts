import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../catalog-export/database/connect.ts';
import { startTestDatabase, type TestDatabase } from '../../test/postgres.ts';
import type { Batch } from '../table/result.ts';
import type { PostgresAccess } from './access.ts';
import type { PostgresError } from './errors.ts';
import { accessOf, answer, columnOf, query } from './test-queries.ts';

const DOUBLE = [columnOf('double')];

let server: TestDatabase;
let access: PostgresAccess;
test.before(async () => {
  server = await startTestDatabase();
  access = accessOf(server.url);
});
test.after(() => server.close());

async function admin(sql: string): Promise<void> {
  const client = await connect(server.url);
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function failure(sql: string, at: PostgresAccess = access): Promise<PostgresError> {
  return answer(at, sql, DOUBLE, { seconds: 60 }).then(
    () => assert.fail('it was answered'),
    (error) => error,
  );
}

const FAULTS: [sql: string, sqlState: string, fault: string, message: RegExp][] = [
  ['SELECT 1 / (SELECT 0)', '22012', 'query', /^division by zero: .* CASE/],
  [
    'SELECT (2147483647 + (SELECT 1))::float8',
    '22003',
    'query',
    /a number is out of range \(integer out of range\): .* CAST/,
  ],
  ['SELECT exp((SELECT 1e6::float8))', '22003', 'query', /value out of range: overflow/],
  ["SELECT (SELECT 'abc'::text)::float8", '22P02', 'query', /a text is not a value .*"abc"/],
  [
    'SELECT sqrt((SELECT -1::float8))',
    '2201F',
    'query',
    /not a real number \(cannot take square root of a negative number\)/,
  ],
  ['SELECT ln((SELECT 0::float8))', '2201E', 'query', /a logarithm of zero/],
  [
    "SELECT extract(year FROM (SELECT '2026-02-30'::text)::timestamp)",
    '22008',
    'query',
    /cannot compute a value .*out of range/,
  ],
  [
    'SELECT (SELECT n FROM generate_series(1, 2) AS s(n))',
    '21000',
    'query',
    /a subquery that must give one value gave several/,
  ],
  [
    'SELECT ra FROM survey.gone',
    '42P01',
    'release',
    /has a release, but the database no longer has it .*"survey.gone" does not exist/,
  ],
  [
    'SELECT gone FROM pg_class',
    '42703',
    'release',
    /no longer has it as it was published .*column "gone" does not exist/,
  ],
  ['SELECT nonsense(1)', '42883', 'internal', /^the database could not run the query$/],
  ['SELEC 1', '42601', 'internal', /^the database could not run the query$/],
];

for (const [sql, sqlState, fault, message] of FAULTS) {
  test(`${sql} is ${fault}`, async () => {
    const error = await failure(sql);
    assert.deepEqual([error.name, error.sqlState, error.fault], ['PostgresError', sqlState, fault]);
    assert.match(error.message, message);
    assert.ok(error.cause instanceof Error);
  });
}

test('an error after the first rows is told too', async () => {
  const sql = 'SELECT 1.0::float8 / (50000 - generate_series(1, 60000))';
  const batches = query(access, sql, DOUBLE, { rows: 100_000 });
  const first = await batches.next();
  assert.ok(!first.done && first.value.length > 0);
  await assert.rejects(
    async () => {
      for await (const _ of batches);
    },
    { fault: 'query', sqlState: '22012' },
  );
});

test('a server that is not there, not PostgreSQL, or does not know the user is unavailable', async () => {
  const stranger = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const { port } = stranger.address() as { port: number };
  const { message, fault } = await failure('SELECT 1', { ...access, port });
  stranger.close();
  assert.equal(fault, 'unavailable');
  assert.match(message, /the database cannot be reached/);

  const refused = await failure('SELECT 1', { ...access, port });
  assert.equal(refused.fault, 'unavailable');
  const wrong = await failure('SELECT 1', { ...access, password: 's3cret' });
  assert.deepEqual([wrong.fault, wrong.sqlState], ['unavailable', '28P01']);
  const nowhere = await failure('SELECT 1', { ...access, database: 'nope' });
  assert.deepEqual([nowhere.fault, nowhere.sqlState], ['unavailable', '3D000']);
  for (const error of [refused, wrong, nowhere]) assert.doesNotMatch(error.message, /s3cret|127\.0\.0\.1/);
});

test('as many queries as the role may run, and one that is turned away', async () => {
  await admin(`CREATE ROLE few LOGIN PASSWORD 'few' CONNECTION LIMIT 1`);
  const few = { ...access, user: 'few', password: 'few' };
  const batches = query(few, 'SELECT n::float8 FROM generate_series(1, 1000000) AS s(n)', DOUBLE, {
    rows: 1e6,
  });
  await batches.next();
  const turned = await failure('SELECT 1', few);
  assert.deepEqual([turned.fault, turned.sqlState], ['unavailable', '53300']);
  assert.match(turned.message, /as many queries run as the database takes: try again in a minute/);
  await batches.return({ overflow: false });
});

test('a table that may not be read', async () => {
  await admin(`CREATE ROLE nobody LOGIN PASSWORD 'nobody'; CREATE TABLE closed AS SELECT 1 AS ra`);
  const { fault, sqlState, message } = await failure('SELECT ra FROM closed', {
    ...access,
    user: 'nobody',
    password: 'nobody',
  });
  assert.deepEqual([fault, sqlState], ['release', '42501']);
  assert.match(
    message,
    /does not let this service read a table of the query \(permission denied for table closed\)/,
  );
});

test('a query that needs more temporary space than it may', async () => {
  await admin(
    `CREATE ROLE small LOGIN PASSWORD 'small'; ALTER ROLE small SET temp_file_limit = '1MB'; ALTER ROLE small SET work_mem = '64kB'`,
  );
  const sql = 'SELECT n::float8 FROM generate_series(1, 1000000) AS s(n) ORDER BY n % 1000';
  const { fault, sqlState } = await failure(sql, { ...access, user: 'small', password: 'small' });
  assert.deepEqual([fault, sqlState], ['query', '53400']);
});

/** The server takes a moment to come back. */
async function answeredAgain(): Promise<unknown> {
  for (let left = 1000; ; left--) {
    const outcome = await answer(access, 'SELECT 1.0::float8', DOUBLE).catch((error: PostgresError) => error);
    if (!(outcome instanceof Error)) return outcome.rows[0]![0];
    assert.equal(outcome.fault, 'unavailable');
    assert.ok(left > 0, outcome.message);
    await sleep(50);
  }
}

for (const [how, kill] of [
  ['its process is killed', (pid: number) => process.kill(pid, 'SIGKILL')],
  ['its operator ends it', (pid: number) => admin(`SELECT pg_terminate_backend(${pid})`)],
] as const) {
  test(`a query whose database goes away (${how}) says so, and the next one is answered`, async () => {
    const sql = 'SELECT pg_backend_pid()::float8 FROM (SELECT generate_series(1, 1000000000)) AS s';
    const batches = query(access, sql, DOUBLE, { rows: 1e9 });
    const first = await batches.next();
    await kill((first.value as Batch).columns[0]!.data.values[0]!);
    await assert.rejects(
      async () => {
        for await (const _ of batches);
      },
      { name: 'PostgresError', fault: 'unavailable' },
    );
    assert.equal(await answeredAgain(), 1);
  });
}

test('a query that its operator cancels is not called too slow', async () => {
  const answered = failure('SELECT 1.0::float8 FROM pg_sleep(100)');
  const client = await connect(server.url);
  const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
                  WHERE state = 'active' AND query LIKE '%pg_sleep(100)%' AND pid <> pg_backend_pid()`;
  while ((await client.query(cancel)).rowCount === 0) await sleep(20);
  await client.end();
  const { fault, message } = await answered;
  assert.equal(fault, 'unavailable');
  assert.match(message, /stopped the query: its operator did/);
});
