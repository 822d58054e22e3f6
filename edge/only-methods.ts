import type { Context, Hono, MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';

/**
 * Refuses the methods that an address has not.
 * @param refuse makes the protocol's error document of the message, with status 405.
 */
export function onlyMethods(app: Hono, refuse: (c: Context, message: string) => Response): MiddlewareHandler {
  return methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => {
      const allow = [...methods, 'OPTIONS'].join(', ');
      const answer = refuse(c, `${c.req.method} is not possible here, only ${allow}.`);
      answer.headers.set('allow', allow);
      return answer;
    },
  });
}
