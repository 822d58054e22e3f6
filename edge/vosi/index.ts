import { type Context, Hono } from 'hono';
import type { Release } from '../../engine/catalog/release.ts';
import { NOTHING_PUBLISHED, openAll, openCatalog } from '../catalogs.ts';
import { exampleCone } from '../example-cone.ts';
import { describeFailure } from '../failure.ts';
import { quoted, RequestError } from '../request-error.ts';
import { type Service, serviceRoot } from '../service.ts';
import { type Availability, availabilityDocument } from './availability.ts';
import { type ConeSearchEndpoint, capabilitiesDocument } from './capabilities.ts';
import { type Detail, tablesDocument } from './tables.ts';

/** VOSI 1.1 endpoints, of the whole service at the root and of each catalogue below its cone search. */
export function vosiApp(service: Service): Hono {
  const app = new Hono({ strict: false });
  const endpoint = (root: string, { manifest }: Release): string => `${root}/scs/${manifest.catalog}`;
  const describe = (root: string, release: Release): ConeSearchEndpoint => ({
    url: endpoint(root, release),
    description: release.manifest.table.description,
    test: exampleCone(service.engine.kernel, release.manifest, service.limits.maxRadius),
  });

  app.get('/availability', async (c) =>
    xml(c, availabilityDocument(await availability(() => openAll(service.engine)))),
  );
  app.get('/capabilities', async (c) => {
    const root = serviceRoot(service, c.req.url);
    const endpoints = (await openAll(service.engine)).map((release) => describe(root, release));
    return xml(c, capabilitiesDocument(root, endpoints, service.limits));
  });
  app.get('/tables', async (c) => {
    const releases = await openAll(service.engine);
    if (releases.length === 0) throw new RequestError(404, NOTHING_PUBLISHED);
    return xml(
      c,
      tablesDocument(
        releases.map(({ manifest }) => manifest),
        detailOf(c),
      ),
    );
  });

  app.get('/scs/:catalog/availability', async (c) => {
    const open = async () => [await openCatalog(service.engine, c.req.param('catalog'))];
    return xml(c, availabilityDocument(await availability(open)));
  });
  app.get('/scs/:catalog/capabilities', async (c) => {
    const release = await openCatalog(service.engine, c.req.param('catalog'));
    const described = describe(serviceRoot(service, c.req.url), release);
    return xml(c, capabilitiesDocument(described.url, [described], service.limits));
  });
  app.get('/scs/:catalog/tables', async (c) => {
    const { manifest } = await openCatalog(service.engine, c.req.param('catalog'));
    return xml(c, tablesDocument([manifest], detailOf(c)));
  });
  return app;
}

/** Up while the releases can be opened; a service without a catalogue answers no query, so it is not available. */
async function availability(open: () => Promise<Release[]>): Promise<Availability> {
  try {
    const releases = await open();
    if (releases.length === 0) return { available: false, notes: [NOTHING_PUBLISHED] };
    return {
      available: true,
      notes: releases.map(({ manifest }) => `${manifest.catalog}: release ${manifest.release}`),
    };
  } catch (error) {
    if (error instanceof RequestError) throw error;
    return { available: false, notes: [describeFailure(error).message] };
  }
}

/** VOSI 1.1 §3.3.1: the columns too, unless `detail=min`. */
function detailOf(c: Context): Detail {
  const detail = new Map(
    [...new URL(c.req.url).searchParams].map(([name, value]) => [name.toLowerCase(), value]),
  ).get('detail');
  if (detail === undefined || detail === 'max') return 'max';
  if (detail === 'min') return 'min';
  throw new RequestError(400, `detail ${quoted(detail)} is neither min nor max.`);
}

function xml(c: Context, document: string): Response {
  return c.body(document, 200, {
    'content-type': 'text/xml;charset=utf-8',
    'cache-control': 'public, max-age=60',
  });
}
