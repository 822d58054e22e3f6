import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { votableError } from '../../engine/table/votable-error.ts';
import { releasesOf } from '../catalogs.ts';
import { crossOrigin } from '../cross-origin.ts';
import type { Failure } from '../failure.ts';
import { gzip } from '../gzip.ts';
import { headRequests } from '../head-requests.ts';
import { JOB_SECONDS } from '../jobs/job-type.ts';
import { onlyMethods } from '../only-methods.ts';
import { MOST_TEXT } from '../request/form-parts.ts';
import { createTurns } from '../request/turns.ts';
import { RequestError } from '../request-error.ts';
import { serverHeader } from '../server-header.ts';
import { serviceRoot } from '../service.ts';
import { xml } from '../vosi/answer.ts';
import { availability, availabilityDocument } from '../vosi/availability.ts';
import { SERVICE_INFOS } from './answer-table.ts';
import { tapCapabilities } from './capabilities.ts';
import { type Example, exampleQueries } from './examples.ts';
import { exampleQueriesPage } from './examples-page.ts';
import { describeTapFailure } from './failure.ts';
import { runTapJob } from './job.ts';
import { tapPage } from './page.ts';
import { asksForCapabilities } from './parameters.ts';
import type { TapService } from './service.ts';
import { answerQuery } from './sync.ts';
import { publishedTablesApp } from './tables.ts';
import { withTapForm } from './uploads/tap-form.ts';

const RETRY_SECONDS = '60';

/** Requests with long uploads that are answered at a time: a file and its table take a third of an isolate's 128 MB, and more. */
const UPLOADS_AT_A_TIME = 2;
/** Milliseconds that another one waits. */
const PATIENCE = 30_000;

/** TAP 1.1 at `/tap`, and below it `sync` and what VOSI and DALI want. */
export function createTapApp(service: TapService): Hono {
  const app = new Hono({ strict: false });
  app.use(gzip());
  app.use(crossOrigin());
  app.use(headRequests());
  app.use(serverHeader());
  app.use(onlyMethods(app, (c, message) => errorDocument(c, { status: 405, message })));
  app.onError((error, c) => errorDocument(c, describeTapFailure(error)));
  app.notFound((c) => errorDocument(c, { status: 404, message: ADDRESSES }));
  const takeTurn = createTurns(UPLOADS_AT_A_TIME);
  const tapUrl = (c: Context): string => `${serviceRoot(service, c.req.url)}/tap`;

  const capabilities = async (c: Context): Promise<Response> => {
    const { tables } = await service.published();
    return xml(c, tapCapabilities(tapUrl(c), tables, service));
  };
  const sync = async (c: Context): Promise<Response> => {
    const { raw } = c.req;
    return withTapForm(raw, service.uploadLimits, takeTurn, PATIENCE, async (form) => {
      if (asksForCapabilities(form.parameters)) return capabilities(c);
      return answerQuery(service, form, raw, (promise) => c.executionCtx.waitUntil(promise));
    });
  };
  app.get('/tap/sync', sync);
  const ofQueries = bodyLimit({ maxSize: MOST_TEXT, onError: refuseBody });
  const isForm = (c: Context) => /^\s*multipart\/form-data\b/i.test(c.req.header('content-type') ?? '');
  app.post('/tap/sync', (c, next) => (isForm(c) ? next() : ofQueries(c, next)), sync);

  app.post('/job', (c) => (c.req.header(JOB_SECONDS) ? runTapJob(service, c, takeTurn) : c.notFound()));

  app.get('/tap/capabilities', capabilities);
  app.get('/tap/availability', async (c) => {
    const state = await availability(async () => (await service.published()).catalogs);
    return xml(c, availabilityDocument(state), 'no-cache');
  });
  app.route('/tap/tables', publishedTablesApp(service));
  app.get('/tap/examples', async (c) => {
    const page = exampleQueriesPage(service.title, tapUrl(c), await examples(service));
    return c.body(String(page), 200, {
      'content-type': 'application/xhtml+xml;charset=utf-8',
      'cache-control': 'public, max-age=60',
    });
  });
  app.get('/tap', async (c) => {
    const { tables } = await service.published();
    const { title, limits } = service;
    c.header('cache-control', 'public, max-age=60');
    return c.html(tapPage({ title, url: tapUrl(c), limits, tables, examples: await examples(service) }));
  });
  return app;
}

async function examples({ engine, published }: TapService): Promise<Example[]> {
  return exampleQueries(engine.kernel, releasesOf((await published()).catalogs));
}

function refuseBody(): never {
  throw new RequestError(
    413,
    `The body is longer than ${MOST_TEXT} bytes: upload long lists elsewhere and shorten the query.`,
  );
}

/** Errors are VOTables, whatever format was asked for (DALI 1.1 §4.2). */
function errorDocument(c: Context, { status, message }: Failure): Response {
  return c.body(votableError(message, SERVICE_INFOS), status, {
    'content-type': 'application/x-votable+xml',
    'cache-control': 'no-store',
    ...(status === 503 && { 'retry-after': RETRY_SECONDS }),
  });
}

const ADDRESSES = `There is nothing at this address. Below /tap there are sync (queries), async (queries as jobs), tables, capabilities, availability and examples.`;
