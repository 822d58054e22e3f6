import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Manifest, releasePrefix } from '../../engine/catalog/manifest.ts';
import { parseReleaseFiles, type ReleaseFile } from '../../engine/catalog/release-files.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { storedRowGroups } from '../../test/stored-row-groups.ts';
import type { WriteOptions } from './begin-export.ts';
import { planRelease } from './plan-release.ts';
import {
  allRows,
  column,
  DEC,
  date,
  exportTable,
  fileOf,
  ID,
  kernel,
  RA,
  silent,
  stars,
  type TestCatalog,
  tableOf,
  withTable,
} from './test-catalog.ts';

const table = tableOf([ID, RA, DEC]);

async function filesOf(catalog: TestCatalog, manifest: Manifest): Promise<readonly ReleaseFile[]> {
  return parseReleaseFiles('files.json', await fileOf(catalog, manifest, 'files.json')).files;
}

/** A release is the same, file by file, as one that is made without looking at any other. */
async function checkAgainstFull(catalog: TestCatalog, manifest: Manifest, of = table): Promise<void> {
  const full = await exportTable(catalog, of, { full: true });
  assert.equal(full.partitions.copied, 0);
  assert.deepEqual(await filesOf(catalog, manifest), await filesOf(catalog, full.manifest));
  const { release, files, snapshot, state, ...rest } = manifest;
  const { release: _r, files: _f, snapshot: _s, state: _t, ...expected } = full.manifest;
  assert.deepEqual(rest, expected);
  assert.deepEqual(
    await storedRowGroups(catalog.storage, manifest),
    await storedRowGroups(catalog.storage, full.manifest),
  );
}

describe('an export of a table that was exported before', () => {
  test('makes no release where nothing has changed', () =>
    withTable(table, stars(5000), async (catalog) => {
      const first = await exportTable(catalog, table);
      const second = await exportTable(catalog, table);
      assert.equal(second.outcome, 'unchanged');
      assert.deepEqual(second.manifest, first.manifest);
      assert.deepEqual(second.partitions, { written: 0, copied: first.manifest.partitions });
      const names = ['2026-11-21', 'latest.json', 'reports.json'];
      assert.deepEqual(await catalog.storage.list('survey.stars'), names);
    }));

  const changes: [string, string, { written: number; lost: number }][] = [
    ['one row is changed', 'UPDATE survey.stars SET id = 1000000 WHERE id = 1', { written: 1, lost: 0 }],
    ['one row is deleted', 'DELETE FROM survey.stars WHERE id = 1', { written: 1, lost: 0 }],
    ['one row is new', 'INSERT INTO survey.stars SELECT 1000000, 200.5, 70.5', { written: 1, lost: 0 }],
    ['a row without a position is new', 'INSERT INTO survey.stars SELECT 1000000', { written: 0, lost: 0 }],
  ];
  for (const [title, statement, { written }] of changes) {
    test(`writes the partitions that have changed: ${title}`, () =>
      withTable(table, stars(20_000), async (catalog) => {
        await exportTable(catalog, table);
        await catalog.client.query(statement);
        const { outcome, manifest, partitions } = await exportTable(catalog, table);
        assert.equal(outcome, 'released');
        assert.deepEqual(partitions, { written, copied: manifest.partitions - written });
        assert.equal((await allRows(catalog, manifest)).length, manifest.rows);
        await checkAgainstFull(catalog, manifest);
      }));
  }

  test('writes all of them where the description has changed, which every file has in it', () =>
    withTable(table, stars(3000), async (catalog) => {
      await exportTable(catalog, table);
      const described = { ...table, columns: [ID, RA, { ...DEC, description: 'Declination' }] };
      const { outcome, partitions, manifest } = await exportTable(catalog, described);
      assert.equal(outcome, 'released');
      assert.deepEqual(partitions, { written: manifest.partitions, copied: 0 });
    }));

  test('writes those whose files are cut off or gone, and leaves the others', () =>
    withTable(table, stars(5000), async (catalog) => {
      const { manifest } = await exportTable(catalog, table);
      const paths = (await filesOf(catalog, manifest))
        .filter(({ content }) => content)
        .map(({ path }) => path);
      const prefix = releasePrefix(manifest.catalog, manifest.release);
      await catalog.storage.remove(`${prefix}/${paths[0]}`);
      await truncate(join(catalog.bucket, prefix, paths[1]!), 100);
      const repaired = await exportTable(catalog, table);
      assert.equal(repaired.outcome, 'released');
      assert.deepEqual(repaired.partitions, { written: 2, copied: manifest.partitions - 2 });
      await checkAgainstFull(catalog, repaired.manifest);
    }));

  test('without positions copies the parts before and after a change', () => {
    const plain = tableOf([ID, column('name', 'char')]);
    const rows = Array.from({ length: 20_000 }, (_, id) => [id, `n${id}`]);
    return withTable(plain, rows, async (catalog) => {
      const first = await exportTable(catalog, plain);
      assert.ok(first.manifest.partitions > 10);
      assert.equal((await exportTable(catalog, plain)).outcome, 'unchanged');
      await catalog.client.query("INSERT INTO survey.stars SELECT -1, 'new'");
      const { manifest, partitions } = await exportTable(catalog, plain);
      assert.ok(partitions.written > 0 && partitions.written < 5, `${partitions.written}`);
      assert.equal(partitions.copied, manifest.partitions - partitions.written);
      await checkAgainstFull(catalog, manifest, plain);
    });
  });
});

test('a plan says what an export would do, and writes nothing', () =>
  withTable(table, stars(10_000), async (catalog) => {
    const { client, storage } = catalog;
    const options = { client, table, storage, kernel, date, maxRows: 1000, progress: silent };
    const plan = (previous: Manifest | null, more: Partial<WriteOptions> = {}) =>
      planRelease({ ...options, ...more }, { previous, unfinished: [] });
    const first = await plan(null);
    assert.deepEqual(await catalog.storage.list('survey.stars'), []);
    const { manifest } = await exportTable(catalog, table);
    const copied = manifest.partitions;
    const counts = { rows: 10_000, rowsWithoutPosition: 0 };
    assert.deepEqual(first, { ...counts, outcome: 'released', partitions: { written: copied, copied: 0 } });
    assert.deepEqual(await plan(manifest), {
      ...counts,
      outcome: 'unchanged',
      partitions: { written: 0, copied },
    });
    assert.deepEqual(await plan(manifest, { full: true }), first);
    await client.query('UPDATE survey.stars SET id = -5 WHERE id = 5');
    assert.deepEqual(await plan(manifest), {
      ...counts,
      outcome: 'released',
      partitions: { written: 1, copied: copied - 1 },
    });
    assert.deepEqual(await catalog.storage.list('survey.stars'), [
      '2026-11-21',
      'latest.json',
      'reports.json',
    ]);
    assert.deepEqual((await exportTable(catalog, table)).partitions, { written: 1, copied: copied - 1 });
  }));

describe('an export after one that did not end', () => {
  /** Refuses the data file after so many. */
  function refusingAfter(storage: Storage, files: number): Storage {
    let left = files;
    return {
      ...storage,
      put: async (key, bytes) => {
        if (key.endsWith('.parquet') && --left < 0) throw new Error('refused');
        await storage.put(key, bytes);
      },
    };
  }

  test('takes over the partitions that were written, from several of them', () =>
    withTable(table, stars(20_000), async (catalog) => {
      const { manifest } = await exportTable(catalog, table);
      await catalog.client.query('UPDATE survey.stars SET id = -id - 1');
      for (const [attempt, files] of [5, 4].entries()) {
        const storage = refusingAfter(catalog.storage, files);
        await assert.rejects(exportTable(catalog, table, { storage }), { message: 'refused' });
        const names = await catalog.storage.list(`survey.stars/2026-11-21.${attempt + 1}`);
        assert.ok(names.includes('written') && !names.includes('manifest.json'));
      }
      const resumed = await exportTable(catalog, table);
      assert.deepEqual(resumed.partitions, { written: manifest.partitions - 9, copied: 9 });
      assert.equal(resumed.manifest.release, '2026-11-21.3');
      const names = await catalog.storage.list('survey.stars/2026-11-21.3');
      assert.ok(!names.includes('written'));
      const kept = ['2026-11-21', '2026-11-21.3', 'latest.json', 'reports.json'];
      assert.deepEqual(await catalog.storage.list('survey.stars'), kept);
      await checkAgainstFull(catalog, resumed.manifest);
    }));

  test('takes nothing over whose record is damaged', () =>
    withTable(table, stars(3000), async (catalog) => {
      const storage = refusingAfter(catalog.storage, 3);
      await assert.rejects(exportTable(catalog, table, { storage }), { message: 'refused' });
      const folder = 'survey.stars/2026-11-21/written';
      const [record] = await catalog.storage.list(folder);
      await catalog.storage.put(`${folder}/${record}`, new Uint8Array(3));
      const { partitions, manifest } = await exportTable(catalog, table);
      assert.deepEqual(partitions, { written: manifest.partitions - 2, copied: 2 });
      await checkAgainstFull(catalog, manifest);
    }));
});
