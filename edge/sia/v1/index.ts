import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { writerFor } from '../../../engine/table/formats.ts';
import { votableError } from '../../../engine/table/votable-error.ts';
import { answerBody } from '../../answer/answer-body.ts';
import { describeFailure } from '../../failure.ts';
import { requestParameters } from '../../request/request-parameters.ts';
import { DEFAULT_FORMAT } from '../../request/response-format.ts';
import { RequestError } from '../../request-error.ts';
import { type Service, SOFTWARE, serviceRoot } from '../../service.ts';
import { xml } from '../../vosi/answer.ts';
import { availabilityDocument } from '../../vosi/availability.ts';
import { sia1Capabilities } from '../capabilities.ts';
import { openImages } from '../catalog.ts';
import { exampleImage } from '../example-image.ts';
import { MAX_BODY, SIA1_ID } from '../standard.ts';
import { answerPosition, PROTOCOL } from './answer.ts';
import { metadataDocument } from './metadata.ts';
import { parsePositionQuery } from './parameters.ts';

/** Seconds for which a cache may repeat an answer: datasets come and go. */
const LIFETIME = 60;

/** SIA 1.0 at `/sia`, and what VOSI has below it. */
export function sia1App(service: Service): Hono {
  const app = new Hono({ strict: false });
  const { engine } = service;
  app.onError((error, c) => errorDocument(c, error));
  const answer = async (c: Context): Promise<Response> => {
    const query = parsePositionQuery(await requestParameters(c.req.raw), service.limits);
    const release = await openImages(engine);
    const headers: Record<string, string> = {
      'content-type': DEFAULT_FORMAT.mediaType,
      'cache-control': `public, max-age=${LIFETIME}`,
    };
    if (query.kind === 'metadata') return c.body(metadataDocument(service.title, release), 200, headers);
    const table = answerPosition(engine, release, query, serviceRoot(service, c.req.url));
    const body = await answerBody(writerFor(DEFAULT_FORMAT.format)!.write(table));
    if ('byteLength' in body) headers['content-length'] = String(body.byteLength);
    return new Response(body, { headers });
  };
  app.get('/', answer);
  app.post('/', bodyLimit({ maxSize: MAX_BODY, onError: refuseBody }), answer);
  app.get('/capabilities', async (c) => {
    const url = `${serviceRoot(service, c.req.url)}/sia`;
    return xml(
      c,
      sia1Capabilities(url, service.limits, exampleImage(engine.kernel, await openImages(engine))),
    );
  });
  app.get('/availability', (c) => xml(c, availabilityDocument({ available: true, notes: [] }), 'no-cache'));
  return app;
}

function refuseBody(): never {
  throw new RequestError(
    413,
    `The body is longer than ${MAX_BODY} bytes; a search for images needs far less.`,
  );
}

/**
 * Errors are VOTables. What is wrong with a request comes with the status 200, which is the one that clients of SIA 1.0 look into
 * (SIA 1.0 §4.2.3); what the service fails at does not.
 */
function errorDocument(c: Context, error: unknown): Response {
  const { status, message } = describeFailure(error);
  const document = votableError(message, [
    PROTOCOL,
    { name: 'standardID', value: SIA1_ID },
    { name: 'server_software', value: SOFTWARE },
  ]);
  return c.body(document, status >= 500 ? status : 200, {
    'content-type': DEFAULT_FORMAT.mediaType,
    'cache-control': 'no-store',
  });
}
