import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Hono } from 'hono';
import { createJobsApp } from '../edge/jobs/app.ts';
import type { JobWorker } from '../edge/jobs/job-type.ts';
import { createQueue, type RunningQueue } from '../edge/jobs/queue/queue.ts';
import type { Sql, SqlValue } from '../edge/jobs/queue/sql.ts';
import type { Notify } from '../edge/jobs/queue/webhook.ts';
import { type JobSettings, readJobSettings } from '../edge/jobs/settings.ts';
import { folderStorage } from '../engine/storage/folder.ts';

export interface JobsAppOptions {
  /** Answers the requests of jobs. */
  readonly run: (request: Request, worker: JobWorker) => Promise<Response>;
  readonly settings?: JobSettings;
  readonly notify?: Notify;
}

/** Jobs in this process: SQLite in memory, results in a folder of their own. */
export interface JobsApp {
  readonly sql: Sql;
  /** Of results and uploads. */
  readonly folder: string;
  readonly queue: RunningQueue;
  request(address: string, init?: RequestInit): Promise<Response>;
  /** Waits for all that the queue has begun. */
  settled(): Promise<void>;
  /** Another queue over the same jobs, as after a restart; what the one before had begun is lost to it. */
  restart(): void;
  close(): Promise<void>;
}

export async function jobsAppOver({
  run,
  settings = {},
  notify = async () => null,
}: JobsAppOptions): Promise<JobsApp> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-jobs-'));
  const storage = folderStorage(folder);
  const sql = sqlOf(new DatabaseSync(':memory:'));
  const service = readJobSettings(settings);
  const begun = new Set<Promise<unknown>>();
  const keep = (work: Promise<unknown>) => {
    begun.add(work);
    void work.finally(() => begun.delete(work));
  };
  const binding = (worker: JobWorker) => ({ fetch: (request: Request) => run(request, worker) });
  const start = (): RunningQueue =>
    createQueue({
      sql,
      storage,
      workers: { TAP: binding('TAP'), SODA: binding('SODA') },
      limits: service.limits,
      notify,
      wake: () => {},
      keep,
    });
  let queue = start();
  let app: Hono = createJobsApp({ ...service, queue, storage, clientHeader: null });
  return {
    sql,
    folder,
    get queue() {
      return queue;
    },
    request: async (address, init) =>
      app.request(
        new URL(address, 'http://vo.example').href,
        init,
        {},
        { waitUntil: keep, passThroughOnException() {}, props: {} },
      ),
    settled: async () => {
      while (begun.size > 0) await Promise.all(begun);
    },
    restart() {
      queue = start();
      app = createJobsApp({ ...service, queue, storage, clientHeader: null });
    },
    close: () => rm(folder, { recursive: true }),
  };
}

function sqlOf(database: DatabaseSync): Sql {
  return {
    exec(statement, ...values) {
      const rows = database.prepare(statement).all(...values) as Record<string, SqlValue>[];
      return { toArray: () => rows };
    },
  };
}
