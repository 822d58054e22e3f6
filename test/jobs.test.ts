import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import type { JobDocument } from '../edge/jobs/documents/job-document.ts';
import { until } from './almagest.ts';
import { type RunningWorkers, startService } from './service.ts';

const QUERY = 'SELECT id, name FROM dso.objects WHERE magnitude < 5 ORDER BY id';
const JSON_ONLY = { accept: 'application/json' };

describe('jobs as npm start runs them', { concurrency: false }, () => {
  let folder: string;
  let service: RunningWorkers;
  let owner: pg.Client;
  let cookie = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-jobs-test-'));
    service = await startService({
      tap: true,
      duckdb: false,
      jobs: folder,
      database: true,
      // Of the addresses of this machine's own, this one alone.
      variables: { NETWORK: '127.0.0.1/32' },
    });
    owner = await connect(service.databaseUrl!);
  });
  after(async () => {
    await owner?.end();
    await service?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs a query by PostgreSQL, and gives the address of the job. */
  async function run(fields: Record<string, string> = {}): Promise<string> {
    const parameters = { QUERY, ENGINE: 'postgresql', RESPONSEFORMAT: 'csv', PHASE: 'RUN', ...fields };
    const response = await fetch(`${service.url}/tap/async`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
      headers: { cookie },
      redirect: 'manual',
    });
    assert.equal(response.status, 303, await response.text());
    cookie ||= response.headers.get('set-cookie')!.split(';', 1)[0]!;
    return response.headers.get('location')!;
  }

  async function read(job: string, parameters = ''): Promise<JobDocument> {
    return (await fetch(`${job}${parameters}`, { headers: JSON_ONLY })).json() as Promise<JobDocument>;
  }

  /** The job when it is over; a worker that is down meanwhile is waited for. */
  async function ended(job: string): Promise<JobDocument> {
    let document: JobDocument | null = null;
    const over = await until(async () => {
      document = await read(job).catch(() => null);
      return document !== null && ['COMPLETED', 'ERROR', 'ABORTED'].includes(document.phase);
    });
    assert.ok(over, `the job goes on: ${JSON.stringify(document)}\n${service.lines.join('\n')}`);
    return document!;
  }

  async function assertAnswered(job: string): Promise<void> {
    const { phase, results, errorSummary } = await ended(job);
    assert.equal(phase, 'COMPLETED', JSON.stringify(errorSummary));
    const sync = new URLSearchParams({ LANG: 'ADQL', QUERY, RESPONSEFORMAT: 'csv' });
    const expected = await (await fetch(`${service.url}/tap/sync?${sync}`)).text();
    assert.ok(expected.split('\r\n').length > 3);
    assert.equal(await (await fetch(results[0]!.href)).text(), expected);
  }

  const phases = (jobs: readonly string[]) =>
    Promise.all(jobs.map(async (job) => (await fetch(`${job}/phase`)).text()));

  /** Queries of TAP that are in PostgreSQL. */
  async function queries(): Promise<number> {
    const { rows } = await owner.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename LIKE 'almagest_reader%' AND state = 'active'`,
    );
    return rows[0].n;
  }

  const waits = (count: number) => until(async () => (await queries()) === count);

  /** Has queries of the table wait in PostgreSQL while something is done, which can have them go on. */
  async function whileTheyWait(work: (goOn: () => Promise<void>) => Promise<void>): Promise<void> {
    const locker = await connect(service.databaseUrl!);
    try {
      await locker.query('BEGIN; LOCK TABLE dso.objects IN ACCESS EXCLUSIVE MODE');
      await work(async () => void (await locker.query('COMMIT')));
    } finally {
      await locker.end();
    }
  }

  const stored = async () =>
    (await readdir(join(folder, 'results'), { recursive: true })).filter((name) => name.includes('/results'));

  test('a job is answered as the query is, and goes with its result', async () => {
    const job = await run();
    await assertAnswered(job);
    assert.equal((await stored()).length, 2);
    assert.equal((await fetch(job, { method: 'DELETE', redirect: 'manual' })).status, 303);
    assert.equal((await fetch(job)).status, 404);
    assert.deepEqual(await readdir(join(folder, 'results')), []);
  });

  test('of files whose client leaves, or that are too many, nothing is kept', async () => {
    const files = async () =>
      (await readdir(join(folder, 'results'), { recursive: true })).filter((name) => name.includes('/files'));
    const begin =
      '--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n';
    const socket = createConnection(Number(new URL(service.url).port), '127.0.0.1');
    socket.write(
      `POST /tap/async HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=xyz\r\nContent-Length: 9000000\r\n\r\n${begin}`,
    );
    socket.write(Buffer.alloc(5_000_000, 'id\r\n'));
    assert.ok(await until(async () => (await files()).length > 0), 'the file comes while it is sent');
    socket.destroy();
    const gone = async () => (await files()).length === 0;
    assert.ok(await until(gone), `${await files()}`);

    const form = new FormData();
    form.set('file', new File([new Uint8Array(40_000_000)], 'a.csv'));
    const answer = await fetch(`${service.url}/tap/async`, { method: 'POST', body: form });
    assert.equal(answer.status, 413);
    assert.match(await answer.text(), /The body is longer than 37748736 bytes/);
    assert.ok(await until(gone), `${await files()}`);
  });

  test('an error after the first rows is an ERROR with its words, whatever the format', async () => {
    const late = 'SELECT 1 / (24000 - source_id) AS x FROM hipparcos.stars ORDER BY source_id';
    for (const RESPONSEFORMAT of ['csv', 'votable', 'parquet']) {
      const { phase, errorSummary, results } = await ended(await run({ QUERY: late, RESPONSEFORMAT }));
      assert.deepEqual([phase, errorSummary?.type, results], ['ERROR', 'fatal', []]);
      assert.match(errorSummary!.message, /^Division by zero/);
    }
    assert.deepEqual(await stored(), []);
  });

  test('twenty run at once, another waits its turn, and cones are answered meanwhile', () =>
    whileTheyWait(async (goOn) => {
      const jobs: string[] = [];
      for (let at = 0; at < 20; at += 1) jobs.push(await run());
      const last = await run();
      assert.ok(await waits(20));
      assert.deepEqual(new Set(await phases(jobs)), new Set(['EXECUTING']));
      assert.deepEqual(await phases([last]), ['QUEUED']);
      const cone = await fetch(`${service.url}/scs/hipparcos.stars?RA=101.287&DEC=-16.716&SR=0.1`);
      assert.equal(cone.status, 200);
      const waiting = read(last, '?WAIT=60&PHASE=QUEUED');
      await goOn();
      assert.notEqual((await waiting).phase, 'QUEUED');
      for (const job of [...jobs, last]) await assertAnswered(job);
    }));

  test('ABORT, DELETE and the end of its time stop the query in PostgreSQL', () =>
    whileTheyWait(async () => {
      const [aborted, destroyed] = [await run(), await run()];
      const timed = await run({ EXECUTIONDURATION: '2' });
      assert.ok(await waits(3));
      await fetch(`${aborted}/phase`, { method: 'POST', body: new URLSearchParams({ PHASE: 'ABORT' }) });
      await fetch(destroyed!, { method: 'DELETE' });
      assert.ok(await waits(0), 'queries go on');
      assert.equal((await read(aborted!)).phase, 'ABORTED');
      const { phase, errorSummary } = await ended(timed);
      assert.equal(phase, 'ABORTED');
      assert.match(errorSummary!.message, /longer than its executionDuration, 2 s/);
    }));

  for (const victim of ['jobs', 'tap', 'session'] as const) {
    test(`${victim} is killed while a job runs: it begins once more, without anybody asking`, () =>
      whileTheyWait(async (goOn) => {
        const job = await run();
        const killed = await waitingProcess();
        if (victim === 'session') await owner.query('SELECT pg_terminate_backend($1)', [killed]);
        else process.kill(service.pid(victim), 'SIGKILL');
        await waitingProcess(killed);
        await goOn();
        await assertAnswered(job);
        assert.ok(await waits(0));
        const [attempt] = (await stored()).filter((name) => name.startsWith(job.split('/').at(-1)!));
        assert.match(attempt!, /results-2$/);
      }));
  }

  test('killed twice it is an ERROR; the list of jobs outlives it all', async () => {
    const job = await whileItRuns();
    const { phase, errorSummary } = await ended(job);
    assert.deepEqual([phase, errorSummary?.type], ['ERROR', 'transient']);
    assert.match(errorSummary!.message, /stopped while the job ran/);
    const list = await (
      await fetch(`${service.url}/tap/async`, { headers: { cookie, ...JSON_ONLY } })
    ).json();
    const { jobs } = list as { jobs: { href: string }[] };
    assert.ok(jobs.length > 20 && jobs.at(-1)!.href === job);
    const others = await (await fetch(`${service.url}/tap/async`, { headers: JSON_ONLY })).json();
    assert.deepEqual((others as { jobs: unknown[] }).jobs, []);
  });

  async function whileItRuns(): Promise<string> {
    let job = '';
    await whileTheyWait(async () => {
      job = await run();
      let killed = 0;
      for (let times = 0; times < 2; times += 1) {
        killed = await waitingProcess(killed);
        process.kill(service.pid('jobs'), 'SIGKILL');
      }
    });
    return job;
  }

  /** The process in PostgreSQL of the one query that waits for the table, and no more of the one before. */
  async function waitingProcess(before = 0): Promise<number> {
    let found = 0;
    const waits = await until(async () => {
      const { rows } = await owner.query(
        `SELECT pid, wait_event_type AS waits_for FROM pg_stat_activity WHERE usename LIKE 'almagest_reader%' AND state = 'active'`,
      );
      found = rows.length === 1 && rows[0].waits_for === 'Lock' ? rows[0].pid : 0;
      return found !== 0 && found !== before;
    });
    assert.ok(waits, `no query waits:\n${service.lines.join('\n')}`);
    return found;
  }

  test('a note arrives at its end, and never at an address that is not allowed', async () => {
    const notes: JobDocument[] = [];
    const server = createServer((request, response) => {
      void request.toArray().then((chunks) => {
        notes.push(JSON.parse(Buffer.concat(chunks).toString()));
        response.end();
      });
    });
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const allowed = await run({ WEBHOOK: `http://127.0.0.1:${port}/done` });
      const refused = await run({ WEBHOOK: `http://127.0.0.2:${port}/done` });
      const reason = async () => (await read(refused)).jobInfo?.notification.reason;
      assert.ok(await until(async () => (await reason()) === 'The address could not be reached.'));
      assert.ok(await until(async () => (await read(allowed)).jobInfo?.notification.state === 'sent'));
      assert.equal(notes.length, 1);
      const { jobInfo: _, ...note } = notes[0]!;
      const { jobInfo: __, ...document } = await read(allowed);
      assert.deepEqual(note, document);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
