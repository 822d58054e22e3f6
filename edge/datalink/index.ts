import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { writerFor } from '../../engine/table/formats.ts';
import { votableError } from '../../engine/table/votable-error.ts';
import { answerBody } from '../answer/answer-body.ts';
import { attachment } from '../answer/attachment.ts';
import { describeFailure } from '../failure.ts';
import { requestParameters } from '../request/request-parameters.ts';
import { RequestError } from '../request-error.ts';
import { type Service, SOFTWARE, serviceRoot } from '../service.ts';
import type { SodaMode } from '../soda/standard.ts';
import { xml } from '../vosi/answer.ts';
import { availabilityDocument } from '../vosi/availability.ts';
import { answerLinks } from './answer.ts';
import { datalinkCapabilities } from './capabilities.ts';
import { parseLinksRequest } from './request.ts';
import { DATALINK_TYPE, LINKS_ID } from './standard.ts';

/** Longest POST body, bytes: as many identifiers as are answered, of some length. */
const MAX_BODY = 8 * 2 ** 20;

/** Seconds for which a cache may repeat an answer: datasets come and go. */
const LIFETIME = 60;

/** DataLink 1.1 at `/datalink/links`, and what VOSI has beside it. */
export function datalinkApp(service: Service): Hono {
  const app = new Hono({ strict: false });
  app.onError((error, c) => errorDocument(c, error));
  const modes: readonly SodaMode[] = [
    ...(service.soda === null ? [] : (['sync'] as const)),
    ...(service.soda === null || service.jobs === null ? [] : (['async'] as const)),
  ];
  const links = async (c: Context): Promise<Response> => {
    const request = parseLinksRequest(await requestParameters(c.req.raw));
    const { storage } = service.engine;
    const { maxIds } = service.limits;
    const root = serviceRoot(service, c.req.url);
    const table = answerLinks({ storage, root, modes, maxIds }, request);
    const { format, mediaType, extension } = request.format;
    const body = await answerBody(writerFor(format)!.write(table));
    const headers: Record<string, string> = {
      'content-type': mediaType,
      'cache-control': `public, max-age=${LIFETIME}`,
    };
    if (extension) headers['content-disposition'] = attachment('links', extension);
    if ('byteLength' in body) headers['content-length'] = String(body.byteLength);
    return new Response(body, { headers });
  };
  app.get('/links', links);
  app.post('/links', bodyLimit({ maxSize: MAX_BODY, onError: refuseBody }), links);
  const url = (c: Context): string => `${serviceRoot(service, c.req.url)}/datalink`;
  app.get('/capabilities', (c) => xml(c, datalinkCapabilities(url(c))));
  app.get('/availability', (c) => xml(c, availabilityDocument({ available: true, notes: [] }), 'no-cache'));
  return app;
}

function refuseBody(): never {
  throw new RequestError(413, `The body is longer than ${MAX_BODY} bytes: ask for fewer datasets at once.`);
}

/** Errors are VOTables and begin with a word of DataLink 1.1 §3.4, whatever format was asked for. */
function errorDocument(c: Context, error: unknown): Response {
  const { status, message } = describeFailure(error);
  const fault = status === 503 ? 'TransientFault' : status >= 500 ? 'FatalFault' : 'UsageFault';
  const document = votableError(`${fault}: ${message}`, [
    { name: 'standardID', value: LINKS_ID },
    { name: 'server_software', value: SOFTWARE },
  ]);
  return c.body(document, status, { 'content-type': DATALINK_TYPE, 'cache-control': 'no-store' });
}
