import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { crossOrigin } from '../cross-origin.ts';
import { headRequests } from '../head-requests.ts';
import { JOB_SECONDS } from '../jobs/job-type.ts';
import { onlyMethods } from '../only-methods.ts';
import { requestParameters } from '../request/request-parameters.ts';
import { RequestError } from '../request-error.ts';
import { serverHeader } from '../server-header.ts';
import { serviceRoot } from '../service.ts';
import { xml } from '../vosi/answer.ts';
import { availabilityDocument } from '../vosi/availability.ts';
import { answerCutout } from './answer.ts';
import { sodaCapabilities } from './capabilities.ts';
import { exampleCutouts } from './examples.ts';
import { exampleCutoutsPage } from './examples-page.ts';
import { describeSodaFailure } from './failure.ts';
import { answerJob } from './job.ts';
import { parseCutoutRequest } from './request.ts';
import type { SodaService } from './service.ts';

const RETRY_SECONDS = '60';

/** Longest POST body, bytes: polygons may have many vertices. */
const MAX_BODY = 2 ** 20;

/** SODA 1.0 at `/soda`: `sync`, and what VOSI wants. */
export function createSodaApp(service: SodaService): Hono {
  const app = new Hono({ strict: false });
  app.use(crossOrigin());
  app.use(headRequests());
  app.use(serverHeader());
  app.use(onlyMethods(app, (c, message) => c.text(`UsageError: ${message}\n`, 405)));
  app.onError((error, c) => {
    const { status, text } = describeSodaFailure(error);
    return c.text(text, status, {
      'cache-control': 'no-store',
      ...(status === 503 && { 'retry-after': RETRY_SECONDS }),
    });
  });
  app.notFound((c) => c.text(ADDRESSES, 404));
  const sodaUrl = (c: Context): string => `${serviceRoot(service, c.req.url)}/soda`;

  const sync = async (c: Context): Promise<Response> => {
    const request = parseCutoutRequest(await requestParameters(c.req.raw));
    return answerCutout(service, request, c.req.header('if-none-match'), service.limits.seconds);
  };
  const limited = bodyLimit({ maxSize: MAX_BODY, onError: refuseBody });
  app.get('/soda/sync', sync);
  app.post('/soda/sync', limited, sync);
  app.post('/job', limited, (c) =>
    c.req.header(JOB_SECONDS) ? answerJob(service, c.req.raw) : c.notFound(),
  );
  app.get('/soda/capabilities', (c) => xml(c, sodaCapabilities(sodaUrl(c))));
  app.get('/soda/availability', (c) =>
    xml(c, availabilityDocument({ available: true, notes: [] }), 'no-cache'),
  );
  app.get('/soda/examples', async (c) => {
    const page = exampleCutoutsPage(service.title, sodaUrl(c), await exampleCutouts(service.storage));
    return c.body(String(page), 200, {
      'content-type': 'application/xhtml+xml;charset=utf-8',
      'cache-control': 'public, max-age=60',
    });
  });
  return app;
}

function refuseBody(): never {
  throw new RequestError(413, `The body is longer than ${MAX_BODY} bytes; a cutout needs far less.`);
}

const ADDRESSES =
  'UsageError: There is nothing at this address. Below /soda there are sync (cutouts), async (cutouts as jobs), examples, capabilities and availability.\n';
