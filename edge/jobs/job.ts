/** Where a job stands (UWS 1.1 §2.1.3). */
export type Phase = 'PENDING' | 'QUEUED' | 'EXECUTING' | 'COMPLETED' | 'ERROR' | 'ABORTED';

/** All phases of the standard: a list may be asked for those that no job here is ever in. */
export const PHASES: readonly string[] = [
  'PENDING',
  'QUEUED',
  'EXECUTING',
  'COMPLETED',
  'ERROR',
  'ABORTED',
  'UNKNOWN',
  'HELD',
  'SUSPENDED',
  'ARCHIVED',
];

/** Whether a phase may still be followed by another one. */
export function isActive(phase: Phase): boolean {
  return phase === 'PENDING' || phase === 'QUEUED' || phase === 'EXECUTING';
}

/** What a job was asked, by names in upper case; a name may have several values. */
export type JobParameters = readonly (readonly [name: string, value: string])[];

/** A file of a form, kept until the job is destroyed. */
export interface JobFile {
  /** Of the form's field. */
  readonly field: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly key: string;
}

/** What a job has made. */
export interface JobResult {
  /** Last part of its address. */
  readonly id: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** Of the object in the storage of jobs. */
  readonly key: string;
  /** What a browser calls the file. */
  readonly fileName: string | null;
}

/** Why a job failed; `transient` where the same job may succeed later (UWS 1.1 §2.1.7). */
export interface JobError {
  readonly type: 'fatal' | 'transient';
  readonly message: string;
}

/** What became of the note that was to be sent at the end of the job. */
export interface Notification {
  readonly state: 'waiting' | 'sent' | 'failed';
  /** Why it failed. */
  readonly reason: string | null;
}

/** A job as its documents tell it. Times are milliseconds since 1970. */
export interface Job {
  readonly id: string;
  /** Name of its type. */
  readonly type: string;
  readonly runId: string | null;
  readonly phase: Phase;
  readonly created: number;
  readonly started: number | null;
  readonly ended: number | null;
  /** Seconds that it may run. */
  readonly executionDuration: number;
  readonly destruction: number;
  readonly parameters: JobParameters;
  readonly files: readonly JobFile[];
  readonly results: readonly JobResult[];
  readonly error: JobError | null;
  /** Null where nobody asked for one. */
  readonly notification: Notification | null;
  /** Counts the changes of its phase. */
  readonly revision: number;
}

/** A job as a list tells it. */
export type ListedJob = Pick<Job, 'id' | 'runId' | 'phase' | 'created'>;

/** Which jobs a list shall have (UWS 1.1 §2.2.2.1). */
export interface ListFilter {
  /** Null: all. */
  readonly phases: readonly string[] | null;
  /** Created after that, milliseconds since 1970. */
  readonly after: number | null;
  /** The latest so many. */
  readonly last: number | null;
}

const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 130 random bits: who knows an id has been told it. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(26));
  return Array.from(bytes, (byte) => ID_LETTERS[byte & 31]).join('');
}

export const ID_PATTERN = /^[a-km-np-z2-9]{26}$/;
