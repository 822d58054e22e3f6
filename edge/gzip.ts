import type { MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';

/**
 * Compresses answers for clients that accept it, as they stream. workerd encodes a body once more when it sees
 * Content-Encoding, unless the response says that its body is encoded already: hence the second response. It must
 * be the outermost middleware that replaces the response.
 */
export function gzip(): MiddlewareHandler {
  const encode = compress({ encoding: 'gzip' });
  return async (c, next) => {
    await encode(c, next);
    const { body, headers, status } = c.res;
    if (!headers.has('content-encoding')) return;
    const init: ResponseInit & { encodeBody: 'manual' } = { status, headers, encodeBody: 'manual' };
    c.res = undefined;
    c.res = new Response(body, init);
  };
}
