import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Vector } from 'apache-arrow';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { separation } from '../../test/sky.ts';
import { fileOf, type Release, rowGroupAt } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { Batch } from '../table/result.ts';
import { dataOf } from '../table/rows.ts';
import type { Scan } from './scan.ts';
import { scanRows } from './scan-rows.ts';

const CATALOG = 'hipparcos.stars';
const PLEIADES = { lon: 56.75, lat: 24.12, radius: 2 };
const cone = (radius: number, strict = false) =>
  ({ kind: 'cone', cone: { ...PLEIADES, radius }, strict }) as const;
const EVERYTHING = Number.POSITIVE_INFINITY;

interface Star {
  readonly source_id: bigint;
  readonly ra: number;
  readonly dec: number;
  readonly vmag: number;
  readonly hd: number | null;
}

describe('a scan', () => {
  let bucket: ScratchBucket;
  let engine: Engine;
  let release: Release;
  let stars: readonly Star[];
  before(async () => {
    bucket = await scratchBucket();
    await reopen();
    stars = (await answer({ columns: ['source_id', 'ra', 'dec', 'vmag', 'hd'] })).rows as unknown as Star[];
  });
  beforeEach(() => reopen());
  after(() => bucket.remove());

  async function reopen(cacheBytes = 2 ** 26) {
    engine = bucket.engine({ cacheBytes });
    release = (await engine.catalogs.open(CATALOG))!;
    bucket.reads.splice(0);
  }

  const start = (scan: Partial<Scan> = {}, maxrec = EVERYTHING) =>
    scanRows(
      engine,
      { release, columns: ['source_id'], regions: [], comparisons: [], ranges: null, top: null, ...scan },
      maxrec,
    );

  async function answer(scan: Partial<Scan> = {}, maxrec = EVERYTHING) {
    const batches = start(scan, maxrec);
    const all: Batch[] = [];
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) all.push(next.value);
    const names = scan.columns === 'count' ? ['count'] : (scan.columns ?? ['source_id']);
    const rows = all.flatMap(({ columns, length }) => {
      const values = columns.map((cells) => [...new Vector([dataOf(cells)])]);
      for (const column of values) assert.equal(column.length, length);
      return Array.from({ length }, (_, row) =>
        Object.fromEntries(names.map((name, at) => [name, values[at]![row]])),
      );
    });
    return { rows, batches: all, overflow: next.value.overflow };
  }

  const identifiers = async (scan: Partial<Scan>, maxrec?: number) =>
    (await answer(scan, maxrec)).rows.map(({ source_id }) => source_id as bigint);
  const thatAre = (test: (star: Star) => boolean) => stars.filter(test).map(({ source_id }) => source_id);

  test('gives all rows in ascending order of cells, each once', async () => {
    assert.equal(stars.length, release.manifest.rows);
    assert.equal(new Set(stars.map(({ source_id }) => source_id)).size, stars.length);
    const cells = engine.kernel.hash(
      Float64Array.from(stars, ({ ra }) => ra),
      Float64Array.from(stars, ({ dec }) => dec),
    );
    assert.deepEqual(cells, cells.toSorted());
  });

  test('gives the rows of regions, and of all of several', async () => {
    const near = (radius: number) => (star: Star) =>
      separation({ ...PLEIADES, radius }, star.ra, star.dec) <= radius;
    for (const radius of [0.5, 2, 30]) {
      assert.deepEqual(await identifiers({ regions: [cone(radius)] }), thatAre(near(radius)));
    }
    const box = { kind: 'box', lon: 57, lat: 24, width: 3, height: 1 } as const;
    const inBox = engine.kernel.regionRows(
      box,
      Float64Array.from(stars, ({ ra }) => ra),
      Float64Array.from(stars, ({ dec }) => dec),
      null,
    );
    const inside = new Set([...inBox].map((row) => stars[row]!.source_id));
    const region = { kind: 'region', region: box } as const;
    assert.ok(inside.size > 5);
    assert.deepEqual(
      await identifiers({ regions: [region] }),
      thatAre(({ source_id }) => inside.has(source_id)),
    );
    assert.deepEqual(
      await identifiers({ regions: [cone(0.7), region] }),
      thatAre((star) => near(0.7)(star) && inside.has(star.source_id)),
    );
    assert.deepEqual(
      await identifiers({ regions: [cone(0.1), { ...region, region: { ...box, lon: 200 } }] }),
      [],
    );
  });

  test('leaves out the rim of a cone where it is to', async () => {
    const [star] = stars;
    const here = { lon: star!.ra, lat: star!.dec, radius: 0 };
    assert.deepEqual(await identifiers({ regions: [{ kind: 'cone', cone: here, strict: false }] }), [
      star!.source_id,
    ]);
    assert.deepEqual(await identifiers({ regions: [{ kind: 'cone', cone: here, strict: true }] }), []);
  });

  test('compares as SQL does: what is null compares with nothing', async () => {
    const tests: Record<string, (value: number) => boolean> = {
      '=': (value) => value === 358,
      '<>': (value) => value !== 358,
      '<': (value) => value < 358,
      '<=': (value) => value <= 358,
      '>': (value) => value > 358,
      '>=': (value) => value >= 358,
    };
    assert.ok(stars.some(({ hd }) => hd === 358) && stars.some(({ hd }) => hd === null));
    for (const [operator, compare] of Object.entries(tests)) {
      const comparisons = [{ column: 'hd', operator, value: 358 }] as Scan['comparisons'];
      assert.deepEqual(
        await identifiers({ comparisons }),
        thatAre(({ hd }) => hd !== null && compare(hd)),
        operator,
      );
    }
    const comparisons: Scan['comparisons'] = [
      { column: 'vmag', operator: '<', value: 6 },
      { column: 'vmag', operator: '>=', value: 5.5 },
    ];
    assert.deepEqual(
      await identifiers({ comparisons, regions: [cone(30)] }),
      thatAre(
        ({ ra, dec, vmag }) =>
          vmag < 6 && vmag >= 5.5 && separation({ ...PLEIADES, radius: 30 }, ra, dec) <= 30,
      ),
    );
  });

  test('gives columns in any order, and one twice', async () => {
    const { batches, rows } = await answer({ columns: ['dec', 'ra', 'dec'], regions: [cone(2)] });
    assert.equal(batches[0]!.columns.length, 3);
    assert.deepEqual(dataOf(batches[0]!.columns[0]!).values, dataOf(batches[0]!.columns[2]!).values);
    const expected = stars.filter(({ ra, dec }) => separation(PLEIADES, ra, dec) <= 2);
    assert.deepEqual(
      rows.map(({ ra, dec }) => [ra, dec]),
      expected.map(({ ra, dec }) => [ra, dec]),
    );
  });

  test('leaves out rows beyond MAXREC and says so exactly; of TOP it says nothing', async () => {
    for (const scan of [{}, { regions: [cone(5)] }] satisfies Partial<Scan>[]) {
      const all = await identifiers(scan);
      for (const limit of [0, 1, 1023, 1024, 1025, all.length - 1, all.length, all.length + 1]) {
        const expected = all.slice(0, limit);
        const cut = await answer(scan, limit);
        assert.deepEqual(
          cut.rows.map(({ source_id }) => source_id),
          expected,
        );
        assert.equal(cut.overflow, limit < all.length, `MAXREC ${limit} of ${all.length}`);
        const top = await answer({ ...scan, top: limit }, EVERYTHING);
        assert.deepEqual(
          top.rows.map(({ source_id }) => source_id),
          expected,
        );
        assert.equal(top.overflow, false);
      }
      assert.equal((await answer({ ...scan, top: 9 }, 8)).overflow, true);
      assert.equal((await answer({ ...scan, top: 8 }, 8)).overflow, false);
    }
  });

  test('counts rows, of which it reads only those at the rim', async () => {
    const count = async (scan: Partial<Scan>, maxrec?: number) => {
      const { rows, overflow } = await answer({ ...scan, columns: 'count' }, maxrec);
      return [...rows.map((row) => row.count), overflow];
    };
    assert.deepEqual(await count({}), [BigInt(stars.length), false]);
    assert.equal(bucket.reads.length, 0);
    const bright: Scan['comparisons'] = [{ column: 'vmag', operator: '<', value: 6 }];
    assert.deepEqual(await count({ comparisons: bright }), [
      BigInt(thatAre(({ vmag }) => vmag < 6).length),
      false,
    ]);
    for (const radius of [1e-6, 0.5, 30, 170]) {
      await reopen();
      const near = thatAre(({ ra, dec }) => separation(PLEIADES, ra, dec) <= radius);
      assert.deepEqual(await count({ regions: [cone(radius)] }), [BigInt(near.length), false]);
    }
    const read = bucket.reads.reduce((sum, { range }) => sum + (range?.length ?? 0), 0);
    assert.ok(read < release.manifest.bytes / 4, `${read} bytes read of ${release.manifest.bytes}`);
    assert.deepEqual(await count({ top: 0 }), [false]);
    assert.deepEqual(await count({ top: 5 }), [BigInt(stars.length), false]);
    assert.deepEqual(await count({}, 0), [true]);
  });

  test('reads no more than it needs', async () => {
    await answer({ top: 10 });
    assert.equal(bucket.reads.length, 2, 'a leaf of the index and a row group');
    await answer({ top: 10 });
    assert.equal(bucket.reads.length, 2, 'and nothing the next time');
    await reopen();
    await answer({ regions: [cone(1 / 60)] });
    assert.ok(bucket.reads.length <= 3, `${bucket.reads.length} reads`);
    await reopen();
    const nowhere = { start: new BigInt64Array(0), end: new BigInt64Array(0), full: new Uint8Array(0) };
    assert.deepEqual(await identifiers({ ranges: nowhere }), []);
    assert.deepEqual(bucket.reads, []);
  });

  test('decodes positions only where a region has its rim', async () => {
    await identifiers({ regions: [cone(60)] });
    const leaf = await engine.leaves.load(release, 0);
    const withColumn = (name: string) =>
      [...leaf.first.keys()].filter((at) =>
        engine.rowGroups.cachedColumns(rowGroupAt(release, 0, leaf, at), [name]),
      );
    const [rows, positions] = [withColumn('source_id'), withColumn('ra')];
    assert.ok(
      positions.length > 0 && positions.length < rows.length,
      `${positions.length} of ${rows.length}`,
    );
  });

  test('leaves the cache to others when it reads through', async () => {
    await identifiers({ regions: [cone(0.1)] });
    const groups = async () => {
      const leaf = await engine.leaves.load(release, 0);
      const all = [...leaf.first.keys()].map((at) => rowGroupAt(release, 0, leaf, at));
      return all.filter((group) => engine.rowGroups.cachedColumns(group, ['source_id']) !== null).length;
    };
    const before = await groups();
    await identifiers({});
    assert.equal(await groups(), before);
  });

  test('answers the same without a cache', async () => {
    const cached = await identifiers({ regions: [cone(20)] });
    assert.deepEqual(await identifiers({ regions: [cone(20)] }), cached);
    await reopen(1);
    assert.deepEqual(await identifiers({ regions: [cone(20)] }), cached);
  });

  test('gives the first rows before all are read, and stops when nobody asks for more', async () => {
    const batches = start({ columns: ['source_id', 'name'] });
    await batches.next();
    await batches.return({ overflow: false });
    const { length } = bucket.reads;
    const files = new Set(bucket.reads.map(({ key }) => key));
    assert.ok(files.size < release.manifest.partitions, `${files.size} files read for the first rows`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(bucket.reads.length, length);
  });

  test('fails when a file in the middle is damaged, after the rows before it', async () => {
    const last = release.manifest.leaves.length - 1;
    const leaf = await engine.leaves.load(release, last);
    const key = fileOf(rowGroupAt(release, last, leaf, leaf.first.length - 1));
    await truncate(join(bucket.folder, key), 100_000);
    const batches = start();
    assert.equal((await batches.next()).done, false);
    await assert.rejects(
      async () => {
        while (!(await batches.next()).done);
      },
      { name: 'CorruptPartitionError', key },
    );
  });
});
