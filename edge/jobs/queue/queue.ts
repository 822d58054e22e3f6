import type { Storage } from '../../../engine/storage/storage.ts';
import type { WorkerBinding } from '../../worker-binding.ts';
import type { Job, JobError, JobFile, JobResult } from '../job.ts';
import type { JobType, JobWorker } from '../job-type.ts';
import { JobFailure } from '../outcome.ts';
import { parameterFaults } from '../parameters.ts';
import type { JobLimits } from '../settings.ts';
import { jobTypeNamed } from '../types/all.ts';
import {
  FAILED,
  FULL,
  MOST_FILES,
  merged,
  noSuchJob,
  queueFull,
  refusedChange,
  STOPPED,
  storedJob,
  TOO_MANY_FILES,
  tooLarge,
  tooLong,
  WAITING,
} from './rules.ts';
import { resultsPrefix, runJob } from './run-job.ts';
import type { Sql } from './sql.ts';
import {
  bytesOf,
  changeJob,
  countJobs,
  createTables,
  deleteJob,
  doom,
  doomedKeys,
  forget,
  insertJob,
  jobsIn,
  jobsToDestroy,
  jobsToNotifyOf,
  keptBytes,
  listJobs,
  nextMoment,
  nextOfClients,
  readJob,
  type StoredJob,
} from './store.ts';
import type { JobChange, NewJob, Queue, Refusal } from './types.ts';
import { createWaiters } from './waiters.ts';
import { type Notify, nextAttempt } from './webhook.ts';

/** What the queue works with. */
export interface QueueParts {
  readonly sql: Sql;
  /** Where results and uploads lie. */
  readonly storage: Storage;
  readonly workers: Readonly<Record<JobWorker, WorkerBinding | null>>;
  readonly limits: JobLimits;
  readonly notify: Notify;
  /** Has `tick` called at that time, milliseconds since 1970, and not before unless it is asked for again. */
  readonly wake: (time: number) => void;
  /** Lets work outlive the request that began it. */
  readonly keep: (work: Promise<unknown>) => void;
}

/** A queue that is at work. */
export interface RunningQueue extends Queue {
  /** Does what is due. */
  tick(): Promise<void>;
}

/** Milliseconds after which a queue with running jobs looks after them: so it is woken, wherever it runs, if it was stopped meanwhile. */
const HEARTBEAT = 5000;

/** Milliseconds before what failed through no fault of its own is tried again: until then a database that was killed answers again. */
const RETRY = 8000;

/** Milliseconds after which a note that nobody knows the fate of is sent again. */
const SENDING = 60_000;

/** How often a job may begin. */
const ATTEMPTS = 2;

/** Jobs that are destroyed, and objects that are removed, before other work gets its turn. */
const BATCH = 100;

interface Running {
  readonly client: string;
  readonly stop: AbortController;
}

/**
 * The queue of jobs. Jobs that a queue before this one left EXECUTING begin once more, or end in ERROR where that was the second time.
 */
export function createQueue(parts: QueueParts): RunningQueue {
  const { sql, storage, workers, limits, notify, wake, keep } = parts;
  const running = new Map<string, Running>();
  const waiters = createWaiters();
  createTables(sql);
  for (const id of jobsIn(sql, 'EXECUTING'))
    tryAgain(readJob(sql, id)!, { type: 'transient', message: STOPPED }, 0);
  wake(Date.now());

  /** Changes the phase of a job, and tells those who wait for that. */
  function move(job: StoredJob, change: Partial<StoredJob>): StoredJob {
    const moved = changeJob(sql, job.id, { ...change, revision: job.revision + 1 })!;
    waiters.tell(job.id);
    return moved;
  }

  /** The end of a job. */
  function end(job: StoredJob, change: Partial<StoredJob> & Pick<StoredJob, 'phase'>): void {
    const now = Date.now();
    move(job, { ended: now, ...change, ...(job.webhook !== null && { webhookDue: now }) });
  }

  /** After an attempt that failed through no fault of the job's: it begins again, unless that was the last time. */
  function tryAgain(job: StoredJob, error: JobError, delay: number): void {
    doom(sql, resultsPrefix(job));
    if (job.attempts >= ATTEMPTS) end(job, { phase: 'ERROR', error });
    else move(job, { phase: 'QUEUED', started: null, due: Date.now() + delay });
  }

  /** A job that cannot run as it is has its ERROR at once. */
  function queueUp(job: StoredJob): void {
    const faults = parameterFaults(jobTypeNamed(job.type), job.parameters);
    if (faults.length === 0) move(job, { phase: 'QUEUED', due: Date.now() });
    else end(job, { phase: 'ERROR', error: { type: 'fatal', message: `${faults.join('. ')}.` } });
  }

  function startJobs(): void {
    while (running.size < limits.running) {
      const next = nextInTurn();
      if (next === null) return;
      const job = readJob(sql, next)!;
      const stop = new AbortController();
      running.set(job.id, { client: job.client, stop });
      const begun = move(job, { phase: 'EXECUTING', started: Date.now(), attempts: job.attempts + 1 });
      keep(execute(begun, jobTypeNamed(job.type), stop));
    }
  }

  /** The oldest job of the client of whom the fewest run. */
  function nextInTurn(): string | null {
    const runningOf = (client: string) => [...running.values()].filter((one) => one.client === client).length;
    const [next] = nextOfClients(sql, Date.now())
      .map((job) => ({ ...job, running: runningOf(job.client) }))
      .sort((a, b) => a.running - b.running || a.due - b.due);
    return next?.id ?? null;
  }

  async function execute(job: StoredJob, type: JobType, stop: AbortController): Promise<void> {
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(job.executionDuration * 1000)]);
    try {
      const left = Math.max(limits.keptBytes - keptBytes(sql), 0);
      const runner = {
        storage,
        worker: workers[type.worker],
        resultBytes: Math.min(limits.resultBytes, left),
      };
      const results = await runJob(job, type, runner, signal);
      signal.throwIfAborted();
      finish(job, results);
    } catch (error) {
      fail(job, error, signal);
    } finally {
      running.delete(job.id);
      await work();
    }
  }

  function finish(job: StoredJob, results: readonly JobResult[]): void {
    if (!isCurrent(job)) return void doom(sql, resultsPrefix(job));
    const now = readJob(sql, job.id)!;
    end(now, { phase: 'COMPLETED', results, bytes: bytesOf({ ...now, results }) });
  }

  function fail(job: StoredJob, error: unknown, signal: AbortSignal): void {
    doom(sql, resultsPrefix(job));
    if (!isCurrent(job)) return;
    const now = readJob(sql, job.id)!;
    if (signal.aborted) {
      end(now, { phase: 'ABORTED', error: { type: 'fatal', message: tooLong(job.executionDuration) } });
      return;
    }
    if (!(error instanceof JobFailure)) console.error(error);
    const { transient, message } = error instanceof JobFailure ? error : new JobFailure(FAILED, true);
    if (transient) tryAgain(now, { type: 'transient', message }, RETRY);
    else end(now, { phase: 'ERROR', error: { type: 'fatal', message } });
  }

  /** Whether an attempt is what the job is about: it may have been aborted or destroyed since. */
  function isCurrent({ id, attempts }: StoredJob): boolean {
    const job = readJob(sql, id);
    return job !== null && job.phase === 'EXECUTING' && job.attempts === attempts;
  }

  function destroy(id: string): boolean {
    const job = readJob(sql, id);
    if (job === null) return false;
    doom(sql, id);
    deleteJob(sql, id);
    running.get(id)?.stop.abort();
    waiters.tell(id);
    return true;
  }

  function doomFiles(files: readonly JobFile[]): void {
    for (const { key } of files) doom(sql, key);
    if (files.length > 0) schedule();
  }

  async function removeDoomed(): Promise<void> {
    for (const key of doomedKeys(sql, BATCH)) {
      // Where it is still being written, by a job that stops just now, that comes here again.
      await storage.remove(key).then(
        () => forget(sql, key),
        (error) => console.error(`${key} cannot be removed: ${error.message}`),
      );
    }
  }

  async function notifyOf(id: string): Promise<void> {
    const job = readJob(sql, id)!;
    const webhookAttempts = job.webhookAttempts + 1;
    changeJob(sql, id, { webhookAttempts, webhookDue: Date.now() + SENDING });
    const fault = await notify(job);
    const webhookDue = fault === null ? null : nextAttempt(webhookAttempts, Date.now());
    const state = fault === null ? 'sent' : webhookDue === null ? 'failed' : 'waiting';
    changeJob(sql, id, { webhookDue, notification: { state, reason: fault } });
  }

  async function work(): Promise<void> {
    const now = Date.now();
    for (const id of jobsToDestroy(sql, now, BATCH)) destroy(id);
    startJobs();
    for (const id of jobsToNotifyOf(sql, now, BATCH)) keep(notifyOf(id).then(schedule));
    await removeDoomed();
    schedule();
  }

  function schedule(): void {
    const now = Date.now();
    const times = [nextMoment(sql, now) ?? Number.POSITIVE_INFINITY];
    if (running.size > 0) times.push(now + HEARTBEAT);
    if (doomedKeys(sql, 1).length > 0) times.push(now + RETRY);
    const next = Math.min(...times);
    if (Number.isFinite(next)) wake(next);
  }

  async function change(id: string, wanted: JobChange): Promise<Job | Refusal> {
    const job = readJob(sql, id);
    const { phase, parameters = [], files = [], ...rest } = wanted;
    /** The files are stored already. */
    function refuse(refusal: Refusal): Refusal {
      doomFiles(files);
      return refusal;
    }
    if (job === null) return refuse(noSuchJob(id));
    const refused = refusedChange(job, wanted);
    if (refused) return refuse(refused);
    const asked = {
      parameters: merged(job.parameters, parameters, ([name]) => name),
      files: merged(job.files, files, ({ field }) => field),
    };
    const bytes = bytesOf({ ...asked, results: [] });
    if (asked.files.length > MOST_FILES) return refuse(TOO_MANY_FILES);
    if (bytes > limits.bodyBytes) return refuse(tooLarge(limits.bodyBytes));
    doomFiles(job.files.filter((file) => !asked.files.includes(file)));
    const changed = changeJob(sql, id, {
      ...rest,
      ...(rest.webhook !== undefined && { notification: rest.webhook === null ? null : WAITING }),
      ...asked,
      bytes: bytesOf({ ...job, ...asked }),
    })!;
    if (phase === 'RUN') {
      if (countJobs(sql, 'QUEUED') >= limits.queued) return queueFull(limits.queued);
      queueUp(changed);
    }
    if (phase === 'ABORT') {
      end(changed, { phase: 'ABORTED' });
      running.get(id)?.stop.abort();
    }
    await work();
    // A destruction that is over has destroyed it.
    return readJob(sql, id) ?? changed;
  }

  return {
    async create(job: NewJob) {
      if (countJobs(sql, null) >= limits.kept || keptBytes(sql) >= limits.keptBytes) return FULL;
      insertJob(sql, storedJob(job, Date.now()));
      schedule();
      return readJob(sql, job.id)!;
    },
    read: async (id) => readJob(sql, id),
    list: async (type, owner, filter) => listJobs(sql, type, owner, filter),
    change,
    async remove(id) {
      const destroyed = destroy(id);
      await work();
      return destroyed;
    },
    async changed(id, revision, milliseconds) {
      const job = readJob(sql, id);
      if (job === null || job.revision !== revision) return job;
      await waiters.wait(id, milliseconds);
      return readJob(sql, id);
    },
    tick: work,
  };
}
