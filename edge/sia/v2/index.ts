import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { writerFor } from '../../../engine/table/formats.ts';
import { votableError } from '../../../engine/table/votable-error.ts';
import { answerBody } from '../../answer/answer-body.ts';
import { answerHeaders } from '../../answer/answer-headers.ts';
import { attachment } from '../../answer/attachment.ts';
import { matchesTag } from '../../answer/entity-tag.ts';
import { describeFailure } from '../../failure.ts';
import { checkRegion } from '../../request/check-region.ts';
import { requestParameters } from '../../request/request-parameters.ts';
import { RequestError } from '../../request-error.ts';
import { type Service, SOFTWARE, serviceRoot } from '../../service.ts';
import { xml } from '../../vosi/answer.ts';
import { availabilityDocument } from '../../vosi/availability.ts';
import { sia2Capabilities } from '../capabilities.ts';
import { IMAGES, openImages } from '../catalog.ts';
import { exampleImage } from '../example-image.ts';
import { queryTag } from '../query-tag.ts';
import { MAX_BODY, SIA2_ID } from '../standard.ts';
import { answerImages } from './answer.ts';
import { parseImageQuery } from './parameters.ts';

/** SIA 2.0 at `/sia2/query`, and what VOSI has beside it. */
export function sia2App(service: Service): Hono {
  const app = new Hono({ strict: false });
  app.onError((error, c) => errorDocument(c, error));
  const answer = async (c: Context): Promise<Response> => {
    const parameters = await requestParameters(c.req.raw);
    const query = parseImageQuery(parameters, c.req.header('accept'), service.limits);
    for (const region of query.sky?.regions ?? []) checkRegion(service.engine.kernel, region, 'POS');
    const root = serviceRoot(service, c.req.url);
    const release = await openImages(service.engine);
    const headers =
      release === null
        ? { 'cache-control': 'no-store' }
        : answerHeaders(release, IMAGES, await queryTag(release, [query, root, SOFTWARE]));
    if ('etag' in headers && matchesTag(c.req.header('if-none-match'), headers.etag!)) {
      return new Response(null, { status: 304, headers });
    }
    const { format, mediaType, extension } = query.format;
    const table = answerImages(service.engine, release, query, root);
    const body = await answerBody(writerFor(format)!.write(table));
    const about: Record<string, string> = { ...headers, 'content-type': mediaType };
    if (extension) about['content-disposition'] = attachment('images', extension);
    if ('byteLength' in body) about['content-length'] = String(body.byteLength);
    return new Response(body, { headers: about });
  };
  app.get('/query', answer);
  app.post('/query', bodyLimit({ maxSize: MAX_BODY, onError: refuseBody }), answer);
  app.get('/capabilities', async (c) => {
    const { engine, limits } = service;
    const example = exampleImage(engine.kernel, await openImages(engine));
    return xml(c, sia2Capabilities(`${serviceRoot(service, c.req.url)}/sia2`, limits, example));
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

/** Errors are VOTables and begin with a word of SIA 2.0 §3.2, whatever format was asked for. */
function errorDocument(c: Context, error: unknown): Response {
  const { status, message } = describeFailure(error);
  const fault = status === 503 ? 'TransientFault' : status >= 500 ? 'FatalFault' : 'UsageFault';
  const document = votableError(`${fault}: ${message}`, [
    { name: 'standardID', value: SIA2_ID },
    { name: 'server_software', value: SOFTWARE },
  ]);
  return c.body(document, status, {
    'content-type': 'application/x-votable+xml',
    'cache-control': 'no-store',
  });
}
