import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { BlankEnv } from 'hono/types';
import type { Engine } from '../../engine/engine.ts';
import { atBorder } from '../../engine/obscore/border.ts';
import { writerFor } from '../../engine/table/formats.ts';
import { votableError } from '../../engine/table/votable-error.ts';
import { answerBody } from '../answer/answer-body.ts';
import { answerHeaders } from '../answer/answer-headers.ts';
import { attachment } from '../answer/attachment.ts';
import { matchesTag } from '../answer/entity-tag.ts';
import { openPositions } from '../catalogs.ts';
import { describeFailure } from '../failure.ts';
import { requestParameters } from '../request/request-parameters.ts';
import { DEFAULT_FORMAT } from '../request/response-format.ts';
import { RequestError } from '../request-error.ts';
import { type Service, SOFTWARE, serviceRoot } from '../service.ts';
import { answerCone, STANDARD_ID } from './answer.ts';
import { answerCones } from './cones/index.ts';
import { entityTag } from './entity-tag.ts';
import { type Kept, keptBody } from './kept-body.ts';
import { parseConeQuery } from './parameters.ts';

/** Longest POST body, bytes. */
const MAX_BODY = 65_536;

/**
 * Simple Cone Search 1.03 in every catalogue, at `/{schema.table}` and `/{schema.table}@{release}`, and below it `cones`: the same
 * around many positions.
 */
export function coneSearchApp(service: Service): Hono {
  const app = new Hono({ strict: false });
  app.onError((error, c) => errorDocument(c, error));
  const answer = async (c: Context<BlankEnv, '/:catalog'>): Promise<Response> => {
    const address = c.req.param('catalog');
    const parameters = await requestParameters(c.req.raw);
    const release = await openPositions(service.engine, address);
    const query = parseConeQuery(parameters, c.req.header('accept'), service.limits);
    const headers = answerHeaders(release, address, entityTag(release.manifest, query, SOFTWARE));
    if (matchesTag(c.req.header('if-none-match'), headers.etag!)) {
      return new Response(null, { status: 304, headers });
    }
    const { engine, answerCache } = service;
    const root = serviceRoot(service, c.req.url);
    const table = (from: Engine) => atBorder(answerCone(from, release, query), root);
    const { write } = writerFor(query.format.format)!;
    const body =
      answerCache === null
        ? await answerBody(write(table(engine)))
        : await keptBody(answerCache, kept(c, headers.etag!, query.format.mediaType), engine, table, write);
    const { mediaType, extension } = query.format;
    headers['content-type'] = mediaType;
    if (extension) headers['content-disposition'] = attachment(release.manifest.catalog, extension);
    if ('byteLength' in body) headers['content-length'] = String(body.byteLength);
    // Made from one object: Hono's c.body() sets header after header.
    return new Response(body, { headers });
  };
  app.get('/:catalog', answer);
  app.post('/:catalog', bodyLimit({ maxSize: MAX_BODY, onError: refuseBody }), answer);
  app.post('/:catalog/cones', (c) => answerCones(service, c.req.param('catalog'), c.req.raw));
  return app;
}

/** The tag names all that the answer depends on; the host is the service's own, as Cloudflare's cache wants it. */
function kept(c: Context, tag: string, mediaType: string): Kept {
  const key = new URL(`/answers/${encodeURIComponent(tag)}`, c.req.url).href;
  return { key, mediaType, waitUntil: (promise) => c.executionCtx.waitUntil(promise) };
}

function refuseBody(): never {
  throw new RequestError(413, `The body is longer than ${MAX_BODY} bytes; a cone search needs far less.`);
}

/** Errors of a cone search are VOTables, whatever format was asked for (SCS 1.03 §2.3, DALI 1.1 §4.2). */
function errorDocument(c: Context, error: unknown): Response {
  const { status, message } = describeFailure(error);
  const document = votableError(message, [
    { name: 'standardID', value: STANDARD_ID },
    { name: 'server_software', value: SOFTWARE },
  ]);
  return c.body(document, status, { 'content-type': DEFAULT_FORMAT.mediaType, 'cache-control': 'no-store' });
}
