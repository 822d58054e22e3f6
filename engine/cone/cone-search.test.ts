import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Vector } from 'apache-arrow';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { storedRowGroups } from '../../test/stored-row-groups.ts';
import { fileOf, type Release, rowGroupAt } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { Batch } from '../table/result.ts';
import { dataOf } from '../table/rows.ts';
import { type ConeQuery, coneSearch } from './cone-search.ts';

const CATALOG = 'hipparcos.stars';
const PLEIADES = { lon: 56.75, lat: 24.12, radius: 2 };
const WHOLE_SKY = { lon: 0, lat: 0, radius: 180 };

describe('cone search', () => {
  let bucket: ScratchBucket;
  let engine: Engine;
  let release: Release;
  beforeEach(async () => {
    bucket = await scratchBucket();
    await reopen();
  });
  afterEach(() => bucket.remove());

  async function reopen(cacheBytes = 2 ** 26) {
    engine = bucket.engine({ cacheBytes });
    release = (await engine.catalogs.open(CATALOG))!;
    bucket.reads.splice(0);
  }

  const start = (query: Partial<ConeQuery> = {}) =>
    coneSearch(engine, release, {
      cone: PLEIADES,
      columns: ['source_id', 'ra', 'dec'],
      limit: Number.POSITIVE_INFINITY,
      sorted: false,
      separation: false,
      ...query,
    });

  async function answer(query: Partial<ConeQuery> = {}) {
    const { batches, columns } = start(query);
    const all: Batch[] = [];
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) all.push(next.value);
    const column = (name: string) => {
      const at = columns.findIndex((candidate) => candidate.name === name);
      return all.flatMap((batch) => [...new Vector([dataOf(batch.columns[at]!)])]);
    };
    return { batches: all, column, overflow: next.value.overflow };
  }

  const identifiers = async (query: Partial<ConeQuery>) => (await answer(query)).column('source_id');

  test('reads a small cone with two reads: the leaf of the index and the row group', async () => {
    const { first, last } = (await storedRowGroups(bucket.storage, release.manifest))[7]!;
    const { lon, lat } = engine.kernel.center(29, (first + last) / 2n);
    bucket.reads.splice(0);
    await answer({ cone: { lon, lat, radius: 1 / 60 } });
    assert.equal(bucket.reads.length, 2);
    await answer({ cone: { lon, lat, radius: 1 / 60 } });
    assert.equal(bucket.reads.length, 2, 'and with none the next time');
  });

  test('decodes other columns only where a row may match', async () => {
    const empty = { lon: 0.1, lat: 0.1, radius: 1e-6 };
    assert.deepEqual((await answer({ cone: empty, columns: ['name'] })).batches, []);
    const leaf = await engine.leaves.load(release, 0);
    const groups = [...leaf.first.keys()].map((at) => rowGroupAt(release, 0, leaf, at));
    const decoded = groups.filter((group) => engine.rowGroups.cachedIndex(group) !== null);
    assert.equal(decoded.length, 1);
    assert.equal(engine.rowGroups.cachedColumns(decoded[0]!, ['name']), null);
  });

  test('reads nothing where the coverage says that nothing is', async () => {
    await bucket.editManifest(CATALOG, (manifest) => ({
      ...manifest,
      skymap: { order: 0, rows: [manifest.rows, ...Array<number>(11).fill(0)] },
      coverage: { order: 0, ranges: [0, 1] },
    }));
    await reopen();
    assert.deepEqual((await answer({ cone: { lon: 56.75, lat: -80, radius: 2 } })).batches, []);
    assert.deepEqual(bucket.reads, []);
  });

  test('gives rows in ascending order of cells, the first before all are read', async () => {
    const { batches } = start({ cone: WHOLE_SKY });
    await batches.next();
    const files = new Set(bucket.reads.map(({ key }) => key));
    assert.ok(files.size < release.manifest.partitions, `${files.size} files read for the first rows`);
    await batches.return({ overflow: false });
    const { column } = await answer({ cone: WHOLE_SKY });
    const cells = engine.kernel.hash(Float64Array.from(column('ra')), Float64Array.from(column('dec')));
    assert.equal(cells.length, release.manifest.rows);
    assert.deepEqual(cells, cells.toSorted());
  });

  test('stops reading when nobody asks for more', async () => {
    const { batches } = start({ cone: WHOLE_SKY });
    await batches.next();
    await batches.return({ overflow: false });
    const { length } = bucket.reads;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(bucket.reads.length, length);
  });

  test('leaves out rows beyond the limit and says so exactly', async () => {
    const all = await identifiers({});
    assert.ok(all.length > 10);
    for (const sorted of [false, true]) {
      for (const limit of [0, 1, all.length - 1, all.length, all.length + 1]) {
        const { column, overflow, batches } = await answer({ limit, sorted });
        assert.equal(batches.length === 0 ? 0 : column('source_id').length, Math.min(limit, all.length));
        assert.equal(overflow, limit < all.length, `limit ${limit}, sorted ${sorted}`);
      }
    }
    assert.deepEqual(await identifiers({ limit: 3 }), all.slice(0, 3));
  });

  test('sorts by separation what it also finds unsorted', async () => {
    const unsorted = await answer({ separation: true });
    const sorted = await answer({ separation: true, sorted: true });
    const byDistance = unsorted
      .column('source_id')
      .map((id, at) => ({ id, separation: unsorted.column('separation')[at] }))
      .sort((a, b) => a.separation - b.separation);
    assert.deepEqual(
      sorted.column('separation'),
      byDistance.map(({ separation }) => separation),
    );
    assert.deepEqual(
      sorted.column('source_id'),
      byDistance.map(({ id }) => id),
    );
  });

  test('keeps only the nearest of a sorted answer with more rows than fit', async () => {
    const all = await answer({ cone: WHOLE_SKY, sorted: true, separation: true });
    assert.equal(all.overflow, true, '118216 stars, 100000 nearest');
    const separations = all.column('separation');
    assert.equal(separations.length, 100_000);
    assert.deepEqual(
      separations,
      separations.toSorted((a, b) => a - b),
    );
    const unsorted = await answer({ cone: WHOLE_SKY, separation: true });
    const nearest = unsorted.column('separation').sort((a, b) => a - b);
    assert.deepEqual(separations, nearest.slice(0, 100_000));
  });

  test('gives the nearest rows of a large cone as a search of all of it would', async () => {
    const centres = [
      { lon: 56.75, lat: 24.12 },
      { lon: 0, lat: 0 },
      { lon: 360, lat: 45 },
      { lon: 123, lat: 90 },
      { lon: 0, lat: -90 },
      { lon: 359.999, lat: -89.99 },
    ];
    for (const centre of centres) {
      const cone = { ...centre, radius: 15 };
      const all = await answer({ cone, sorted: true, separation: true });
      for (const nearest of [1, 2, 7, 300]) {
        const few = await answer({ cone, nearest, separation: true });
        for (const column of ['source_id', 'separation']) {
          assert.deepEqual(few.column(column), all.column(column).slice(0, nearest), JSON.stringify(cone));
        }
        assert.equal(few.overflow, false, 'the nearest were asked for, and no more');
      }
    }
  });

  test('gives the nearest rows of a cone that has fewer, and says where a limit cuts them', async () => {
    const all = await answer({ sorted: true });
    const rows = all.column('source_id');
    const more = await answer({ nearest: rows.length + 1 });
    assert.deepEqual(more.column('source_id'), rows);
    assert.equal(more.overflow, false);
    const cut = await answer({ nearest: 10, limit: 9 });
    assert.deepEqual(cut.column('source_id'), rows.slice(0, 9));
    assert.equal(cut.overflow, true);
    assert.deepEqual((await answer({ cone: { ...PLEIADES, radius: 1e-7 }, nearest: 3 })).batches, []);
  });

  test('reads little for the nearest rows of the whole sky', async () => {
    await answer({ cone: { ...PLEIADES, radius: 180 }, nearest: 1 });
    assert.ok(bucket.reads.length <= 4, `${bucket.reads.length} reads`);
  });

  test('answers the same without a cache', async () => {
    const cached = await identifiers({ cone: { ...PLEIADES, radius: 20 } });
    await reopen(1);
    assert.deepEqual(await identifiers({ cone: { ...PLEIADES, radius: 20 } }), cached);
  });

  test('describes the separation, under a name that no other column has', async () => {
    const { columns } = start({ separation: true });
    const { name, unit, ucd, datatype } = columns.at(-1)!;
    assert.deepEqual(
      { name, unit, ucd, datatype },
      { name: 'separation', unit: 'deg', ucd: 'pos.angDistance', datatype: 'double' },
    );
    await bucket.editManifest(CATALOG, (manifest) => ({
      ...manifest,
      table: {
        ...manifest.table,
        columns: manifest.table.columns.map((column) =>
          column.name === 'bv' ? { ...column, name: 'Separation' } : column,
        ),
      },
    }));
    await reopen();
    assert.equal(start({ columns: ['Separation'], separation: true }).columns.at(-1)!.name, 'separation_2');
    assert.equal(start({ columns: ['ra'], separation: true }).columns.at(-1)!.name, 'separation');
  });

  test('refuses columns that the table does not have, and limits that are none', () => {
    assert.throws(
      () => start({ columns: ['ra', 'parallax'] }),
      /hipparcos\.stars has no column parallax; it has source_id, ra/,
    );
    assert.throws(() => start({ limit: -1 }), RangeError);
    assert.throws(() => start({ limit: Number.NaN }), RangeError);
  });

  test('fails when a file in the middle is damaged, after the rows before it', async () => {
    const last = release.manifest.leaves.length - 1;
    const leaf = await engine.leaves.load(release, last);
    const key = fileOf(rowGroupAt(release, last, leaf, leaf.first.length - 1));
    await truncate(join(bucket.folder, key), 100_000);
    const { batches } = start({ cone: WHOLE_SKY });
    assert.equal((await batches.next()).done, false);
    await assert.rejects(
      async () => {
        while (!(await batches.next()).done);
      },
      { name: 'CorruptPartitionError', key },
    );
  });
});
