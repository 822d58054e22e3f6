import type { Job, JobFile, JobParameters, ListedJob, ListFilter } from '../job.ts';

/** A job that shall be made. */
export interface NewJob {
  readonly id: string;
  readonly type: string;
  readonly owner: string;
  readonly client: string;
  readonly root: string;
  readonly runId: string | null;
  readonly executionDuration: number;
  readonly destruction: number;
  readonly parameters: JobParameters;
  readonly webhook: string | null;
}

/** What shall be changed of a job; what is absent stays. */
export interface JobChange {
  readonly phase?: 'RUN' | 'ABORT';
  readonly runId?: string | null;
  readonly executionDuration?: number;
  readonly destruction?: number;
  /** These names get these values, all others stay. */
  readonly parameters?: JobParameters;
  /** These fields get these files, all others stay. */
  readonly files?: readonly JobFile[];
  readonly webhook?: string | null;
}

/** What cannot be, and why. */
export interface Refusal {
  readonly status: 400 | 404 | 413 | 503;
  readonly message: string;
}

/** The queue of jobs, as those who talk to clients see it. */
export interface Queue {
  create(job: NewJob): Promise<Job | Refusal>;
  read(id: string): Promise<Job | null>;
  list(type: string, owner: string, filter: ListFilter): Promise<ListedJob[]>;
  change(id: string, change: JobChange): Promise<Job | Refusal>;
  /** Destroys a job with all that it has made. */
  remove(id: string): Promise<boolean>;
  /**
   * A job as soon as its revision is another than that, or when the time is over; null where there is none, or no more.
   */
  changed(id: string, revision: number, milliseconds: number): Promise<Job | null>;
}

export function isRefusal(answer: Job | Refusal): answer is Refusal {
  return 'status' in answer;
}
