import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../catalog-export/database/connect.ts';
import { openDatabase } from '../cli/postgres/database.ts';
import { bundleWorkers } from '../cli/service/bundle.ts';
import type { WorkerName } from '../cli/service/wrangler.ts';
import { readSettings } from '../cli/settings.ts';
import { almagest, processesOf, until, workerdOf } from './almagest.ts';
import { demoBucket } from './demo-release.ts';
import { type Answer, request } from './http.ts';
import { bundlesFolder } from './service.ts';

/** Longer than any answer here takes; what takes longer hangs. */
const HANGS = 60_000;

/** Some sixty megabytes: more than waits in the buffers of those who pass it on. */
const STARS =
  'SELECT s.*, o.* FROM hipparcos.stars AS s JOIN dso.objects AS o ON FLOOR(s.ra) = FLOOR(o.ra) WHERE s.vmag < 6.5';
const FEW = 'SELECT TOP 3 id FROM dso.objects';

/** Seconds of work before there is a row. */
const LONG = {
  postgresql:
    'SELECT COUNT(*) AS n FROM dso.objects AS a, dso.objects AS b WHERE a.ra + b.dec < a.dec - b.ra AND a.id < b.id',
  duckdb:
    'SELECT COUNT(*) AS n FROM hipparcos.stars AS a JOIN hipparcos.stars AS b ON FLOOR(a.ra / 2) = FLOOR(b.ra / 2) WHERE a.dec < b.dec',
} as const;

type Engine = keyof typeof LONG;

/** A worker, the whole database server, or the process of it that runs the query. */
type Victim = WorkerName | 'postgresql' | 'session';

/** What came of a query: an answer, or null where the connection was cut. */
type Outcome = Answer | null;

/** Who is killed while which engine answers. */
const CASES: readonly [Victim, Engine][] = [
  ['session', 'postgresql'],
  ['postgresql', 'postgresql'],
  ['tap', 'postgresql'],
  ['duckdb', 'duckdb'],
  ['edge', 'duckdb'],
];

describe('processes that are killed while queries run', { concurrency: false }, () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-tap-kill-'));
    await bundleWorkers(bundlesFolder);
    await symlink(bundlesFolder, join(folder, 'worker'));
    await cp(await demoBucket(), join(folder, 'bucket'), { recursive: true });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const [victim, engine] of CASES) {
    test(`${victim} while ${engine} answers: an error, or a body that is cut, and the next query works`, (t) =>
      withService(folder, async (service) => {
        const asked = ask(service, LONG[engine], engine, 'votable');
        await delay(700);
        await kill(service, victim);
        const outcome = await asked;
        if (victim === 'edge') assert.equal(outcome, null);
        else {
          assert.ok(outcome, 'the edge worker says what happened');
          assert.ok(outcome.status >= 500 && saysError(outcome), outcome.body.toString('utf8'));
        }
        for (const format of ['csv', 'votable/td']) {
          assert.ok(
            await until(() => answers(service, engine)),
            `${engine} does not answer:\n${service.output()}`,
          );
          const answer = await begin(service, STARS, engine, format);
          assert.equal(answer.statusCode, 200);
          await kill(service, victim);
          const cut = await inTime(service, rest(answer));
          assert.ok(cut === null || saysError(cut), `${format}: ${cut?.body.length} bytes`);
          t.diagnostic(`${format}: ${cut === null ? 'cut' : 'error'}`);
        }
        await assertHealthy(service);
      }));
  }

  test('without a choice of engine PostgreSQL takes over from a DuckDB that is killed', () =>
    withService(folder, async (service) => {
      const asked = ask(service, LONG.duckdb, '', 'csv');
      await delay(300);
      await kill(service, 'duckdb');
      const outcome = await asked;
      assert.equal(outcome?.status, 200, outcome?.body.toString('utf8'));
      assert.equal(outcome!.headers['almagest-engine'], 'postgresql');
      assert.equal(rowsOf(outcome!), 1);
      await assertHealthy(service);
    }));
});

interface Service {
  readonly folder: string;
  readonly url: string;
  readonly output: () => string;
}

/** With the supervision of `npm start`, and no memory of answers. */
async function withService(folder: string, work: (service: Service) => Promise<void>): Promise<void> {
  const run = almagest(['start'], { ALMAGEST_DATA: folder, PORT: '0', ANSWER_MEMORY_BYTES: '0' });
  try {
    const [, url] = await run.printed(/Front page\s+(http:\S+)\//);
    await work({ folder, url: url!, output: run.output });
  } finally {
    await run.stop();
  }
  assert.deepEqual(processesOf(folder), []);
}

function address(service: Service, QUERY: string, ENGINE: string, FORMAT: string): string {
  const parameters = new URLSearchParams({ LANG: 'ADQL', MAXREC: '10000000', QUERY, ENGINE, FORMAT });
  return `${service.url}/tap/sync?${parameters}`;
}

function ask(service: Service, query: string, engine: string, format: string): Promise<Outcome> {
  return inTime(
    service,
    request(address(service, query, engine, format)).catch(() => null),
  );
}

/** An answer of which the beginning is there; whoever sends it waits for somebody to take the rest. */
async function begin(service: Service, query: string, engine: string, format: string) {
  const outgoing = get(address(service, query, engine, format), { agent: false });
  const [incoming] = await once(outgoing, 'response');
  return incoming as IncomingMessage;
}

async function rest(incoming: IncomingMessage): Promise<Outcome> {
  try {
    const body = Buffer.concat(await incoming.toArray());
    return { status: incoming.statusCode!, headers: incoming.headers, body };
  } catch {
    return null;
  }
}

/** @throws AssertionError where nothing comes. */
async function inTime(service: Service, coming: Promise<Outcome>): Promise<Outcome> {
  const outcome = await Promise.race([coming, delay(HANGS, 'hangs' as const, { ref: false })]);
  if (outcome === 'hangs') assert.fail(`a query hangs:\n${service.output()}`);
  return outcome;
}

async function kill({ folder }: Service, victim: Victim): Promise<void> {
  if (victim !== 'postgresql' && victim !== 'session') {
    return void process.kill(workerdOf(folder, victim), 'SIGKILL');
  }
  const file = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8');
  const postmaster = Number.parseInt(file, 10);
  const children = () =>
    execFileSync('ps', ['--ppid', `${postmaster}`, '-o', 'pid=,args='], { encoding: 'utf8' })
      .trim()
      .split('\n');
  const sessions = () => children().filter((line) => /almagest_reader .*SELECT/.test(line));
  assert.ok(await until(() => sessions().length > 0), 'no query runs in PostgreSQL');
  const victims = victim === 'session' ? sessions() : [`${postmaster}`, ...children()];
  for (const line of victims) process.kill(Number.parseInt(line, 10), 'SIGKILL');
}

/** Every engine answers, and PostgreSQL holds no session of TAP's. */
async function assertHealthy(service: Service): Promise<void> {
  for (const engine of ['scan', 'duckdb', 'postgresql']) {
    assert.ok(await until(() => answers(service, engine)), `${engine} does not answer:\n${service.output()}`);
  }
  const none = await until(async () => (await readerSessions(service)) === 0);
  assert.ok(none, 'sessions that nobody uses are open');
}

async function answers(service: Service, engine: string): Promise<boolean> {
  const answer = await ask(service, FEW, engine, 'csv');
  return answer?.status === 200 && rowsOf(answer) === 3;
}

async function readerSessions({ folder }: Service): Promise<number> {
  const database = await openDatabase(readSettings({ ALMAGEST_DATA: folder }));
  try {
    const client = await connect(database.url);
    const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename LIKE 'almagest_reader%'`;
    const { rows } = await client.query(sql).finally(() => client.end());
    return rows[0].n;
  } finally {
    await database.close();
  }
}

function rowsOf({ body }: Answer): number {
  return body.toString('utf8').trimEnd().split('\n').length - 1;
}

function saysError({ body }: Answer): boolean {
  return /<INFO name="QUERY_STATUS" value="ERROR">[^<]*\S/.test(body.toString('utf8'));
}
