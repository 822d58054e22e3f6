import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import {
  column,
  DEC,
  exported,
  ID,
  RA,
  stars,
  tableOf,
  withTable,
} from '../../catalog-export/release/test-catalog.ts';
import { pointerKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import { demoBucket } from '../demo-release.ts';
import { storedRowGroups } from '../stored-row-groups.ts';
import { runChecks, skipWithoutPython } from './clients.ts';

/** Lets hats, LSDB, pyarrow, DuckDB and astropy check a catalogue's current release. */
async function checkRelease(t: TestContext, bucket: string, catalog: string): Promise<void> {
  const { release } = JSON.parse(await readFile(join(bucket, pointerKey(catalog)), 'utf8'));
  await runChecks(t, 'check_release.py', [join(bucket, releasePrefix(catalog, release))]);
}

describe('clients of a release', { skip: skipWithoutPython }, () => {
  for (const catalog of ['hipparcos.stars', 'dso.objects']) {
    test(catalog, async (t) => checkRelease(t, await demoBucket(), catalog));
  }

  test('a crowded sky, split to deep orders', (t) => {
    const table = tableOf([ID, RA, DEC]);
    return withTable(table, stars(30_000), async (catalog) => {
      const manifest = await exported(catalog, table, { maxRows: 500 });
      assert.ok((await storedRowGroups(catalog.storage, manifest)).some(({ order }) => order >= 5));
      await checkRelease(t, catalog.bucket, 'survey.stars');
    });
  });

  test('names that need quoting, timestamps, nulls', (t) => {
    const columns = [
      { ...ID, name: 'source id' },
      { ...RA, name: 'RA (deg)', unit: 'deg' },
      { ...DEC, name: 'Déc "J2000"', unit: 'deg', description: 'Declination <ICRS> & "more"' },
      column('a.b', 'float'),
      column('time', 'char', 'time.epoch', 'timestamp'),
      column('flag', 'boolean'),
    ];
    const table = tableOf(columns, 'Sky Survey', 'odd');
    const rows = [
      [1, 10, 20, 1.5, '2026-11-21 00:00:00.000001', true],
      [2, 11, 21, null, null, null],
    ];
    return withTable(table, rows, async (catalog) => {
      await exported(catalog, table);
      await checkRelease(t, catalog.bucket, 'Sky Survey.odd');
    });
  });

  test('an empty table', (t) => {
    const table = tableOf([ID, RA, DEC]);
    return withTable(table, [], async (catalog) => {
      await exported(catalog, table);
      await checkRelease(t, catalog.bucket, 'survey.stars');
    });
  });
});
