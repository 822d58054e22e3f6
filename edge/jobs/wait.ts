import { given, parameterReader } from '../request/read-parameters.ts';
import type { RawParameters } from '../request/request-parameters.ts';
import type { Parsed } from '../request/values.ts';
import { quoted } from '../request-error.ts';
import { isActive, type Job } from './job.ts';
import type { Queue } from './queue/types.ts';

/** Seconds; −1 is as many as are possible (UWS 1.1 §2.2.1.4). */
function parseWait(text: string): Parsed<number> {
  const value = Number(text.trim());
  if (Number.isInteger(value) && value >= -1) return { value };
  return { fault: `${quoted(text)} is not a whole number of seconds, or -1 for as many as are possible` };
}

/**
 * A job, once its phase has changed or the time is over, where the request asks for that: WAIT, and PHASE, which has it wait only while
 * the job is in that phase (UWS 1.1 §2.2.1.4). A job that is over is given at once.
 * @param most seconds.
 * @throws RequestError (400) for a WAIT that is none.
 */
export async function waitForChange(
  queue: Queue,
  id: string,
  raw: RawParameters,
  most: number,
): Promise<Job | null> {
  const { read, refuseFaults } = parameterReader(raw, ['WAIT', 'PHASE']);
  const asked = read('WAIT', 0, parseWait);
  refuseFaults();
  const job = await queue.read(id);
  const phase = given(raw, 'PHASE')?.trim().toUpperCase();
  if (asked === 0 || job === null || !isActive(job.phase) || (phase !== undefined && phase !== job.phase)) {
    return job;
  }
  const seconds = asked < 0 ? most : Math.min(asked, most);
  return queue.changed(id, job.revision, seconds * 1000);
}
