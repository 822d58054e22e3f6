import type { Context, MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';

/**
 * Compresses answers for clients that accept it, as they stream. workerd encodes a body once more when it sees
 * Content-Encoding, unless the response says that its body is encoded already: hence the second response. It must
 * be the outermost middleware that replaces the response.
 */
export function gzip(): MiddlewareHandler {
  const encode = compress({ encoding: 'gzip' });
  return async (c, next) => {
    if (c.req.header('Accept-Encoding')?.includes('gzip')) {
      restoreAcceptEncoding(c);
      await encode(c, next);
    } else {
      await next();
    }
    const { headers } = c.res;
    if (!headers.get('vary')?.includes('Accept-Encoding')) headers.append('vary', 'Accept-Encoding');
    if (!headers.has('content-encoding')) return;
    const { body, status } = c.res;
    const init: ResponseInit & { encodeBody: 'manual' } = { status, headers, encodeBody: 'manual' };
    c.res = undefined;
    c.res = new Response(body, init);
  };
}

/**
 * Cloudflare puts its own `Accept-Encoding`, which has gzip, in place of the client's, which it keeps in `request.cf`. That
 * object is costly to look at.
 */
function restoreAcceptEncoding(c: Context): void {
  const { cf } = c.req.raw as Request & { readonly cf?: { readonly clientAcceptEncoding?: string } };
  if (cf?.clientAcceptEncoding === undefined) return;
  const headers = new Headers(c.req.raw.headers);
  headers.set('Accept-Encoding', cf.clientAcceptEncoding);
  c.req.raw = new Request(c.req.raw, { headers });
}
