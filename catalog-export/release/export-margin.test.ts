import assert from 'node:assert/strict';
import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { parseReleaseFiles } from '../../engine/catalog/release-files.ts';
import { coneSearch } from '../../engine/cone/cone-search.ts';
import { createEngine } from '../../engine/engine.ts';
import { partitionPaths } from '../../test/stored-row-groups.ts';
import { migrate } from '../database/migrate.ts';
import {
  allRows,
  currentRelease,
  DEC,
  exported,
  fileOf,
  ID,
  kernel,
  RA,
  rowsOf,
  silent,
  stars,
  tableOf,
  withTable,
} from './test-catalog.ts';
import { compareWithDatabase } from './verify-database.ts';
import { verifyFiles } from './verify-files.ts';

const TABLE = tableOf([ID, RA, DEC]);
const ARCSEC = 600;

test('a release with a margin is a collection: the catalogue in one folder, its margin in another', () =>
  withTable(TABLE, stars(5000), async (catalog) => {
    const manifest = await exported(catalog, TABLE, { maxRows: 300, margin: ARCSEC });
    assert.equal(manifest.margin, ARCSEC);
    const paths = await partitionPaths(catalog.storage, manifest);
    assert.ok(paths.every((path) => path.startsWith('catalog/dataset/Norder=')));
    assert.equal((await allRows(catalog, manifest)).length, 5000);
    const list = await fileOf(catalog, manifest, 'files.json');
    const { files } = parseReleaseFiles('files.json', list);
    const margins = files.filter(({ path }) => path.startsWith(`margin_${ARCSEC}arcs/dataset/Norder=`));
    assert.ok(margins.length > 10);
    for (const { path, rows } of margins) {
      const [, order, pixel] = /Norder=(\d+)\/Dir=\d+\/Npix=(\d+)/.exec(path)!;
      const found = await rowsOf(await fileOf(catalog, manifest, path));
      assert.equal(found.length, rows);
      const cells = found.map((row) => row._healpix_29 as bigint);
      assert.ok(cells.every((cell, at) => at === 0 || cell >= cells[at - 1]!));
      assert.ok(cells.every((cell) => cell >> BigInt(2 * (29 - Number(order))) !== BigInt(pixel!)));
    }
    const others = files.map(({ path }) => path).filter((path) => !/Norder=|^index\//.test(path));
    assert.deepEqual(others.sort(), [
      'catalog/dataset/_common_metadata',
      'catalog/dataset/_metadata',
      'catalog/hats.properties',
      'catalog/partition_info.csv',
      'catalog/point_map.fits',
      'catalog/properties',
      'catalog/skymap.4.fits',
      'catalog/skymap.fits',
      'collection.properties',
      'margin_600arcs/dataset/_common_metadata',
      'margin_600arcs/dataset/_metadata',
      'margin_600arcs/hats.properties',
      'margin_600arcs/partition_info.csv',
      'margin_600arcs/properties',
      'moc.fits',
      'moc.json',
      'moc.txt',
    ]);
  }));

test('the edge answers from it', () =>
  withTable(TABLE, stars(2000), async (catalog) => {
    await exported(catalog, TABLE, { maxRows: 300, margin: ARCSEC });
    const engine = createEngine({
      storage: catalog.storage,
      kernel,
      cacheBytes: 2 ** 22,
      pointerLifetime: 0,
    });
    const release = (await engine.catalogs.open('survey.stars'))!;
    const cone = { lon: 0, lat: 0, radius: 180 };
    const query = { cone, columns: ['id'], limit: 10_000, sorted: false, separation: false };
    let rows = 0;
    for await (const { length } of coneSearch(engine, release, query).batches) rows += length;
    assert.equal(rows, 2000);
  }));

test('another margin, or none, is another release; the same is none, nor is one that is not told', () =>
  withTable(TABLE, stars(1000), async (catalog) => {
    const { client } = catalog;
    const releases: (string | null)[] = [];
    const margins: (number | null)[] = [];
    for (const margin of [undefined, 60, 60, undefined, 90, 0, undefined]) {
      margins.push((await exported(catalog, TABLE, { margin })).margin);
      releases.push(await currentRelease(catalog, TABLE));
    }
    assert.deepEqual(margins, [null, 60, 60, 60, 90, null, null]);
    const [none, first, same, remembered, other, ended, noneAgain] = releases;
    assert.deepEqual([same, remembered, noneAgain], [first, first, ended]);
    assert.equal(new Set([none, first, other, ended]).size, 4);
    await client.query('UPDATE survey.stars SET dec = dec + 1e-9 WHERE id = 3');
    await exported(catalog, TABLE, { margin: 60 });
    const release = (await currentRelease(catalog, TABLE))!;
    const folder = join(catalog.bucket, 'survey.stars', release);
    assert.match(
      await readFile(join(folder, 'collection.properties'), 'utf8'),
      /^default_margin=margin_60arcs$/m,
    );
  }));

test('files of a margin whose rows are the same are copied', () =>
  withTable(TABLE, stars(3000), async (catalog) => {
    const options = { maxRows: 300, margin: ARCSEC };
    const inodes = async (): Promise<ReadonlyMap<string, number>> => {
      const folder = join(catalog.bucket, 'survey.stars', (await currentRelease(catalog, TABLE))!);
      const files = await readdir(folder, { recursive: true });
      const margins = files.filter((path) => /^margin_.*Npix=/.test(path));
      return new Map(
        await Promise.all(margins.map(async (path) => [path, (await stat(join(folder, path))).ino] as const)),
      );
    };
    await exported(catalog, TABLE, options);
    const before = await inodes();
    await catalog.client.query('UPDATE survey.stars SET dec = dec + 1e-9 WHERE dec BETWEEN -5 AND -4.5');
    const manifest = await exported(catalog, TABLE, options);
    const after = await inodes();
    assert.equal(manifest.release, await currentRelease(catalog, TABLE));
    const copies = [...after].filter(([path, inode]) => before.get(path) === inode);
    assert.ok(copies.length > 0 && copies.length < after.size, `${copies.length} of ${after.size}`);
    await exported(catalog, TABLE, { ...options, full: true });
    const anew = await inodes();
    assert.deepEqual([...anew.keys()], [...after.keys()]);
    assert.ok([...anew].every(([path, inode]) => after.get(path) !== inode));
  }));

test('it is verified with all its files, and its rows against the table', () =>
  withTable(TABLE, stars(2000), async (catalog) => {
    const { client, storage, bucket } = catalog;
    await migrate(client);
    const limits = { rows: 300, bytes: 2 ** 20 };
    const { release } = await exported(catalog, TABLE, {
      maxRows: limits.rows,
      maxBytes: limits.bytes,
      margin: ARCSEC,
    });
    const verified = () => verifyFiles(storage, 'survey.stars', release, silent);
    const { manifest, data, faults } = await verified();
    assert.deepEqual(faults, []);
    const found = await compareWithDatabase({ client, kernel, limits, progress: silent }, manifest!, data);
    assert.deepEqual([found.rows, found.partitions.different, found.wrong], [2000, 0, []]);
    const path = `survey.stars/${release}/margin_${ARCSEC}arcs/dataset/_metadata`;
    await truncate(join(bucket, path), 100);
    assert.equal((await verified()).faults.length, 1);
  }));

test('a margin that is none is refused', () =>
  withTable(TABLE, stars(10), async (catalog) => {
    for (const margin of [-1, Number.NaN, 3601]) {
      await assert.rejects(exported(catalog, TABLE, { margin }), /must be from 0 \(none\) to 3600/);
    }
    assert.equal(await currentRelease(catalog, TABLE), null);
  }));

test('an empty table has an empty margin', () =>
  withTable(TABLE, [], async (catalog) => {
    const manifest = await exported(catalog, TABLE, { margin: 10 });
    const properties = new TextDecoder().decode(
      await fileOf(catalog, manifest, 'margin_10arcs/hats.properties'),
    );
    assert.match(properties, /^hats_nrows=0$/m);
  }));
