import type { MiddlewareHandler } from 'hono';

/** Answers HEAD as GET, without the body (RFC 9110 §9.3.2). */
export function headRequests(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.req.method !== 'HEAD') return;
    await c.res.body?.cancel();
    c.res = new Response(null, c.res);
  };
}
