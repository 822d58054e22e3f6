import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import stars from 'd3-celestial/data/stars.14.json' with { type: 'json' };
import { type ConeQuery, coneSearch } from '../engine/cone/cone-search.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import { dataOf } from '../engine/table/rows.ts';
import { demoBucket } from './demo-release.ts';

const CATALOG = 'hipparcos.stars';
// Positions of SIMBAD (degrees, ICRS, epoch J2000), to the source's four decimals or better.
const KNOWN = [
  { name: 'Sirius', id: 32349n, lon: 101.28716, lat: -16.71612 },
  { name: 'Vega', id: 91262n, lon: 279.23473, lat: 38.78369 },
  { name: 'Polaris', id: 11767n, lon: 37.95456, lat: 89.26411 },
  { name: "Barnard's star", id: 87937n, lon: 269.45208, lat: 4.69336 },
];

describe('the engine in Node, on the demo release', () => {
  let engine: Engine;

  before(async () => {
    engine = createEngine({
      storage: folderStorage(await demoBucket()),
      kernel: loadKernel(),
      cacheBytes: 2 ** 26,
    });
  });

  /** Identifiers and separations of an answer in its order. */
  async function search(query: Partial<ConeQuery> & Pick<ConeQuery, 'cone'>) {
    const release = (await engine.catalogs.open(CATALOG))!;
    const defaults = { columns: ['source_id'], limit: 200_000, sorted: false, separation: true };
    const { batches } = coneSearch(engine, release, { ...defaults, ...query });
    const id: bigint[] = [];
    const separation: number[] = [];
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) {
      const [ids, separations] = next.value.columns;
      id.push(...dataOf(ids!).values);
      separation.push(...dataOf(separations!).values);
    }
    return { id, separation, overflow: next.value.overflow };
  }

  test('lists the catalogues and counts their rows', async () => {
    assert.deepEqual(await engine.catalogs.list(), ['dso.objects', CATALOG]);
    assert.equal((await engine.catalogs.open(CATALOG))!.manifest.rows, 118_216);
  });

  for (const { name, id, lon, lat } of KNOWN) {
    test(`finds ${name} where it is published`, async () => {
      const found = await search({ cone: { lon, lat, radius: 1 / 3600 }, sorted: true });
      assert.deepEqual(found.id, [id]);
    });
  }

  for (const [where, cone] of Object.entries({
    'the Pleiades': { lon: 56.75, lat: 24.12, radius: 2 },
    'the north pole': { lon: 0, lat: 90, radius: 3 },
    'RA 0': { lon: 359.99, lat: -30, radius: 4 },
  })) {
    test(`finds by ${where} all that brute force finds`, async () => {
      const expected = stars.features
        .filter((star) => angle(star.geometry.coordinates, cone) <= cone.radius)
        .map((star) => BigInt(star.id));
      const found = await search({ cone });
      assert.ok(expected.length > 10);
      assert.deepEqual(found.id.toSorted(), expected.toSorted());
      assert.equal(found.overflow, false);
    });
  }

  test('sorts by separation and says when it left rows out', async () => {
    const cone = { lon: 56.75, lat: 24.12, radius: 2 };
    const all = await search({ cone, sorted: true });
    assert.deepEqual(
      all.separation,
      all.separation.toSorted((a, b) => a - b),
    );
    const exactly = await search({ cone, sorted: true, limit: all.id.length });
    assert.deepEqual(exactly, all);
    const bounded = await search({ cone, sorted: true, limit: 5 });
    assert.deepEqual(bounded, {
      id: all.id.slice(0, 5),
      separation: all.separation.slice(0, 5),
      overflow: true,
    });
  });
});

/** Angle in degrees between two positions in degrees, by the chord between their unit vectors. */
function angle([lon, lat]: number[], cone: { lon: number; lat: number }): number {
  const [a, b] = [vector(lon!, lat!), vector(cone.lon, cone.lat)];
  return (2 * Math.asin(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 2) * 180) / Math.PI;
}

function vector(lon: number, lat: number): [number, number, number] {
  const [l, b] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
  return [Math.cos(b) * Math.cos(l), Math.cos(b) * Math.sin(l), Math.sin(b)];
}
