import { Hono } from 'hono';
import { bulkApp } from './bulk/index.ts';
import { crossOrigin } from './cross-origin.ts';
import { datalinkApp } from './datalink/index.ts';
import { describeFailure } from './failure.ts';
import { gzip } from './gzip.ts';
import { headRequests } from './head-requests.ts';
import { imageFilesApp } from './images/index.ts';
import { mocApp } from './moc/index.ts';
import { onlyMethods } from './only-methods.ts';
import { portalApp } from './portal/index.ts';
import { coneSearchApp } from './scs/index.ts';
import type { Service } from './service.ts';
import { sia1App } from './sia/v1/index.ts';
import { sia2App } from './sia/v2/index.ts';
import { vosiApp } from './vosi/index.ts';
import { answerFromWorker, NO_SODA, NO_SODA_JOBS, NO_TAP, NO_TAP_JOBS } from './worker-binding.ts';

/** The service over HTTP: every protocol at its address, and what all of them share. */
export function createApp(service: Service): Hono {
  const app = new Hono({ strict: false });
  app.all('/tap/async/*', (c) => answerFromWorker(service.jobs, c.req.raw, NO_TAP_JOBS));
  app.all('/soda/async/*', (c) => answerFromWorker(service.jobs, c.req.raw, NO_SODA_JOBS));
  app.all('/tap/*', (c) => answerFromWorker(service.tap, c.req.raw, NO_TAP));
  app.all('/soda/*', (c) => answerFromWorker(service.soda, c.req.raw, NO_SODA));
  app.use(gzip());
  app.use(crossOrigin());
  app.use(headRequests());
  app.use(onlyMethods(app, (c, message) => c.text(`${message}\n`, 405)));
  app.onError((error, c) => {
    const { status, message } = describeFailure(error);
    return c.text(`${message}\n`, status, { 'cache-control': 'no-store' });
  });
  app.notFound((c) => c.text(ADDRESSES, 404));
  app.route('/', portalApp(service));
  app.route('/', vosiApp(service));
  app.route('/', mocApp(service));
  app.route('/scs', coneSearchApp(service));
  app.route('/', bulkApp(service));
  app.route('/sia2', sia2App(service));
  app.route('/sia', sia1App(service));
  app.route('/datalink', datalinkApp(service));
  app.route('/images', imageFilesApp(service));
  return app;
}

const ADDRESSES = `There is nothing at this address. What there is:
  /                                     catalogues, columns and examples
  /scs/{schema.table}?RA=&DEC=&SR=      cone search
  /scs/{schema.table}/cones             the same around a list of positions that is POSTed
  /scs/{schema.table}/moc               where on the sky its rows lie, as a MOC
  /scs/{schema.table}/capabilities      what the cone search can do; also availability and tables
  /tap                                  ADQL queries of all catalogues: TAP; below it async, for long ones
  /sia2/query?POS=                      images by position, band, time …: SIA 2.0
  /sia?POS=&SIZE=                       images by position: SIA 1.0
  /datalink/links?ID=                   files, previews and cutouts of images: DataLink
  /soda/sync?ID=                        cutouts of images: SODA; below it async, for jobs
  /bulk                                 whole catalogues as Parquet files (HATS)
  /capabilities, /availability, /tables the same for the whole service
`;
