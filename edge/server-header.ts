import type { MiddlewareHandler } from 'hono';
import { SOFTWARE } from './service.ts';

/** Says which software answers. */
export function serverHeader(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.res.headers.set('server', SOFTWARE);
  };
}
