import type { Parsed } from '../request/values.ts';
import type { Job } from './job.ts';
import type { JobLimits } from './settings.ts';

/** A parameter that a job type takes: published in its description, and checked when a job is made or changed. */
export interface JobParameter {
  /** In upper case; requests may write it in any (DALI 1.1 §3.2). */
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'choice';
  readonly description: string;
  /** Whether a job cannot run without it. */
  readonly required?: boolean;
  /** Whether it may have several values. */
  readonly repeatable?: boolean;
  /** What counts where it is not given. */
  readonly default?: string;
  /** Its default and the most of it, where the service's limits say so: what is more counts as that. */
  readonly limits?: (limits: JobLimits) => { readonly default: number; readonly maximum: number };
  /** Of a choice: its words, which have no case. Of a text: words that it may be. */
  readonly values?: readonly string[];
  /** Of a number: the least and the greatest value. */
  readonly least?: number;
  readonly most?: number;
  /** Of a text: characters. */
  readonly longest?: number;
  /** What of a value the above does not tell. */
  readonly check?: (text: string) => Parsed<unknown>;
}

/** A request to the worker that does the work; its answer is one result of the job. */
export interface JobRequest {
  /** Of the result: the last part of its address. */
  readonly result: string;
  /** At the worker, such as `/job`. */
  readonly path: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Workers that jobs run in, by their bindings. */
export type JobWorker = 'TAP' | 'SODA';

/** A kind of job: all that the queue, the documents and the addresses of jobs need to know of it. */
export interface JobType {
  readonly name: string;
  /** Of its list of jobs, below the service's root: `tap/async`. */
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly JobParameter[];
  /** Whether jobs take files, as fields of a multipart form. */
  readonly files: boolean;
  readonly worker: JobWorker;
  /**
   * The requests whose answers are the job's results, run one after the other. Each is a POST of a form, with the job's files where it
   * has some and with the header Almagest-Job-Seconds; an answer of 400 or more is the job's error, its text the message.
   */
  requests(job: Pick<Job, 'parameters' | 'runId'>): readonly JobRequest[];
  /** The protocol's error document. */
  errorDocument(message: string): { readonly body: string; readonly mediaType: string };
}

/** Request header: seconds that the job may take in all. */
export const JOB_SECONDS = 'Almagest-Job-Seconds';
