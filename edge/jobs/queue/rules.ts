import { isActive, type Job, type Phase } from '../job.ts';
import { bytesOf, type StoredJob } from './store.ts';
import type { JobChange, NewJob, Refusal } from './types.ts';

/** A job as it is kept from its first moment. */
export function storedJob(job: NewJob, created: number): StoredJob {
  return {
    ...job,
    phase: 'PENDING',
    created,
    started: null,
    ended: null,
    files: [],
    results: [],
    error: null,
    notification: job.webhook === null ? null : WAITING,
    revision: 0,
    bytes: bytesOf({ parameters: job.parameters, files: [], results: [] }),
    attempts: 0,
    due: 0,
    webhookAttempts: 0,
    webhookDue: null,
  };
}

/** Why a job cannot be changed so as it is now; null where it can. */
export function refusedChange(job: Pick<Job, 'phase'>, { phase, ...rest }: JobChange): Refusal | null {
  const setUp = rest.parameters ?? rest.files ?? rest.executionDuration ?? rest.runId;
  if (setUp !== undefined && job.phase !== 'PENDING') {
    return refusal(400, fixed(job.phase));
  }
  if (rest.webhook !== undefined && !isActive(job.phase)) {
    return refusal(400, `The job is ${job.phase}: there will be no note of its end any more.`);
  }
  if (phase === 'ABORT' && !isActive(job.phase)) {
    return refusal(400, `The job is ${job.phase}: there is nothing to abort.`);
  }
  if (phase === 'RUN' && job.phase !== 'PENDING') {
    return refusal(400, `The job is ${job.phase}: PHASE=RUN is for one that is PENDING.`);
  }
  return null;
}

export const fixed = (phase: Phase): string =>
  `The job is ${phase}: its parameters and its time can be changed while it is PENDING.`;

/** Entries of a list, those with the names of new ones replaced by them. */
export function merged<T>(old: readonly T[], added: readonly T[], nameOf: (entry: T) => string): T[] {
  const names = new Set(added.map(nameOf));
  return [...old.filter((entry) => !names.has(nameOf(entry))), ...added];
}

export const WAITING = { state: 'waiting', reason: null } as const;

export const FULL = refusal(
  503,
  'This service keeps as many jobs and results as it can. Delete those that you need no longer, or try again later.',
);

export function queueFull(queued: number): Refusal {
  return refusal(503, `${queued} jobs wait already, as many as may. Please try again later.`);
}

export function tooLarge(most: number): Refusal {
  return refusal(
    413,
    `The parameters and files of the job have more than ${most} bytes, the most that a job takes here.`,
  );
}

/** Of a job. */
export const MOST_FILES = 100;

export const TOO_MANY_FILES = refusal(
  413,
  `The job has more than ${MOST_FILES} files, the most that one takes here.`,
);

export const noSuchJob = (id: string): Refusal => refusal(404, noJob(id));

export const noJob = (id: string): string =>
  `There is no job ${id}: it was destroyed, or never was. Jobs are known to those who were told their address.`;

export const STOPPED = 'The service was stopped while the job ran, and again when it was tried once more.';

export const FAILED = 'The service failed on this job. The fault is in its log.';

export const tooLong = (seconds: number): string =>
  `The job took longer than its executionDuration, ${seconds} s. Give it more, restrict it, or ask for fewer rows.`;

function refusal(status: Refusal['status'], message: string): Refusal {
  return { status, message };
}
