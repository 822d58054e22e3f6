import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import test, { after, before, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { type Answer, request } from './http.ts';
import { type RunningWorkers, startService } from './service.ts';

const SECONDS = 6;
/** Much longer than anything takes here. */
const PATIENCE = 60_000;
const STARS = 'SELECT source_id, ra, dec, vmag FROM hipparcos.stars';
/** 1.9 billion pairs: a minute, and no row before the last. */
const PAIRS =
  'SELECT COUNT(*) AS n FROM hipparcos.stars AS a, dso.objects AS b WHERE a.ra + b.dec < a.dec - b.ra';

describe('TAP on PostgreSQL, in workerd', { concurrency: false }, () => {
  let service: RunningWorkers;
  let owner: pg.Client;

  before(async () => {
    const variables = { TAP_SECONDS: String(SECONDS) };
    service = await startService({ tap: true, duckdb: false, database: true, variables });
    owner = await connect(service.databaseUrl!);
  });
  after(async () => {
    await owner?.end();
    await service?.close();
  });

  function address(QUERY: string, more: Record<string, string> = {}): string {
    const parameters = { LANG: 'ADQL', FORMAT: 'csv', ENGINE: 'postgresql', QUERY, ...more };
    return `${service.url}/tap/sync?${new URLSearchParams(parameters)}`;
  }

  const ask = (query: string, more?: Record<string, string>): Promise<Answer> =>
    request(address(query, more));

  async function sessions(): Promise<number> {
    const { rows } = await owner.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename LIKE 'almagest_reader%'`,
    );
    return rows[0].n;
  }

  async function untilSessions(wanted: (n: number) => boolean): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (let n = await sessions(); !wanted(n); n = await sessions()) {
      assert.ok(performance.now() < end, `${n} sessions`);
      await sleep(20);
    }
  }
  const noneLeft = () => untilSessions((n) => n === 0);

  test('all stars come, each once', async () => {
    const { status, headers, body } = await ask(STARS, { MAXREC: '200000' });
    assert.equal(status, 200, body.toString());
    assert.equal(headers['almagest-engine'], 'postgresql');
    const lines = body.toString().trimEnd().split('\n').slice(1);
    assert.equal(new Set(lines).size, 118_216);
    const { rows } = await owner.query(
      'SELECT source_id, ra FROM hipparcos.stars ORDER BY source_id LIMIT 1',
    );
    assert.ok(lines.some((line) => line.startsWith(`${rows[0].source_id},${rows[0].ra}`)));
    await noneLeft();
  });

  test("an error of a value is the query's, and says where it may be", async () => {
    const { status, body } = await ask('SELECT TOP 5 1 / (source_id - source_id) AS x FROM hipparcos.stars');
    assert.equal(status, 400);
    assert.match(body.toString(), /Division by zero: .* \(line 1, column \d+\)/);
    await noneLeft();
  });

  test('a query that takes too long is stopped in PostgreSQL too', async () => {
    const { status, body } = await ask(PAIRS);
    assert.equal(status, 400);
    assert.match(body.toString(), /took longer than 6 s/);
    await noneLeft();
  });

  test('a client that leaves in the middle of an answer leaves no query behind', async () => {
    const url = address('SELECT a.source_id, b.id FROM hipparcos.stars AS a, dso.objects AS b', {
      MAXREC: '10000000',
    });
    await new Promise<void>((resolve, reject) => {
      const outgoing = httpRequest(url, { agent: false }, (incoming) => {
        incoming.once('data', () => {
          outgoing.destroy();
          resolve();
        });
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    await noneLeft();
  });

  test('a client that is cut off before the first row leaves no query behind for long', async () => {
    const outgoing = httpRequest(address(PAIRS), { agent: false });
    outgoing.on('error', () => {});
    outgoing.end();
    await untilSessions((n) => n > 0);
    outgoing.socket!.resetAndDestroy();
    await noneLeft();
  });

  test('queries run side by side', async () => {
    const query =
      'SELECT COUNT(*) AS n FROM dso.objects AS a, dso.objects AS b WHERE a.id < b.id AND a.magnitude < 4';
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => ask(`${query} AND b.magnitude < ${n}`)),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      answers.map(() => 200),
    );
    await noneLeft();
  });

  test('a table that is released and gone from the database is said to be that', async () => {
    await owner.query('ALTER TABLE dso.objects RENAME TO elsewhere');
    try {
      const { status, body } = await ask('SELECT id FROM dso.objects WHERE magnitude < 3.3');
      assert.equal(status, 503);
      assert.match(body.toString(), /has a release, but the database no longer has it/);
    } finally {
      await owner.query('ALTER TABLE dso.elsewhere RENAME TO objects');
    }
    assert.equal((await ask('SELECT id FROM dso.objects WHERE magnitude < 3.3')).status, 200);
  });
});
