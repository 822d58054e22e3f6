import type { Job, ListedJob, Phase } from '../job.ts';

/** A job as its JSON document tells it; the XML one says the same (UWS 1.1 §2.2.2.2). Names are the standard's. */
export interface JobDocument {
  readonly version: '1.1';
  readonly jobId: string;
  readonly runId: string | null;
  /** Null: nobody has to say who he is. */
  readonly ownerId: string | null;
  readonly phase: Phase;
  /** Null: not known. */
  readonly quote: string | null;
  readonly creationTime: string;
  readonly startTime: string | null;
  readonly endTime: string | null;
  /** Seconds. */
  readonly executionDuration: number;
  readonly destruction: string;
  readonly parameters: readonly ParameterDocument[];
  readonly results: readonly ResultDocument[];
  readonly errorSummary: ErrorSummary | null;
  readonly jobInfo: { readonly notification: NotificationDocument } | null;
}

export interface ParameterDocument {
  readonly id: string;
  readonly value: string;
}

export interface ResultDocument {
  readonly id: string;
  readonly href: string;
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
}

export interface ErrorSummary {
  readonly type: 'fatal' | 'transient';
  readonly hasDetail: boolean;
  readonly message: string;
}

export interface NotificationDocument {
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly reason: string | null;
}

/** A list of jobs. */
export interface JobListDocument {
  readonly version: '1.1';
  readonly jobs: readonly ListedJobDocument[];
}

export interface ListedJobDocument {
  readonly id: string;
  readonly href: string;
  readonly phase: Phase;
  readonly runId: string | null;
  readonly ownerId: string | null;
  readonly creationTime: string;
}

/** UTC, with the Z that UWS 1.1 wants. */
export function dateTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

const dateTimeOrNull = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : dateTime(milliseconds);

/** @param list address of the list of jobs, without a trailing slash. */
export function jobDocument(job: Job, list: string): JobDocument {
  const { id, runId, phase, executionDuration, error, notification } = job;
  return {
    version: '1.1',
    jobId: id,
    runId,
    ownerId: null,
    phase,
    quote: null,
    creationTime: dateTime(job.created),
    startTime: dateTimeOrNull(job.started),
    endTime: dateTimeOrNull(job.ended),
    executionDuration,
    destruction: dateTime(job.destruction),
    parameters: job.parameters.map(([name, value]) => ({ id: name, value })),
    results: job.results.map((result) => ({
      id: result.id,
      href: `${list}/${id}/results/${result.id}`,
      mimeType: result.mediaType,
      size: result.bytes,
    })),
    errorSummary: error && { type: error.type, hasDetail: true, message: error.message },
    jobInfo: notification && { notification },
  };
}

export function jobListDocument(jobs: readonly ListedJob[], list: string): JobListDocument {
  return {
    version: '1.1',
    jobs: jobs.map(({ id, runId, phase, created }) => ({
      id,
      href: `${list}/${id}`,
      phase,
      runId,
      ownerId: null,
      creationTime: dateTime(created),
    })),
  };
}
