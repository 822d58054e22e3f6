import type { JobType } from '../job-type.ts';
import { sodaJobs } from './soda.ts';
import { tapJobs } from './tap.ts';

/** Every kind of job that there is. */
export const JOB_TYPES: readonly JobType[] = [tapJobs, sodaJobs];

export function jobTypeNamed(name: string): JobType {
  return JOB_TYPES.find((type) => type.name === name)!;
}
