import type { FormPart } from '../request/multipart.ts';
import { RequestError } from '../request-error.ts';
import type { Form, FormReading } from './form.ts';
import { type Job, type JobFile, randomId } from './job.ts';
import type { JobType } from './job-type.ts';
import { keepFile } from './kept-files.ts';
import { readWish, standardLimits } from './parameters.ts';
import { fixed } from './queue/rules.ts';
import { isRefusal, type JobChange, type Refusal } from './queue/types.ts';
import type { JobService } from './service.ts';

/** Who makes a job, and where. */
export interface JobOrigin {
  readonly owner: string;
  readonly client: string;
  /** Address of the service's root. */
  readonly root: string;
}

/** Milliseconds after which a job whose files never came to an end goes with them, whatever became of the request. */
const UNFINISHED = 3_600_000;

/** Reads a form, and lets its files be kept as they come. */
export type ReadForm = (keep: FormReading['keep']) => Promise<Form>;

/**
 * Makes a job, and runs it where the request says so. Before its first file is kept the queue knows it, so that they go with it whatever
 * becomes of this request.
 * @throws RequestError, JobRefusedError
 */
export async function createJob(
  service: JobService,
  type: JobType,
  read: ReadForm,
  { owner, client, root }: JobOrigin,
): Promise<Job> {
  const { queue, storage } = service;
  const created = Date.now();
  const id = randomId();
  const standard = standardLimits(created, service);
  const blank = { id, type: type.name, owner, client, root, ...NOTHING_ASKED, ...standard };
  let begun = false;
  try {
    const form = await read(async (part) => {
      refuseFile(type, part);
      if (!begun) ensured(await queue.create({ ...blank, destruction: created + UNFINISHED }));
      begun = true;
      return keepFile(storage, id, part);
    });
    const { phase, ...wish } = readWish(form, type, created, service);
    if (phase === 'ABORT') throw new RequestError(400, 'PHASE of a new job can be RUN, not ABORT.');
    const asked = { ...standard, ...wish };
    const job = begun ? null : ensured(await queue.create({ ...blank, ...asked }));
    begun = true;
    if (job !== null && phase === undefined) return job;
    return await changeJob(service, id, {
      ...(job === null && { ...asked, files: form.files }),
      ...(phase && { phase }),
    });
  } catch (error) {
    if (begun) await queue.remove(id);
    throw error;
  }
}

const NOTHING_ASKED = { runId: null, webhook: null, parameters: [] };

/**
 * Changes a job as a request says.
 * @param files of the form, kept already: those that the job does not get are removed.
 * @throws RequestError, JobRefusedError
 */
export async function updateJob(
  service: JobService,
  type: JobType,
  job: Job,
  { fields, files }: Form,
): Promise<Job> {
  const wish = readWish({ fields }, type, job.created, service);
  return changeJob(service, job.id, { ...wish, ...(files.length > 0 && { files }) });
}

/**
 * Reads a form whose files are a job's, and does something with it. If that fails they are removed.
 * @throws what either throws; RequestError (400) where the job takes no files any more.
 */
export async function withFilesOf<T>(
  { storage }: JobService,
  type: JobType,
  { id, phase }: Job,
  read: ReadForm,
  use: (form: Form) => Promise<T>,
): Promise<T> {
  const kept: JobFile[] = [];
  try {
    const form = await read(async (part) => {
      refuseFile(type, part);
      if (phase !== 'PENDING') throw new RequestError(400, fixed(phase));
      const file = await keepFile(storage, id, part);
      kept.push(file);
      return file;
    });
    return await use(form);
  } catch (error) {
    for (const { key } of kept) await storage.remove(key);
    throw error;
  }
}

function refuseFile(type: JobType, { name }: FormPart): void {
  if (!type.files) throw new RequestError(400, `Such jobs take no files: ${name}.`);
}

async function changeJob({ queue }: JobService, id: string, change: JobChange): Promise<Job> {
  return ensured(await queue.change(id, change));
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
