import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connect } from '../../../catalog-export/database/connect.ts';
import { parseTableName, quotedTable } from '../../../catalog-export/database/identifier.ts';
import { startDemoDatabase } from '../../demo-database.ts';
import { startService } from '../../service.ts';
import { ARCMIN, ARCSEC, conePath, randomCones } from '../cones.ts';
import { askAll, compare, figures, ratioOf, type Subject } from '../load.ts';
import { workerdUsage } from '../process.ts';
import { integer } from '../report.ts';
import type { Section } from '../section.ts';

/** Jobs that run at once. */
const JOBS = 20;
/** Seconds for which they run while cones are asked, and of the turns without them. */
const TURN = { whole: 60, quick: 4 };
/** Odd: of two the median would be the better one. */
const ROUNDS = 3;
const CONNECTIONS = 16;
const CONES = 20_000;
/** Of the requests a second without jobs. */
const LEAST = 0.8;
/** Seconds after which jobs that have not begun, or ended, never will. */
const PATIENCE = 30;

/** Cones while many jobs wait in PostgreSQL, and without jobs, in turns. */
export const jobsSection: Section = async ({ catalog, quick, say }, report) => {
  say('loading the database of TAP');
  const database = await startDemoDatabase(catalog.load);
  try {
    const service = await startService({
      bucketFolder: catalog.bucketFolder,
      tap: true,
      duckdb: false,
      jobs: true,
      database: database.reader,
    });
    try {
      say('filling the caches');
      const cones = randomCones(catalog.positions, CONES, [ARCSEC, 6 * ARCMIN], 'both');
      const paths = cones.map((cone) => conePath(`${service.url}/scs/${catalog.name}`, cone));
      await askAll(service.url, paths, CONNECTIONS);
      const alone: Subject = {
        name: 'without jobs',
        url: service.url,
        keepAlive: true,
        paths,
        cpu: () => workerdUsage(service.pid('edge'))?.cpu ?? null,
      };
      const beside: Subject = {
        ...alone,
        name: 'beside jobs',
        during: (turn) => whileJobsWait(service.url, database.url, catalog.name, turn),
      };
      const seconds = quick ? TURN.quick : TURN.whole;
      say(`cones beside ${JOBS} jobs of ${seconds} s: ${2 * ROUNDS} turns`);
      const options = { connections: CONNECTIONS, seconds: ROUNDS * seconds, warmUp: 2, rounds: ROUNDS };
      const [without, withJobs] = await compare([alone, beside], options);
      const ratio = ratioOf(withJobs!, without!, ({ requestsPerSecond }) => requestsPerSecond);
      report({
        what: `1″–6′ cones beside ${JOBS} jobs in PostgreSQL`,
        target: `> ${LEAST} of the requests/s without jobs`,
        measured: figures(withJobs!),
        bare: `without jobs: ${figures(without!)}`,
        ratio: ratio.median,
        spread: [ratio.least, ratio.greatest],
        ok: ratio.median > LEAST,
        values: { jobs: JOBS, jobSeconds: seconds, withoutJobs: without, besideJobs: withJobs },
      });
      if (without!.cpu === null || withJobs!.cpu === null) return;
      report({
        what: '  CPU time of the edge worker for each',
        target: null,
        measured: `${integer(withJobs!.cpu)} µs`,
        bare: `without jobs: ${integer(without!.cpu)} µs`,
        ratio: withJobs!.cpu / without!.cpu,
        ok: null,
        values: { besideJobsMicroseconds: withJobs!.cpu, withoutJobsMicroseconds: without!.cpu },
      });
    } finally {
      await service.close();
    }
  } finally {
    await database.close();
  }
};

/**
 * Does something while jobs are in PostgreSQL, where a lock keeps them waiting from before it until after it; then lets them end.
 * @throws Error where at the beginning or the end not all of them wait there, or where one does not end with its result.
 */
async function whileJobsWait<Result>(
  url: string,
  databaseUrl: string,
  catalog: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const locker = await connect(databaseUrl);
  // In its transaction the other would see the same sessions at each look.
  const observer = await connect(databaseUrl);
  try {
    await locker.query(`BEGIN; LOCK TABLE ${quotedTable(parseTableName(catalog))} IN ACCESS EXCLUSIVE MODE`);
    const jobs = await Promise.all(Array.from({ length: JOBS }, () => startJob(url, catalog)));
    await until(async () => (await waitingQueries(observer)) === JOBS, `${JOBS} queries to wait`);
    const result = await work();
    const waiting = await waitingQueries(observer);
    if (waiting !== JOBS) throw new Error(`${waiting} of ${JOBS} jobs were left when the cones were over`);
    await locker.query('COMMIT');
    for (const job of jobs) await until(() => isCompleted(job), `${job} to end`);
    return result;
  } finally {
    await Promise.all([locker.end(), observer.end()]);
  }
}

async function waitingQueries(observer: pg.Client): Promise<number> {
  const { rows } = await observer.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity
     WHERE usename LIKE 'almagest_reader%' AND state = 'active' AND wait_event_type = 'Lock'`,
  );
  return rows[0].n;
}

async function startJob(url: string, catalog: string): Promise<string> {
  const response = await fetch(`${url}/tap/async`, {
    method: 'POST',
    body: new URLSearchParams({
      QUERY: `SELECT COUNT(*) AS n FROM ${catalog}`,
      ENGINE: 'postgresql',
      PHASE: 'RUN',
    }),
    redirect: 'manual',
  });
  if (response.status !== 303) throw new Error(`status ${response.status}: ${await response.text()}`);
  return response.headers.get('location')!;
}

async function isCompleted(job: string): Promise<boolean> {
  const phase = await (await fetch(`${job}/phase`)).text();
  if (phase === 'ERROR' || phase === 'ABORTED') throw new Error(`${job} ended with ${phase}`);
  return phase === 'COMPLETED';
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 1000 * PATIENCE; Date.now() < end; await sleep(100)) {
    if (await isSo()) return;
  }
  throw new Error(`waited ${PATIENCE} s in vain for ${what}`);
}
