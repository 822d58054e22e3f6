import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { parquetMetadata } from 'hyparquet';
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
import type { Datatype } from '../../engine/catalog/column.ts';
import { pointerKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import { demoBucket } from '../demo-release.ts';
import { storedRowGroups } from '../stored-row-groups.ts';
import { runChecks, runStilts, skipWithoutPython, skipWithoutStilts } from './clients.ts';

/** Lets hats, LSDB, pyarrow, DuckDB and astropy check a catalogue's current release. */
async function checkRelease(t: TestContext, bucket: string, catalog: string): Promise<void> {
  const { release } = JSON.parse(await readFile(join(bucket, pointerKey(catalog)), 'utf8'));
  const folder = join(bucket, releasePrefix(catalog, release));
  await runChecks(t, 'check_release.py', [folder]);
  if (skipWithoutStilts) t.diagnostic(`votlint did not look at the footer: ${skipWithoutStilts}`);
  else assert.equal(await lintFooter(join(folder, 'dataset', '_common_metadata')), '');
}

/** What votlint says of the VOTable in a Parquet file's footer. */
async function lintFooter(path: string): Promise<string> {
  const file = await readFile(path);
  const entries = parquetMetadata(Uint8Array.from(file).buffer).key_value_metadata!;
  const votable = `${path}.xml`;
  await writeFile(votable, entries.find(({ key }) => key === 'IVOA.VOTable-Parquet.content')!.value!);
  return runStilts('votlint', [votable]).finally(() => rm(votable));
}

/** Rows within half a degree of poles, of RA 0, and of corners where three and four of the largest cells meet. */
function* clumps(count: number): Generator<[number, number, number]> {
  const centres = [
    [0, 90],
    [0, -90],
    [0, 0],
    [0, 20],
    [45, 0],
    [90, 41.8103],
    [45, 41.8103],
    [210, -41.8103],
  ] as const;
  let state = 7;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let id = 0; id < count; id += 1) {
    const [lon, lat] = centres[id % centres.length]!;
    // Crowded towards the middle, so that cells of many orders meet there.
    const distance = 0.5 * random() ** 2;
    const angle = 2 * Math.PI * random();
    const dec = Math.abs(lat) === 90 ? lat - Math.sign(lat) * distance : lat + distance * Math.sin(angle);
    const along =
      Math.abs(lat) === 90 ? 360 * random() : (distance * Math.cos(angle)) / Math.cos((lat * Math.PI) / 180);
    yield [id, (lon + along + 360) % 360, dec];
  }
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

  test('arrays of one and of two dimensions, of fixed and of variable length', (t) => {
    const array = (name: string, datatype: Datatype, arraysize: string, unit: string | null = null) => ({
      ...column(name, datatype, 'phot.mag'),
      ...{ arraysize, unit, description: `Array ${arraysize} of ${datatype}` },
    });
    const columns = [
      array('mag', 'float', '2x3', 'mag'),
      array('counts', 'long', '2'),
      array('flags', 'boolean', '3'),
      array('small', 'short', '3'),
      array('bytes', 'unsignedByte', '2'),
      array('series', 'double', '*', 'Jy'),
      array('pairs', 'float', '2x*'),
      array('few', 'int', '4*'),
    ];
    const table = tableOf([ID, RA, DEC, ...columns]);
    const rows = Array.from({ length: 3000 }, (_, id) => [
      id,
      (id * 137.5) % 360,
      (id % 170) - 85,
      `{{${id},1.5},{NaN,-Infinity},{NULL,0.25}}`,
      `{${id},9223372036854775807}`,
      '{t,f,t}',
      '{1,-2,32767}',
      '{0,255}',
      id % 3 === 0 ? null : id % 3 === 1 ? '{}' : '{0.1,NULL,NaN,Infinity}',
      id % 2 === 0 ? null : '{{1,2},{3,4}}',
      id % 2 === 0 ? '{}' : '{1,NULL}',
    ]);
    return withTable(table, rows, async (catalog) => {
      await exported(catalog, table, { maxRows: 1000 });
      await checkRelease(t, catalog.bucket, 'survey.stars');
    });
  });

  test('a margin: around the poles, across RA 0, between cells of different orders', (t) => {
    const table = tableOf([ID, RA, DEC]);
    return withTable(table, clumps(4000), async (catalog) => {
      const { release } = await exported(catalog, table, { maxRows: 150, margin: 60 });
      const folder = join(catalog.bucket, releasePrefix('survey.stars', release));
      await runChecks(t, 'check_margin.py', [folder, '60']);
    });
  });

  test('a table without positions', (t) => {
    const columns = [
      column('number', 'long', 'meta.id;meta.main'),
      column('band', 'char', 'instr.bandpass'),
      { ...column('mag', 'float', 'phot.mag'), unit: 'mag', description: 'Magnitude <in> "a" band' },
    ];
    const table = tableOf(columns);
    const rows = Array.from({ length: 5000 }, (_, at) => [
      (at * 7919) % 5003,
      at % 3 ? 'r' : 'Hα',
      at % 5 ? at / 8 : null,
    ]);
    return withTable(table, rows, async (catalog) => {
      const { release } = await exported(catalog, table);
      const folder = join(catalog.bucket, releasePrefix('survey.stars', release));
      await runChecks(t, 'check_plain_release.py', [folder, 'number']);
      if (!skipWithoutStilts)
        assert.equal(await lintFooter(join(folder, 'dataset', 'part-00000.parquet')), '');
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
