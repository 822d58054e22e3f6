import { type Context, Hono } from 'hono';
import { crossOrigin } from '../cross-origin.ts';
import { describeFailure } from '../failure.ts';
import { headRequests } from '../head-requests.ts';
import { onlyMethods } from '../only-methods.ts';
import { createTurns } from '../request/turns.ts';
import { serverHeader } from '../server-header.ts';
import { JobRefusedError } from './create-job.ts';
import { jobApp } from './job-app.ts';
import type { JobType } from './job-type.ts';
import { likedBest } from './representation.ts';
import type { JobService } from './service.ts';
import { JOB_TYPES } from './types/all.ts';

const RETRY_SECONDS = '60';

/** Bodies with files that are stored at a time: each takes a part of an upload to R2 in memory, of the 128 MB that an isolate has. */
const FILES_AT_A_TIME = 6;

/** Asynchronous jobs of every type, each at the address of its list. */
export function createJobsApp(service: JobService): Hono {
  const app = new Hono({ strict: false });
  app.use(crossOrigin(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']));
  app.use(headRequests());
  app.use(serverHeader());
  app.use(onlyMethods(app, (c, message) => failed(c, { status: 405, message })));
  app.onError((error, c) => {
    return failed(c, error instanceof JobRefusedError ? error : describeFailure(error));
  });
  app.notFound((c) => failed(c, { status: 404, message: ADDRESSES }));
  const takeTurn = createTurns(FILES_AT_A_TIME);
  for (const type of JOB_TYPES) app.route(`/${type.path}`, jobApp(service, type, takeTurn));
  return app;
}

interface Failed {
  readonly status: ReturnType<typeof describeFailure>['status'];
  readonly message: string;
}

/** The error document of the protocol, whatever was asked for (DALI 1.1 §4.2); JSON for those that ask for it. */
function failed(c: Context, { status, message }: Failed): Response {
  const { body, mediaType } =
    likedBest(c.req.header('accept')) === 'json'
      ? { body: `${JSON.stringify({ error: message })}\n`, mediaType: 'application/json' }
      : typeAt(c).errorDocument(message);
  return c.body(body, status, {
    'content-type': mediaType,
    'cache-control': 'no-store',
    ...(status === 503 && { 'retry-after': RETRY_SECONDS }),
  });
}

function typeAt(c: Context): JobType {
  const { pathname } = new URL(c.req.url);
  return JOB_TYPES.find(({ path }) => pathname.startsWith(`/${path}`)) ?? JOB_TYPES[0]!;
}

const ADDRESSES =
  'There is nothing at this address. A job has phase, executionduration, destruction, quote, owner, parameters, results, error and events; beside the jobs there are description.json and schema.json.';
