import { type Context, Hono } from 'hono';
import type { Release } from '../../engine/catalog/release.ts';
import { NOTHING_PUBLISHED, type Opened, openAll, openCatalog, releasesOf } from '../catalogs.ts';
import { exampleCone } from '../example-cone.ts';
import { describeFailure } from '../failure.ts';
import { quoted, RequestError } from '../request-error.ts';
import { conePath, type Service, serviceRoot } from '../service.ts';
import { type Availability, availabilityDocument } from './availability.ts';
import { type ConeSearchEndpoint, capabilitiesDocument } from './capabilities.ts';
import { type Detail, tablesDocument } from './tables.ts';

/** VOSI 1.1 endpoints, of the whole service at the root and of each catalogue below its cone search. */
export function vosiApp(service: Service): Hono {
  const app = new Hono({ strict: false });
  const { engine } = service;
  const endpoint = (root: string, { manifest }: Release): string => `${root}/${conePath(manifest.catalog)}`;
  const describe = (root: string, release: Release): ConeSearchEndpoint => ({
    url: endpoint(root, release),
    description: release.manifest.table.description,
    test: exampleCone(engine.kernel, release, service.limits.maxRadius),
  });

  app.get('/availability', async (c) => {
    const state = await availability(() => openAll(engine));
    return xml(c, availabilityDocument(state), 'no-cache');
  });
  app.get('/capabilities', async (c) => {
    const root = serviceRoot(service, c.req.url);
    const endpoints = releasesOf(await openAll(engine)).map((release) => describe(root, release));
    return xml(c, capabilitiesDocument(root, endpoints, service.limits));
  });
  app.get('/tables', async (c) => {
    const releases = releasesOf(await openAll(engine));
    if (releases.length === 0)
      throw new RequestError(404, 'There is no catalogue to describe: availability says why.');
    const manifests = releases.map(({ manifest }) => manifest);
    return xml(c, tablesDocument(manifests, detailOf(c)));
  });

  app.get('/scs/:catalog/availability', async (c) => {
    const name = c.req.param('catalog');
    const open = async () => [{ name, release: await openCatalog(engine, name) }];
    return xml(c, availabilityDocument(await availability(open)), 'no-cache');
  });
  app.get('/scs/:catalog/capabilities', async (c) => {
    const release = await openCatalog(engine, c.req.param('catalog'));
    const described = describe(serviceRoot(service, c.req.url), release);
    return xml(c, capabilitiesDocument(described.url, [described], service.limits));
  });
  app.get('/scs/:catalog/tables', async (c) => {
    const { manifest } = await openCatalog(engine, c.req.param('catalog'));
    return xml(c, tablesDocument([manifest], detailOf(c)));
  });
  return app;
}

/** Up while a catalogue can be searched; the notes say what is the matter with the others. */
async function availability(open: () => Promise<Opened[]>): Promise<Availability> {
  try {
    const catalogs = await open();
    return {
      available: releasesOf(catalogs).length > 0,
      notes: catalogs.length === 0 ? [NOTHING_PUBLISHED] : catalogs.map(note),
    };
  } catch (error) {
    if (error instanceof RequestError) throw error;
    return { available: false, notes: [describeFailure(error).message] };
  }
}

function note(catalog: Opened): string {
  const state =
    'release' in catalog ? `release ${catalog.release.manifest.release}` : catalog.failure.message;
  return `${catalog.name}: ${state}`;
}

/** VOSI 1.1 §3.3.1: the columns too, unless `detail=min`. */
function detailOf(c: Context): Detail {
  const detail = new Map(
    Object.entries(c.req.query()).map(([name, value]) => [name.toLowerCase(), value]),
  ).get('detail');
  if (detail === undefined || detail === 'max') return 'max';
  if (detail === 'min') return 'min';
  throw new RequestError(400, `detail ${quoted(detail)} is neither min nor max.`);
}

function xml(c: Context, document: string, cacheControl = 'public, max-age=60'): Response {
  return c.body(document, 200, { 'content-type': 'text/xml;charset=utf-8', 'cache-control': cacheControl });
}
