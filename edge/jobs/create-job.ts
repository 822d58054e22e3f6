import { RequestError } from '../request-error.ts';
import type { Form, FormFile } from './form.ts';
import { type Job, type JobFile, randomId } from './job.ts';
import type { JobType } from './job-type.ts';
import { readWish, standardLimits } from './parameters.ts';
import { isRefusal, type JobChange, type Refusal } from './queue/types.ts';
import type { JobService } from './service.ts';

/** Who makes a job, and where. */
export interface JobOrigin {
  readonly owner: string;
  readonly client: string;
  /** Address of the service's root. */
  readonly root: string;
}

/**
 * Makes a job, and runs it where the request says so. Its files are stored once the queue knows it, so that they go with it whatever
 * becomes of this request.
 * @throws RequestError, JobRefusedError
 */
export async function createJob(
  service: JobService,
  type: JobType,
  form: Form,
  { owner, client, root }: JobOrigin,
): Promise<Job> {
  const created = Date.now();
  const {
    phase,
    runId = null,
    webhook = null,
    parameters = [],
    ...times
  } = readWish(form, type, created, service);
  if (phase === 'ABORT') throw new RequestError(400, 'PHASE of a new job can be RUN, not ABORT.');
  const id = randomId();
  const limits = { ...standardLimits(created, service), ...times };
  const job = ensured(
    await service.queue.create({
      id,
      type: type.name,
      owner,
      client,
      root,
      runId,
      webhook,
      parameters,
      ...limits,
    }),
  );
  try {
    const files = await storeFiles(service, job, type, form.files);
    if (phase === undefined && files.length === 0) return job;
    return await changeJob(service, id, { ...(phase && { phase }), ...(files.length > 0 && { files }) });
  } catch (error) {
    await service.queue.remove(id);
    throw error;
  }
}

/**
 * Changes a job as a request says.
 * @throws RequestError, JobRefusedError
 */
export async function updateJob(service: JobService, type: JobType, job: Job, form: Form): Promise<Job> {
  const wish = readWish(form, type, job.created, service);
  const files = job.phase === 'PENDING' ? await storeFiles(service, job, type, form.files) : [];
  return changeJob(service, job.id, { ...wish, ...(files.length > 0 && { files }) });
}

async function changeJob({ queue }: JobService, id: string, change: JobChange): Promise<Job> {
  return ensured(await queue.change(id, change));
}

async function storeFiles(
  { storage }: JobService,
  job: Job,
  type: JobType,
  files: readonly FormFile[],
): Promise<JobFile[]> {
  if (files.length > 0 && !type.files) {
    throw new RequestError(400, `Such jobs take no files: ${files.map(({ field }) => field).join(', ')}.`);
  }
  const stored: JobFile[] = [];
  for (const { field, file } of files) {
    const key = `${job.id}/files/${randomId()}`;
    await storage.put(key, new Uint8Array(await file.arrayBuffer()));
    stored.push({ field, name: file.name, mediaType: file.type, bytes: file.size, key });
  }
  return stored;
}

/** What a client wants of a job cannot be. */
export class JobRefusedError extends Error {
  readonly status: Refusal['status'];

  constructor({ status, message }: Refusal) {
    super(message);
    this.name = 'JobRefusedError';
    this.status = status;
  }
}

function ensured(answer: Job | Refusal): Job {
  if (isRefusal(answer)) throw new JobRefusedError(answer);
  return answer;
}
