import { numberVariable, publicUrl, type Variables } from '../variables.ts';

export type JobRecordName = 'TAP_JOB_DEFAULT_RECORDS' | 'TAP_JOB_MAX_RECORDS';

export type JobTimeName = 'JOB_SECONDS' | 'JOB_DEFAULT_SECONDS' | 'JOB_DAYS' | 'JOB_DEFAULT_DAYS';

/** The variables of the worker of jobs. */
export type JobSettings = Variables<
  | 'PUBLIC_URL'
  | 'JOBS_RUNNING'
  | 'JOBS_QUEUED'
  | 'JOBS_KEPT'
  | 'JOBS_BYTES'
  | JobTimeName
  | JobRecordName
  | 'JOB_BODY_BYTES'
  | 'JOB_RESULT_BYTES'
  | 'JOB_WAIT_SECONDS'
  | 'NETWORK'
>;

/** How long a job may run and be kept: at most, and where nobody asks for other times. */
export interface JobTimes {
  readonly seconds: number;
  readonly defaultSeconds: number;
  /** From its creation to its destruction. */
  readonly days: number;
  readonly defaultDays: number;
}

/** Rows of the result of a query. */
export interface JobRecords {
  readonly maxRecords: number;
  /** Where nobody asks for others. */
  readonly defaultRecords: number;
}

/** What jobs may cost. */
export interface JobLimits extends JobTimes {
  readonly records: JobRecords;
  /** Jobs that run at once, that wait for it, and that are kept in all. */
  readonly running: number;
  readonly queued: number;
  readonly kept: number;
  /** Bytes of parameters, uploads and results that are kept of all jobs. */
  readonly keptBytes: number;
  /** Bytes of a request. */
  readonly bodyBytes: number;
  /** Bytes of the results of one job. */
  readonly resultBytes: number;
  /** Seconds for which a request may wait. */
  readonly waitSeconds: number;
}

/** What the settings say of the worker of jobs. */
export interface JobServiceSettings {
  /** Address of the root as clients reach it, where requests do not tell; without a trailing slash. */
  readonly publicUrl: string | null;
  readonly limits: JobLimits;
  /** Whether notifications may go to addresses that are not public. */
  readonly privateNetwork: boolean;
}

const MOST = Number.MAX_SAFE_INTEGER;
/** xs:int, which UWS has for executionDuration. */
const MOST_SECONDS = 2 ** 31 - 1;
/** Days: a second, and a century. */
const SHORTEST = 1 / 86_400;
const LONGEST_DAYS = 36_500;

/** @throws Error naming the variable that is wrong, and what would be right. */
export function readJobSettings(env: JobSettings): JobServiceSettings {
  return {
    publicUrl: publicUrl(env.PUBLIC_URL),
    privateNetwork: (env.NETWORK ?? '').split(/[\s,]+/).some((block) => block !== '' && block !== 'public'),
    limits: {
      running: numberVariable(env, 'JOBS_RUNNING', 20, 1, 1000),
      queued: numberVariable(env, 'JOBS_QUEUED', 10_000, 0, MOST),
      kept: numberVariable(env, 'JOBS_KEPT', 100_000, 1, MOST),
      keptBytes: numberVariable(env, 'JOBS_BYTES', 100 * 2 ** 30, 1, MOST),
      ...readJobTimes(env),
      records: readJobRecords(env),
      bodyBytes: numberVariable(env, 'JOB_BODY_BYTES', 36 * 2 ** 20, 1024, MOST),
      resultBytes: numberVariable(env, 'JOB_RESULT_BYTES', 10 * 2 ** 30, 1, MOST),
      waitSeconds: numberVariable(env, 'JOB_WAIT_SECONDS', 60, 1, 3600),
    },
  };
}

/** @throws Error naming the variable that is wrong, and what would be right. */
export function readJobTimes(env: Variables<JobTimeName>): JobTimes {
  const seconds = numberVariable(env, 'JOB_SECONDS', 3600, 1, MOST_SECONDS);
  const days = numberVariable(env, 'JOB_DAYS', 30, SHORTEST, LONGEST_DAYS);
  return {
    seconds,
    defaultSeconds: Math.min(numberVariable(env, 'JOB_DEFAULT_SECONDS', 3600, 1, MOST_SECONDS), seconds),
    days,
    defaultDays: Math.min(numberVariable(env, 'JOB_DEFAULT_DAYS', 7, SHORTEST, LONGEST_DAYS), days),
  };
}

/** @throws Error naming the variable that is wrong, and what would be right. */
export function readJobRecords(env: Variables<JobRecordName>): JobRecords {
  const maxRecords = numberVariable(env, 'TAP_JOB_MAX_RECORDS', 100_000_000, 1, MOST);
  const defaultRecords = numberVariable(env, 'TAP_JOB_DEFAULT_RECORDS', 1_000_000, 1, MOST);
  return { maxRecords, defaultRecords: Math.min(defaultRecords, maxRecords) };
}
