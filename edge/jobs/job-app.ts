import { type Context, Hono } from 'hono';
import { disposition, storedObject } from '../answer/stored-object.ts';
import { addressParameters } from '../request/request-parameters.ts';
import type { TakeTurn } from '../request/turns.ts';
import { quoted, RequestError } from '../request-error.ts';
import { serviceRoot } from '../service.ts';
import { createJob, type ReadForm, updateJob, withFilesOf } from './create-job.ts';
import { jobTypeDescription } from './documents/description.ts';
import { dateTime, jobDocument, jobListDocument } from './documents/job-document.ts';
import { jobSchema } from './documents/job-schema.ts';
import { jobListXml, jobXml, parametersXml, resultsXml } from './documents/job-xml.ts';
import { jobEvents } from './events.ts';
import { type Form, readForm } from './form.ts';
import { ID_PATTERN, isActive, type Job } from './job.ts';
import type { JobType } from './job-type.ts';
import { readListFilter } from './list-filter.ts';
import { noJob } from './queue/rules.ts';
import { representationOf } from './representation.ts';
import type { JobService } from './service.ts';
import { sessionFor, sessionOf } from './session.ts';
import { waitForChange } from './wait.ts';

/** What no cache may keep. */
const PRIVATE = 'private, no-store';

/**
 * UWS 1.1 for one type of job, at the address of its list.
 * @param takeTurn for those who send files.
 */
export function jobApp(service: JobService, type: JobType, takeTurn: TakeTurn): Hono {
  const { queue, storage, limits } = service;
  const app = new Hono({ strict: false });
  const listUrl = (c: Context): string => `${serviceRoot(service, c.req.url)}/${type.path}`;
  const jobUrl = (c: Context, { id }: Pick<Job, 'id'>): string => `${listUrl(c)}/${id}`;
  const formOf =
    ({ req }: Context): ReadForm =>
    (keep) =>
      readForm(req.raw, { most: limits.bodyBytes, keep, takeTurn });
  const plain = (c: Context, text: string): Response => c.text(text, 200, { 'cache-control': PRIVATE });

  /** A document in the representation that is asked for. */
  function answer<T extends object>(c: Context, document: T, xml: (document: T) => string): Response {
    const asked = representationOf(addressParameters(c.req.url), c.req.header('accept'));
    c.header('cache-control', PRIVATE);
    c.header('vary', 'Accept', { append: true });
    if (asked === 'json') return c.json(document);
    return c.body(xml(document), 200, { 'content-type': 'text/xml;charset=utf-8' });
  }

  /** @throws RequestError (404) */
  function known(job: Job | null, id: string): Job {
    if (job === null || job.type !== type.name) throw new RequestError(404, noJob(id));
    return job;
  }

  async function jobOf(c: Context): Promise<Job> {
    const id = idOf(c);
    return known(await queue.read(id), id);
  }

  async function waited(c: Context): Promise<Job> {
    const id = idOf(c);
    return known(await waitForChange(queue, id, addressParameters(c.req.url), limits.waitSeconds), id);
  }

  /** Does what a POST to a job says; its files go again where that fails. */
  async function posted(c: Context, job: Job, use: (form: Form) => Promise<Response>): Promise<Response> {
    return lasting(c, withFilesOf(service, type, job, formOf(c), use));
  }

  /** To a list of no job: a client that follows is not sent all of them. */
  async function destroy(c: Context, { id }: Job): Promise<Response> {
    await queue.remove(id);
    return c.redirect(`${listUrl(c)}?LAST=0`, 303);
  }

  function events(c: Context, job: Job): Response {
    // So EventSource is told not to come back (HTML, Server-sent events, §9.2.3).
    const toldAll = c.req.header('last-event-id') === String(job.revision);
    if (toldAll && !isActive(job.phase)) return c.body(null, 204);
    const list = listUrl(c);
    const body = jobEvents(queue, job, (each) => JSON.stringify(jobDocument(each, list)));
    return c.body(body, 200, { 'content-type': 'text/event-stream', 'cache-control': PRIVATE });
  }

  app.get('/', async (c) => {
    const filter = readListFilter(addressParameters(c.req.url));
    const session = sessionOf(c);
    const jobs = session === null ? [] : await queue.list(type.name, session, filter);
    c.header('vary', 'Cookie', { append: true });
    return answer(c, jobListDocument(jobs, listUrl(c)), jobListXml);
  });
  app.post('/', async (c) => {
    const session = sessionOf(c);
    const address = service.clientHeader === null ? undefined : c.req.header(service.clientHeader);
    const origin = {
      owner: sessionFor(c),
      client: address ?? session ?? 'anonymous',
      root: serviceRoot(service, c.req.url),
    };
    const job = await lasting(c, createJob(service, type, formOf(c), origin));
    return c.redirect(jobUrl(c, job), 303);
  });
  app.get('/schema.json', (c) => c.json(jobSchema(`${listUrl(c)}/schema.json`)));
  app.get('/description.json', (c) => c.json(jobTypeDescription(type, limits, listUrl(c))));

  app.get('/:job', async (c) => {
    const job = await waited(c);
    const asked = representationOf(addressParameters(c.req.url), c.req.header('accept'));
    return asked === 'events' ? events(c, job) : answer(c, jobDocument(job, listUrl(c)), jobXml);
  });
  app.post('/:job', async (c) => {
    const job = await jobOf(c);
    return posted(c, job, async (given) => {
      const action = given.fields.find(([name]) => name === 'ACTION')?.[1];
      if (action?.trim().toUpperCase() === 'DELETE') return destroy(c, job);
      if (action !== undefined) throw new RequestError(400, `ACTION ${quoted(action)} is not DELETE.`);
      await updateJob(service, type, job, given);
      return c.redirect(jobUrl(c, job), 303);
    });
  });
  app.delete('/:job', async (c) => destroy(c, await jobOf(c)));

  app.get('/:job/phase', async (c) => plain(c, (await waited(c)).phase));
  app.get('/:job/quote', async (c) => {
    await jobOf(c);
    return plain(c, '');
  });
  app.get('/:job/executionduration', async (c) => plain(c, String((await jobOf(c)).executionDuration)));
  app.get('/:job/destruction', async (c) => plain(c, dateTime((await jobOf(c)).destruction)));
  app.get('/:job/owner', async (c) => {
    await jobOf(c);
    return plain(c, '');
  });
  app.get('/:job/parameters', async (c) => {
    const { parameters } = jobDocument(await jobOf(c), listUrl(c));
    return answer(c, { parameters }, parametersXml);
  });
  app.get('/:job/results', async (c) => {
    const { results } = jobDocument(await jobOf(c), listUrl(c));
    return answer(c, { results }, resultsXml);
  });
  for (const part of ['phase', 'executionduration', 'destruction', 'parameters'] as const) {
    app.post(`/:job/${part}`, async (c) => {
      const job = await jobOf(c);
      return posted(c, job, async (given) => {
        const name = part.toUpperCase();
        if (part !== 'parameters' && !given.fields.some(([field]) => field === name)) {
          throw new RequestError(400, `${name} is missing: POST it as a parameter.`);
        }
        await updateJob(service, type, job, given);
        return c.redirect(jobUrl(c, job), 303);
      });
    });
  }
  app.get('/:job/error', async (c) => {
    const { phase, error } = await jobOf(c);
    if (error === null) throw new RequestError(404, `The job is ${phase} and has no error.`);
    const { body, mediaType } = type.errorDocument(error.message);
    return c.body(body, 200, { 'content-type': mediaType, 'cache-control': PRIVATE });
  });
  app.get('/:job/events', async (c) => events(c, await jobOf(c)));
  app.get('/:job/results/:result', async (c) => {
    const job = await jobOf(c);
    const name = c.req.param('result');
    const result = job.results.find(({ id }) => id === name);
    if (result === undefined) {
      const there = job.results.map(({ id }) => id).join(', ') || 'none';
      const why = job.error === null ? '' : ` ${job.error.message}`;
      throw new RequestError(
        404,
        `The job is ${job.phase} and has no result ${quoted(name)}; it has ${there}.${why}`,
      );
    }
    const object = {
      key: result.key,
      size: result.bytes,
      sha256: null,
      etag: `"${result.key.replaceAll('/', '-')}"`,
      lastModified: new Date(job.ended!).toUTCString(),
      cacheControl: 'private, no-transform',
      mediaType: result.mediaType,
      disposition: disposition(
        result.fileName === null ? 'inline' : 'attachment',
        result.fileName ?? result.id,
      ),
      headers: {},
      missing: () => new RequestError(404, noJob(job.id)),
    };
    return storedObject(storage, object, c.req.raw);
  });
  return app;
}

/** Work that goes on until it has cleaned up behind itself, when its client has left as well. */
function lasting<T>(c: Context, work: Promise<T>): Promise<T> {
  c.executionCtx.waitUntil(work.catch(() => {}));
  return work;
}

/** @throws RequestError (404) for what cannot be the id of a job. */
function idOf(c: Context): string {
  const id = c.req.param('job')!;
  if (ID_PATTERN.test(id)) return id;
  throw new RequestError(404, noJob(quoted(id)));
}
