import type { Storage } from '../../../engine/storage/storage.ts';
import { BODY_BROKE_OFF } from '../../failure.ts';
import type { WorkerBinding } from '../../worker-binding.ts';
import type { JobResult } from '../job.ts';
import { JOB_SECONDS, type JobRequest, type JobType } from '../job-type.ts';
import { JOB_OUTCOME, JobFailure, type PassedResult, passResult } from '../outcome.ts';
import { streamedForm } from './form-stream.ts';
import type { StoredJob } from './store.ts';

/** What a job is run with. */
export interface JobRunner {
  readonly storage: Storage;
  /** Null where the worker is not bound. */
  readonly worker: WorkerBinding | null;
  /** Bytes of all results of one job. */
  readonly resultBytes: number;
}

/** Seconds by which the worker may overrun: the queue's clock ends a job, the worker's is for the case that the queue is gone. */
const GRACE_SECONDS = 30;

/** Characters of an error that are kept. */
const LONGEST_MESSAGE = 10_000;

/** Where the results of an attempt lie. */
export function resultsPrefix({ id, attempts }: Pick<StoredJob, 'id' | 'attempts'>): string {
  return `${id}/results-${attempts}`;
}

/**
 * Does what a job asks for, and stores what comes of it below `resultsPrefix`.
 * @param signal ends the work.
 * @throws JobFailure with words for the one who asked; whatever the storage throws; the signal's reason.
 */
export async function runJob(
  job: StoredJob,
  type: JobType,
  { storage, worker, resultBytes: most }: JobRunner,
  signal: AbortSignal,
): Promise<JobResult[]> {
  if (worker === null) throw new JobFailure(`The worker that runs such jobs is no part of this service.`);
  const results: JobResult[] = [];
  let left = most;
  for (const request of type.requests(job)) {
    const response = await ask(worker, job, request, storage, signal);
    const key = `${resultsPrefix(job)}/${results.length}`;
    const body = (response.body ?? new Blob().stream()) as ReadableStream<Uint8Array>;
    const passed = passResult(body, response.headers.has(JOB_OUTCOME), left);
    await store(storage, key, passed, signal);
    left -= passed.bytes();
    results.push({
      id: request.result,
      mediaType: response.headers.get('content-type') ?? 'application/octet-stream',
      bytes: passed.bytes(),
      key,
      fileName: fileNameOf(response),
    });
  }
  return results;
}

async function store(
  storage: Storage,
  key: string,
  { stream, failure }: PassedResult,
  signal: AbortSignal,
): Promise<void> {
  const fault = await storage.putStream(key, stream).then(failure, (error) => failure() ?? error);
  signal.throwIfAborted();
  if (fault !== null) throw brokenOff(fault);
}

function brokenOff(error: unknown): unknown {
  if (!(error instanceof Error) || error.message !== BODY_BROKE_OFF) return error;
  return new JobFailure('The worker that runs such jobs was stopped while it worked.', true);
}

async function ask(
  worker: WorkerBinding,
  job: StoredJob,
  request: JobRequest,
  storage: Storage,
  signal: AbortSignal,
): Promise<Response> {
  const { contentType, body } =
    job.files.length === 0 ? shortForm(request) : await streamedForm(request.fields, job.files, storage);
  const init = {
    method: 'POST',
    headers: {
      [JOB_SECONDS]: String(job.executionDuration + GRACE_SECONDS),
      'content-type': contentType,
    },
    body,
    signal,
    duplex: 'half',
  };
  let response: Response;
  try {
    response = await worker.fetch(new Request(`${job.root}${request.path}`, init));
  } catch (error) {
    signal.throwIfAborted();
    console.error(`Job ${job.id}: ${error instanceof Error ? error.message : error}`);
    throw new JobFailure('The worker that runs such jobs was stopped, or could not be reached.', true);
  }
  if (response.ok) return response;
  const text = (await response.text()).trim().slice(0, LONGEST_MESSAGE);
  throw new JobFailure(text || `The work failed with status ${response.status}.`, response.status === 503);
}

function shortForm({ fields }: JobRequest) {
  const body = new URLSearchParams(fields.map(([name, value]) => [name, value])).toString();
  return { contentType: 'application/x-www-form-urlencoded', body };
}

function fileNameOf(response: Response): string | null {
  return /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? null;
}
