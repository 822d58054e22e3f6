import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Vector } from 'apache-arrow';
import fc from 'fast-check';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { fileOf, type Release, rowGroupAt } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { Cone } from '../healpix-wasm/kernel.ts';
import type { ResultTable } from '../table/result.ts';
import { dataOf } from '../table/rows.ts';
import { coneSearch } from './cone-search.ts';
import { type ConesQuery, conesSearch } from './cones-search.ts';

const CATALOG = 'hipparcos.stars';
const ALL = Number.POSITIVE_INFINITY;

describe('cones search', () => {
  let bucket: ScratchBucket;
  let engine: Engine;
  let release: Release;
  /** Of some stars. */
  let stars: readonly Cone[];
  before(async () => {
    bucket = await scratchBucket();
    engine = bucket.engine();
    release = (await engine.catalogs.open(CATALOG))!;
    const { rows } = await read(
      coneSearch(engine, release, {
        cone: { lon: 0, lat: 0, radius: 180 },
        columns: ['ra', 'dec'],
        limit: ALL,
        sorted: false,
        separation: false,
      }),
    );
    stars = rows.map(([ra, dec]) => ({ lon: ra as number, lat: dec as number, radius: 1 / 60 }));
  });
  after(() => bucket.remove());

  const start = (cones: readonly Cone[], query: Partial<ConesQuery> = {}) =>
    conesSearch(engine, release, queryOf(cones, query));

  /** The same by one search after the other. */
  async function oneByOne(
    cones: readonly Cone[],
    { nearest = null, unmatched = false }: Partial<ConesQuery> = {},
  ) {
    const rows: unknown[][] = [];
    for (const [at, cone] of cones.entries()) {
      const columns = ['source_id', 'name', 'vmag'];
      const single = { cone, columns, limit: ALL, sorted: false, nearest, separation: true };
      const found = (await read(coneSearch(engine, release, single))).rows;
      rows.push(...found.map((row) => [at + 1, ...row]));
      if (found.length === 0 && unmatched) rows.push([at + 1, null, null, null, null]);
    }
    return rows;
  }

  const anywhere = fc.oneof(
    fc.record({
      lon: fc.double({ min: 0, max: 360, noNaN: true }),
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
    }),
    fc.record({
      lon: fc.constantFrom(0, 1e-9, 359.999999, 360),
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
    }),
    fc.record({
      lon: fc.double({ min: 0, max: 360, noNaN: true }),
      lat: fc.constantFrom(-90, 90, 89.999, -89.9999),
    }),
    fc.nat().map((n) => stars[n % stars.length]!),
  );
  const radii = fc.oneof(fc.constant(0.001), fc.double({ min: 1e-6, max: 3, noNaN: true }));
  const cone = fc.tuple(anywhere, radii).map(([{ lon, lat }, radius]) => ({ lon, lat, radius }));
  const list = fc
    .array(cone, { minLength: 1, maxLength: 40 })
    .chain((cones) => fc.shuffledSubarray([...cones, ...cones], { minLength: 1 }));

  test('finds what single searches find, in the order of the positions', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.constantFrom(null, 1, 3), fc.boolean(), async (cones, nearest, unmatched) => {
        const { rows } = await read(start(cones, { nearest, unmatched }));
        assert.deepEqual(rows, await oneByOne(cones, { nearest, unmatched }));
      }),
      { numRuns: 150 },
    );
  });

  test('the nearest rows may be far', async () => {
    const cones = stars.filter((_, at) => at % 997 === 0).map(({ lon, lat }) => ({ lon, lat, radius: 30 }));
    const shifted = cones.map(({ lon, lat, radius }) => ({ lon, lat: lat / 2, radius }));
    const { rows } = await read(start(shifted, { nearest: 2 }));
    assert.deepEqual(rows, await oneByOne(shifted, { nearest: 2 }));
    assert.equal(rows.length, 2 * shifted.length);
  });

  test('thousands of positions have blocks, and their order', async () => {
    const cones = stars
      .filter((_, at) => at % 13 === 0)
      .toSorted((a, b) => Math.sin(1e5 * a.lon) - Math.sin(1e5 * b.lon));
    assert.ok(cones.length > 5000);
    const { rows } = await read(start(cones));
    assert.deepEqual(rows, await oneByOne(cones));
  });

  test('visits each row group once for all positions around it', async () => {
    const cold = bucket.engine();
    const opened = (await cold.catalogs.open(CATALOG))!;
    const cones = stars.filter((_, at) => at % 10 === 0);
    bucket.reads.splice(0);
    const fetched: string[] = [];
    const { rowGroups } = cold;
    const observed: Engine = {
      ...cold,
      rowGroups: {
        ...rowGroups,
        fetch(groups, names) {
          fetched.push(...groups.map(({ id }) => id));
          return rowGroups.fetch(groups, names);
        },
      },
    };
    const result = conesSearch(observed, opened, queryOf(cones.map(small)));
    const { rows } = await read(result);
    assert.ok(rows.length >= cones.length);
    const groups = new Set(fetched).size;
    assert.ok(groups > 100);
    // Again only where just the index was wanted of it the first time.
    assert.ok(
      fetched.length < 1.05 * groups,
      `${fetched.length} row groups fetched, ${groups} different ones`,
    );
    assert.ok(bucket.reads.length < fetched.length / 2, `${bucket.reads.length} reads`);
  });

  test('cones with more rows than are held give all of them, where they belong', async () => {
    const everything = { lon: 10, lat: 20, radius: 180 };
    const columns = release.manifest.table.columns.map(({ name }) => name);
    const cones = [stars[5]!, everything, stars[7]!, { ...everything, lon: 11 }];
    const { rows } = await read(start(cones, { columns }));
    const counts = new Map<unknown, number>();
    for (const [position] of rows) counts.set(position, (counts.get(position) ?? 0) + 1);
    const { manifest } = release;
    assert.deepEqual([counts.get(2), counts.get(4)], [manifest.rows, manifest.rows]);
    const positions = rows.map(([position]) => position as number);
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    );
    const nearest = await read(start(cones, { nearest: 5000 }));
    assert.deepEqual(nearest.rows, await oneByOne(cones, { nearest: 5000 }));
  });

  test('leaves out rows beyond the limit and says so exactly', async () => {
    const cones = stars.filter((_, at) => at % 100 === 0);
    const all = (await read(start(cones))).rows;
    for (const limit of [1, 1500, all.length - 1, all.length, all.length + 1]) {
      const { rows, overflow } = await read(start(cones, { limit }));
      assert.deepEqual(rows, all.slice(0, limit));
      assert.equal(overflow, limit < all.length, `limit ${limit}`);
    }
  });

  test('stops reading when nobody asks for more', async () => {
    const cold = bucket.engine();
    const cones = stars.toSorted((a, b) => Math.sin(1e5 * a.lon) - Math.sin(1e5 * b.lon)).slice(0, 20_000);
    bucket.reads.splice(0);
    const { batches } = conesSearch(cold, (await cold.catalogs.open(CATALOG))!, queryOf(cones.map(small)));
    assert.equal((await batches.next()).done, false);
    await batches.return({ overflow: false });
    const { length } = bucket.reads;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(bucket.reads.length, length);
  });

  test('fails where a file is damaged, after the positions before', async () => {
    const broken = await scratchBucket();
    try {
      const fresh = broken.engine();
      const opened = (await fresh.catalogs.open(CATALOG))!;
      const last = opened.manifest.leaves.length - 1;
      const leaf = await fresh.leaves.load(opened, last);
      const key = fileOf(rowGroupAt(opened, last, leaf, leaf.first.length - 1));
      await truncate(join(broken.folder, key), 100_000);
      // Stars come in the order of cells, and so do the files.
      const { batches } = conesSearch(fresh, opened, queryOf(stars.slice(-20_000).map(small)));
      await assert.rejects(
        async () => {
          while (!(await batches.next()).done);
        },
        { name: 'CorruptPartitionError', key },
      );
    } finally {
      await broken.remove();
    }
  });

  test('positions keep the identifiers that they were given', async () => {
    const cones = [stars[0]!, { lon: 0, lat: 0, radius: 1e-9 }, stars[1]!];
    const column = async (identifiers: ConesQuery['identifiers']) => {
      const result = start(cones, { identifiers, unmatched: true });
      const { datatype, arraysize, name } = result.columns[0]!;
      const { rows } = await read(result);
      return { datatype, arraysize, name, given: [...new Set(rows.map(([first]) => first))] };
    };
    assert.deepEqual(await column(null), {
      datatype: 'int',
      arraysize: null,
      name: 'position',
      given: [1, 2, 3],
    });
    assert.deepEqual(await column(['a', 'Ω 2', '']), {
      datatype: 'unicodeChar',
      arraysize: '*',
      name: 'position',
      given: ['a', 'Ω 2', ''],
    });
    assert.deepEqual(await column(BigInt64Array.of(7n, -1n, 2n ** 60n)), {
      datatype: 'long',
      arraysize: null,
      name: 'position',
      given: [7n, -1n, 2n ** 60n],
    });
  });
});

const small = ({ lon, lat }: Cone): Cone => ({ lon, lat, radius: 0.001 });

function queryOf(cones: readonly Cone[], query: Partial<ConesQuery> = {}): ConesQuery {
  return {
    cones: {
      lon: Float64Array.from(cones, ({ lon }) => lon),
      lat: Float64Array.from(cones, ({ lat }) => lat),
      radius: Float64Array.from(cones, ({ radius }) => radius),
    },
    identifiers: null,
    columns: ['source_id', 'name', 'vmag'],
    limit: ALL,
    nearest: null,
    unmatched: false,
    ...query,
  };
}

async function read({ batches }: ResultTable): Promise<{ rows: unknown[][]; overflow: boolean }> {
  const rows: unknown[][] = [];
  for (;;) {
    const { done, value } = await batches.next();
    if (done) return { rows, overflow: value.overflow };
    const columns = value.columns.map((cells) => [...new Vector([dataOf(cells)])]);
    for (let row = 0; row < value.length; row++) rows.push(columns.map((column) => column[row]));
  }
}
