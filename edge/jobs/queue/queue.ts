import type { Storage } from '../../../engine/storage/storage.ts';
import type { WorkerBinding } from '../../worker-binding.ts';
import { isActive, type Job, type JobError, type JobResult } from '../job.ts';
import type { JobType, JobWorker } from '../job-type.ts';
import { JobFailure } from '../outcome.ts';
import { parameterFaults } from '../parameters.ts';
import type { JobLimits } from '../settings.ts';
import { jobTypeNamed } from '../types/all.ts';
import { resultsPrefix, runJob } from './run-job.ts';
import type { Sql } from './sql.ts';
import {
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
  listJobs,
  nextMoment,
  nextOfClients,
  readJob,
  type StoredJob,
} from './store.ts';
import type { JobChange, NewJob, Queue, Refusal } from './types.ts';
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

/** Milliseconds before what failed through no fault of its own is tried again. */
const RETRY = 3000;

/** Milliseconds after which a note that nobody knows the fate of is sent again. */
const SENDING = 60_000;

/** How often a job may begin. */
const ATTEMPTS = 2;

/** Jobs that are destroyed, and objects that are removed, before other work gets its turn. */
const BATCH = 100;

const STOPPED = 'The service was stopped while the job ran, and again when it was tried once more.';

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
  const waiting = new Map<string, Set<() => void>>();
  createTables(sql);
  for (const id of jobsIn(sql, 'EXECUTING'))
    tryAgain(readJob(sql, id)!, { type: 'transient', message: STOPPED }, 0);
  wake(Date.now());

  /** Changes the phase of a job, and tells those who wait for that. */
  function move(job: StoredJob, change: Partial<StoredJob>): StoredJob {
    const moved = changeJob(sql, job.id, { ...change, revision: job.revision + 1 })!;
    tell(job.id);
    return moved;
  }

  function tell(id: string): void {
    for (const resolve of waiting.get(id) ?? []) resolve();
    waiting.delete(id);
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
      const runner = { storage, worker: workers[type.worker], resultBytes: limits.resultBytes };
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
    if (isCurrent(job)) end(readJob(sql, job.id)!, { phase: 'COMPLETED', results });
    else doom(sql, resultsPrefix(job));
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
    tell(id);
    return true;
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

  function refusedChange(job: StoredJob, { phase, ...rest }: JobChange): Refusal | null {
    const setUp = rest.parameters ?? rest.files ?? rest.executionDuration ?? rest.runId;
    if (setUp !== undefined && job.phase !== 'PENDING') {
      return refusal(
        400,
        `The job is ${job.phase}: its parameters and its time can be changed while it is PENDING.`,
      );
    }
    if (phase === 'ABORT' && !isActive(job.phase)) {
      return refusal(400, `The job is ${job.phase}: there is nothing to abort.`);
    }
    if (phase === 'RUN' && job.phase !== 'PENDING') {
      return refusal(400, `The job is ${job.phase}: PHASE=RUN is for one that is PENDING.`);
    }
    return null;
  }

  function refusedRun(): Refusal | null {
    if (countJobs(sql, 'QUEUED') < limits.queued) return null;
    return refusal(503, `${limits.queued} jobs wait already, as many as may. Please try again later.`);
  }

  async function change(id: string, asked: JobChange): Promise<Job | Refusal> {
    const job = readJob(sql, id);
    if (job === null) return refusal(404, noJob(id));
    const refused = refusedChange(job, asked);
    if (refused) return refused;
    const { phase, parameters, files, ...rest } = asked;
    const changed = changeJob(sql, id, {
      ...rest,
      ...(rest.webhook !== undefined && { notification: rest.webhook === null ? null : WAITING }),
      ...(parameters && { parameters: merged(job.parameters, parameters, ([name]) => name) }),
      ...(files && { files: merged(job.files, files, ({ field }) => field) }),
    })!;
    if (phase === 'RUN') {
      const fault = refusedRun();
      if (fault) return fault;
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
      if (countJobs(sql, null) >= limits.kept) {
        return refusal(
          503,
          `This service keeps ${limits.kept} jobs already, as many as it can. Please try again later.`,
        );
      }
      insertJob(sql, {
        ...job,
        phase: 'PENDING',
        created: Date.now(),
        started: null,
        ended: null,
        files: [],
        results: [],
        error: null,
        notification: job.webhook === null ? null : WAITING,
        revision: 0,
        attempts: 0,
        due: 0,
        webhookAttempts: 0,
        webhookDue: null,
      });
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
      const { promise, resolve } = Promise.withResolvers<void>();
      const waiters = waiting.get(id) ?? new Set();
      waiting.set(id, waiters.add(resolve));
      const clock = setTimeout(resolve, milliseconds);
      await promise;
      clearTimeout(clock);
      waiters.delete(resolve);
      return readJob(sql, id);
    },
    tick: work,
  };
}

const WAITING = { state: 'waiting', reason: null } as const;

const FAILED = 'The service failed on this job. The fault is in its log.';

export const noJob = (id: string): string =>
  `There is no job ${id}: it was destroyed, or never was. Jobs are known to those who were told their address.`;

const tooLong = (seconds: number): string =>
  `The job took longer than its executionDuration, ${seconds} s. Give it more, restrict it, or ask for fewer rows.`;

function refusal(status: Refusal['status'], message: string): Refusal {
  return { status, message };
}

/** Entries of a list, those with the names of new ones replaced by them. */
function merged<T>(old: readonly T[], added: readonly T[], nameOf: (entry: T) => string): T[] {
  const names = new Set(added.map(nameOf));
  return [...old.filter((entry) => !names.has(nameOf(entry))), ...added];
}
