import { Hono } from 'hono';
import type { Release } from '../../engine/catalog/release.ts';
import { hasPositions } from '../../engine/catalog/table.ts';
import { openAll, openPositions, releasesOf } from '../catalogs.ts';
import { linksCapability } from '../datalink/capabilities.ts';
import { exampleCone } from '../example-cone.ts';
import { RequestError } from '../request-error.ts';
import { conePath, type Service, serviceRoot } from '../service.ts';
import { sia1Capability, sia2Capability } from '../sia/capabilities.ts';
import { IMAGES } from '../sia/catalog.ts';
import { exampleImage } from '../sia/example-image.ts';
import { sodaCapabilityElements } from '../soda/capabilities.ts';
import { tapCapability } from '../tap/capability.ts';
import { describedTable, detailOf, xml } from './answer.ts';
import { availability, availabilityDocument } from './availability.ts';
import { type ConeSearchEndpoint, capabilitiesDocument } from './capabilities.ts';
import { tablesDocument } from './tables.ts';

/** VOSI 1.1 endpoints, of the whole service at the root and of each catalogue below its cone search. */
export function vosiApp(service: Service): Hono {
  const app = new Hono({ strict: false });
  const { engine } = service;
  const describe = (root: string, address: string, release: Release): ConeSearchEndpoint => ({
    url: `${root}/${conePath(address)}`,
    description: release.manifest.table.description,
    test: exampleCone(engine.kernel, release, service.limits.maxRadius),
  });

  app.get('/availability', async (c) => {
    const state = await availability(() => openAll(engine));
    return xml(c, availabilityDocument(state), 'no-cache');
  });
  app.get('/capabilities', async (c) => {
    const root = serviceRoot(service, c.req.url);
    const releases = releasesOf(await openAll(engine));
    const endpoints = releases
      .filter(({ manifest }) => hasPositions(manifest.table))
      .map((release) => describe(root, release.manifest.catalog, release));
    const tables = releases.map(({ manifest }) => manifest.table);
    const images = releases.find(({ manifest }) => manifest.catalog === IMAGES);
    const others = [
      ...(service.tap === null ? [] : [tapCapability(`${root}/tap`, tables, null)]),
      ...(images === undefined ? [] : imageCapabilities(service, root, images)),
    ];
    return xml(c, capabilitiesDocument(root, endpoints, service.limits, others));
  });
  app.get('/tables', async (c) => {
    const releases = releasesOf(await openAll(engine));
    if (releases.length === 0)
      throw new RequestError(404, 'There is no catalogue to describe: availability says why.');
    return xml(c, tablesDocument(releases.map(describedTable), detailOf(c)));
  });

  app.get('/scs/:catalog/availability', async (c) => {
    const name = c.req.param('catalog');
    const open = async () => [{ name, release: await openPositions(engine, name) }];
    return xml(c, availabilityDocument(await availability(open)), 'no-cache');
  });
  app.get('/scs/:catalog/capabilities', async (c) => {
    const address = c.req.param('catalog');
    const described = describe(
      serviceRoot(service, c.req.url),
      address,
      await openPositions(engine, address),
    );
    return xml(c, capabilitiesDocument(described.url, [described], service.limits, []));
  });
  app.get('/scs/:catalog/tables', async (c) => {
    const release = await openPositions(engine, c.req.param('catalog'));
    return xml(c, tablesDocument([describedTable(release)], detailOf(c)));
  });
  return app;
}

/** What there is for images. */
function imageCapabilities({ engine, limits, soda }: Service, root: string, images: Release): string[] {
  const example = exampleImage(engine.kernel, images);
  return [
    sia2Capability(`${root}/sia2`, limits, example),
    sia1Capability(`${root}/sia`, limits, example),
    linksCapability(`${root}/datalink`),
    ...(soda === null ? [] : sodaCapabilityElements(`${root}/soda`)),
  ];
}
