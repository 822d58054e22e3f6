import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { ALMAGEST_ENGINE, ALMAGEST_RELEASE } from './headers.ts';

const EXPOSED = [
  'ETag',
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Length',
  'Content-Range',
  'Repr-Digest',
  ALMAGEST_RELEASE,
  ALMAGEST_ENGINE,
].join(',');

/**
 * Lets pages of any origin ask, and read what they are answered. Hono's own middleware answers the preflight; on other answers it would
 * set the headers before there is an answer, which has every header copied twice.
 */
export function crossOrigin(allowMethods: string[] = ['GET', 'HEAD', 'POST', 'OPTIONS']): MiddlewareHandler {
  const preflight = cors({ origin: '*', allowMethods, maxAge: 86_400 });
  return async (c, next) => {
    if (c.req.method === 'OPTIONS') return preflight(c, next);
    await next();
    const { headers } = c.res;
    headers.set('access-control-allow-origin', '*');
    headers.set('access-control-expose-headers', EXPOSED);
  };
}
