import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Vector } from 'apache-arrow';
import type { Column } from '../../engine/catalog/column.ts';
import {
  BLOCKS_PATH,
  FOOTPRINTS_PATH,
  type Manifest,
  manifestKey,
  releasePrefix,
} from '../../engine/catalog/manifest.ts';
import { createEngine } from '../../engine/engine.ts';
import type { RowCondition } from '../../engine/footprints/conditions.ts';
import { type Sky, searchFootprints } from '../../engine/footprints/search.ts';
import type { Cone, Footprints, FootprintTest, Region } from '../../engine/healpix-wasm/kernel.ts';
import { dataOf } from '../../engine/table/rows.ts';
import { at } from '../../test/sky.ts';
import type { CopyValue } from '../database/copy.ts';
import { column, DEC, exported, ID, kernel, RA, silent, tableOf, withTable } from './test-catalog.ts';
import { verifyFiles } from './verify-files.ts';

const REGION: Column = {
  ...column('s_region', 'double', 'pos.outline;obs.field', 'polygon'),
  arraysize: '*',
};
const FOV: Column = { ...column('s_fov', 'double', 'phys.angSize;instr.fov'), unit: 'deg' };
const NAME = column('name', 'char');
const TABLE = tableOf([ID, RA, DEC, NAME, FOV, REGION], 'survey', 'images');
const COUNT = 3000;

const EVERYTHING = Number.POSITIVE_INFINITY;

interface Image {
  readonly id: bigint;
  readonly lon: number;
  readonly lat: number;
  readonly name: string | null;
  readonly fov: number | null;
  readonly polygon: readonly number[] | null;
}

/** Images of arcseconds to tens of degrees, some on the poles and over longitude 0, wound either way, and odd ones. */
function images(): Image[] {
  let state = 7;
  const unit = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: COUNT }, (_, i): Image => {
    const crowded = unit() < 0.3;
    const lon = crowded ? [0, 0.01, 359.99, 83.6][i % 4]! : 360 * unit();
    const lat = crowded ? [90, -90, 0, 22][(i >> 2) % 4]! : (180 / Math.PI) * Math.asin(2 * unit() - 1);
    const size = 10 ** (4.5 * unit() - 3);
    const corners = 4 + (i % 3);
    const turn = i % 2 === 0 ? 1 : -1;
    const around = Array.from({ length: corners }, (_, n) =>
      at({ lon, lat, radius: 0 }, size, (turn * 360 * (n + unit() / 2)) / corners),
    ).flat();
    const common = { id: BigInt(i), lon, lat, name: i % 7 === 0 ? null : `image ${i % 10}` };
    if (i % 50 === 1) return { ...common, fov: i % 100 === 1 ? 0.5 : null, polygon: null };
    if (i === 2) return { ...common, fov: 360, polygon: null };
    if (i % 50 === 3) return { ...common, fov: 0.1, polygon: [lon, lat, lon, lat, lon, lat] };
    return { ...common, fov: 2 * size, polygon: around };
  });
}

const IMAGES = images();

function* rows(): Generator<CopyValue[]> {
  for (const { id, lon, lat, name, fov, polygon } of IMAGES) {
    yield [id, lon, lat, name, fov, polygon && `{${polygon.join(',')}}`];
  }
}

/** All footprints at once, with no index between. */
const ALL: Footprints = {
  vertices: Float64Array.from(IMAGES.flatMap(({ polygon }) => polygon ?? [])),
  offsets: IMAGES.reduce(
    (offsets, { polygon }, image) => {
      offsets[image + 1] = offsets[image]! + (polygon?.length ?? 0);
      return offsets;
    },
    new Int32Array(COUNT + 1),
  ),
  lon: Float64Array.from(IMAGES, ({ lon }) => lon),
  lat: Float64Array.from(IMAGES, ({ lat }) => lat),
  diameter: Float64Array.from(IMAGES, ({ fov }) => fov ?? Number.NaN),
};

const REGIONS: readonly (Region | Cone)[] = [
  { lon: 0, lat: 90, radius: 0 },
  { lon: 359.995, lat: 0, radius: 0.001 },
  { lon: 83.6, lat: 22, radius: 1 },
  { lon: 200, lat: -40, radius: 15 },
  { lon: 0, lat: 0, radius: 180 },
  { kind: 'zone', west: 350, east: 10, south: -5, north: 5 },
  { kind: 'zone', west: 0, east: 360, south: 80, north: 90 },
  {
    kind: 'polygon',
    vertices: [
      { lon: 80, lat: 20 },
      { lon: 90, lat: 20 },
      { lon: 85, lat: 30 },
    ],
  },
  { kind: 'box', lon: 0, lat: -90, width: 3, height: 2 },
];

const QUIET = { lon: 200, lat: -40, radius: 0.01 };

const expected = (region: Region | Cone, test: FootprintTest) =>
  new Set([...kernel.footprintRows(region, ALL, test)].map((row) => IMAGES[row]!.id));

describe('an export of images', () => {
  test('has an index by which every footprint is found, and damage is told', async () => {
    await withTable(TABLE, rows(), async (catalog) => {
      const manifest = await exported(catalog, TABLE);
      assert.ok(manifest.footprints!.chunks.order.length > 5);
      assert.ok(new Set(manifest.footprints!.chunks.order).size > 5);
      const { faults } = await verifyFiles(catalog.storage, manifest.catalog, manifest.release, silent);
      assert.deepEqual(faults, []);

      let read: { key: string; bytes: number }[] = [];
      const { storage } = catalog;
      const watched = {
        ...storage,
        get: async (key: string, range?: { offset: number; length: number }) => {
          const bytes = await storage.get(key, range);
          read.push({ key, bytes: bytes?.length ?? 0 });
          return bytes;
        },
      };
      const opened = () => createEngine({ storage: watched, kernel, cacheBytes: 2 ** 24 });
      const engine = opened();
      const release = (await engine.catalogs.open(manifest.catalog))!;

      async function search(
        sky: Sky | null,
        conditions: readonly RowCondition[] = [],
        maxrec = EVERYTHING,
        from = engine,
        of = release,
      ) {
        const batches = searchFootprints(
          from,
          { release: of, sky, conditions, columns: ['id', 'name'] },
          maxrec,
        );
        const ids: bigint[] = [];
        let next = await batches.next();
        for (; !next.done; next = await batches.next()) {
          const [id, name] = next.value.columns.map((cells) => [...new Vector([dataOf(cells)])]);
          id!.forEach((value, row) => {
            assert.equal(name![row], IMAGES[Number(value)]!.name);
            ids.push(value);
          });
        }
        return { ids, overflow: next.value.overflow };
      }
      const found = async (...args: Parameters<typeof search>) => {
        const { ids, overflow } = await search(...args);
        assert.equal(overflow, false);
        assert.equal(new Set(ids).size, ids.length);
        return new Set(ids);
      };

      for (const region of REGIONS) {
        assert.deepEqual(await found({ regions: [region], test: 'overlaps' }), expected(region, 'overlaps'));
        if ('kind' in region && region.kind === 'zone') continue;
        for (const test of ['covers', 'enclosed'] as const)
          assert.deepEqual(await found({ regions: [region], test }), expected(region, test), test);
      }
      const both = [REGIONS[0]!, REGIONS[2]!];
      assert.deepEqual(
        await found({ regions: both, test: 'overlaps' }),
        new Set(both.flatMap((region) => [...expected(region, 'overlaps')])),
      );
      const near = kernel.coneRows(REGIONS[3] as Cone, ALL.lon, ALL.lat, null).row;
      assert.deepEqual(
        await found({ regions: [REGIONS[3]!], test: 'position' }),
        new Set([...near].map((row) => IMAGES[row]!.id)),
      );

      const named: RowCondition = {
        kind: 'text',
        column: 'name',
        texts: ['IMAGE 3', 'no'],
        ignoreCase: true,
      };
      const small: RowCondition = { kind: 'within', column: 's_fov', intervals: [[0, 0.1]] };
      const thatAre = (test: (image: Image) => boolean) => new Set(IMAGES.filter(test).map(({ id }) => id));
      const wide = expected(REGIONS[3]!, 'overlaps');
      const isNamed = ({ name }: Image) => name === 'image 3';
      const isSmall = ({ fov }: Image) => fov !== null && fov <= 0.1;
      assert.deepEqual(await found(null, [named]), thatAre(isNamed));
      assert.deepEqual(
        await found({ regions: [REGIONS[3]!], test: 'overlaps' }, [named, small]),
        thatAre((image) => isNamed(image) && isSmall(image) && wide.has(image.id)),
      );
      assert.deepEqual(await found(null, [{ ...named, ignoreCase: false }]), new Set());

      const all = await search(null);
      assert.deepEqual(
        all.ids.toSorted((a, b) => Number(a - b)),
        IMAGES.map(({ id }) => id),
      );
      for (const limit of [0, 1, 999, COUNT - 1, COUNT]) {
        const cut = await search(null, [], limit);
        assert.deepEqual(cut, { ids: all.ids.slice(0, limit), overflow: limit < COUNT });
      }

      const bytesRead = async (from: typeof engine, of: typeof release) => {
        read = [];
        await search({ regions: [QUIET], test: 'overlaps' }, [], EVERYTHING, from, of);
        return read.reduce((sum, { bytes }) => sum + bytes, 0);
      };
      const fresh = opened();
      const indexed = await bytesRead(fresh, (await fresh.catalogs.open(manifest.catalog))!);

      // A release that has no such index is searched, too.
      const { footprints: _, ...older } = manifest;
      const key = manifestKey(manifest.catalog, manifest.release);
      await storage.put(key, new TextEncoder().encode(JSON.stringify(older)));
      const plain = opened();
      const without = (await plain.catalogs.open(manifest.catalog))!;
      const unindexed = await bytesRead(plain, without);
      assert.ok(indexed < unindexed, `${indexed} bytes read, ${unindexed} without an index`);
      assert.deepEqual(
        await found({ regions: [REGIONS[2]!], test: 'overlaps' }, [], EVERYTHING, plain, without),
        expected(REGIONS[2]!, 'overlaps'),
      );
      // The next export makes one, though no row has changed.
      const next = await exported(catalog, TABLE);
      assert.notEqual(next.release, manifest.release);
      assert.deepEqual(next.footprints, manifest.footprints);

      for (const name of [FOOTPRINTS_PATH, BLOCKS_PATH]) {
        const path = join(catalog.bucket, releasePrefix(next.catalog, next.release), name);
        const good = await readFile(path);
        const fails = async (bytes: Uint8Array, problem: string) => {
          const damaged = opened();
          const corrupt = (await damaged.catalogs.open(manifest.catalog))!;
          await writeFile(path, bytes);
          await assert.rejects(
            search({ regions: [REGIONS[0]!], test: 'overlaps' }, [], EVERYTHING, damaged, corrupt),
            { name: 'CorruptReleaseError', message: new RegExp(`${name} is ${problem}`) },
          );
        };
        await fails(
          good.map((byte) => byte ^ 1),
          'damaged',
        );
        await fails(good.subarray(0, 10), 'truncated');
        await writeFile(path, good);
      }
    });
  });

  test('without rows has an index without chunks, and without footprints none', async () => {
    await withTable(TABLE, [], async (catalog) => {
      const manifest: Manifest = await exported(catalog, TABLE);
      const chunks = { order: [], first: [], entries: [], bytes: [], crc32: [] };
      assert.deepEqual(manifest.footprints, { version: 1, chunks, blocks: [], reach: 0 });
      const engine = createEngine({ storage: catalog.storage, kernel, cacheBytes: 2 ** 20 });
      const release = (await engine.catalogs.open(manifest.catalog))!;
      const sky: Sky = { regions: [REGIONS[0]!], test: 'overlaps' };
      const batches = searchFootprints(engine, { release, sky, conditions: [], columns: ['id'] }, 10);
      assert.deepEqual(await batches.next(), { done: true, value: { overflow: false } });
    });
    const stars = tableOf([ID, RA, DEC]);
    await withTable(stars, [[1, 10, 10]], async (catalog) => {
      assert.equal((await exported(catalog, stars)).footprints, undefined);
    });
  });
});
