import { Hono } from 'hono';
import { openAll } from '../catalogs.ts';
import { type Service, serviceRoot } from '../service.ts';
import { frontPage } from './front-page.ts';

/** The front page, at `/`. */
export function portalApp(service: Service): Hono {
  const app = new Hono();
  app.get('/', async (c) => {
    const catalogs = await openAll(service.engine);
    c.header('cache-control', 'public, max-age=60');
    return c.html(frontPage(service, serviceRoot(service, c.req.url), catalogs));
  });
  return app;
}
