import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { type Manifest, manifestKey } from '../../engine/catalog/manifest.ts';
import { parseReleaseFiles } from '../../engine/catalog/release-files.ts';
import { mocJson, mocOfRanges, readMocAscii } from '../../engine/healpix-wasm/moc.ts';
import { mocFits } from '../../engine/healpix-wasm/moc-fits.ts';
import { partitionPaths, type StoredRowGroup, storedRowGroups } from '../../test/stored-row-groups.ts';
import type { CopyValue } from '../database/copy.ts';
import { sha256 } from './release-writer.ts';
import {
  allRows,
  currentRelease,
  DEC,
  date,
  exported,
  fileOf,
  ID,
  kernel,
  RA,
  rowsOf,
  stars,
  type TestCatalog,
  tableOf,
  withTable,
} from './test-catalog.ts';

describe('a release', () => {
  const table = tableOf([ID, RA, DEC]);

  test('holds every row once, ascending in the order-29 index, in files that match the manifest', () =>
    withTable(table, stars(20_000), async (catalog) => {
      const manifest = await exported(catalog, table);
      assert.equal(manifest.rows, 20_000);
      assert.equal(manifest.rowsWithoutPosition, 0);
      assert.equal(manifest.created, date.toISOString());
      assert.ok(manifest.partitions > 12, 'the crowded degree is split');
      const rows = await allRows(catalog, manifest);
      const index = rows.map((row) => row._healpix_29 as bigint);
      const positions = (name: string) => Float64Array.from(rows, (row) => row[name] as number);
      assert.deepEqual(index, [...kernel.hash(positions('ra'), positions('dec'))]);
      assert.ok(index.every((cell, row) => row === 0 || index[row - 1]! <= cell));
      const expected = [...stars(20_000)].map(([id, ra, dec]) => [BigInt(id as number), ra, dec]);
      const found = rows.map(({ id, ra, dec }) => [id, ra, dec]).sort((a, b) => Number(a[0]) - Number(b[0]));
      assert.deepEqual(found, expected);
      await checkFiles(catalog, manifest);
      const stored = JSON.parse(
        new TextDecoder().decode((await catalog.storage.get(manifestKey('survey.stars', '2026-11-21')))!),
      );
      assert.deepEqual(stored, manifest);
    }));

  test('lists all its other files in files.json, which the manifest vouches for', () =>
    withTable(table, stars(20_000), async (catalog) => {
      const manifest = await exported(catalog, table);
      const bytes = await fileOf(catalog, manifest, 'files.json');
      assert.deepEqual(manifest.files, { bytes: bytes.length, sha256: sha256(bytes) });
      const list = parseReleaseFiles('files.json', bytes);
      assert.deepEqual([list.catalog, list.release], ['survey.stars', '2026-11-21']);
      const folder = join(catalog.bucket, 'survey.stars', '2026-11-21');
      const stored = (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
      assert.deepEqual(
        [...list.files.map(({ path }) => path), 'files.json', 'manifest.json'].sort(),
        stored.sort(),
      );
      for (const file of list.files) {
        const content = await fileOf(catalog, manifest, file.path);
        assert.deepEqual([file.bytes, file.sha256], [content.length, sha256(content)], file.path);
        const isData = file.path.endsWith('.parquet');
        assert.equal(file.rows, isData ? Number(parquetMetadata(content).num_rows) : undefined, file.path);
      }
    }));

  test('remembers the snapshot that its rows are of', () =>
    withTable(table, stars(10), async (catalog) => {
      const { snapshot } = await exported(catalog, table);
      await catalog.client.query('CREATE TABLE later ()');
      const { rows } = await catalog.client.query(
        `SELECT pg_visible_in_snapshot(t.xmin::text::xid8, $1) AS before,
                pg_visible_in_snapshot(c.xmin::text::xid8, $1) AS after
         FROM (SELECT xmin FROM survey.stars LIMIT 1) t, pg_class c WHERE c.relname = 'later'`,
        [snapshot],
      );
      assert.deepEqual(rows, [{ before: true, after: false }]);
    }));

  async function checkFiles(catalog: TestCatalog, manifest: Manifest): Promise<void> {
    const groups = await storedRowGroups(catalog.storage, manifest);
    const paths = await partitionPaths(catalog.storage, manifest);
    assert.equal(paths.length, manifest.partitions);
    let bytes = 0;
    let rows = 0;
    for (const path of paths) {
      const file = await fileOf(catalog, manifest, path);
      const ofFile = groups.filter((group) => group.path === path);
      checkFile(file, await rowsOf(file), ofFile);
      bytes += file.length;
      rows += ofFile.reduce((sum, group) => sum + group.rows, 0);
    }
    assert.deepEqual({ bytes, rows }, { bytes: manifest.bytes, rows: manifest.rows });
    const ofLeaves = manifest.leaves.map(({ first, rowGroups }) => ({ first, rowGroups }));
    const expected = manifest.leaves.map((_, number) => {
      const ofLeaf = groups.filter(({ leafNumber }) => leafNumber === number);
      return { first: String(ofLeaf[0]!.first), rowGroups: ofLeaf.length };
    });
    assert.deepEqual(ofLeaves, expected);
  }

  function checkFile(
    file: Uint8Array<ArrayBuffer>,
    read: Record<string, unknown>[],
    groups: readonly StoredRowGroup[],
  ): void {
    const { order, pixel, path } = groups[0]!;
    const directory = Math.floor(pixel / 10_000) * 10_000;
    assert.equal(path, `dataset/Norder=${order}/Dir=${directory}/Npix=${pixel}.parquet`);
    assert.ok(read.length <= 1000);
    const metadata = parquetMetadata(file);
    assert.equal(Number(metadata.num_rows), read.length);
    assert.equal(metadata.row_groups.length, groups.length);
    let row = 0;
    let offset = 4;
    for (const [number, group] of groups.entries()) {
      assert.equal(group.group, number);
      assert.equal(group.chunks.length, 1 + table.columns.length);
      for (const chunk of group.chunks) {
        assert.equal(chunk.offset, offset, 'column chunks lie one after the other');
        assert.equal(crc32(file.subarray(offset, offset + chunk.bytes)), chunk.crc32);
        offset += chunk.bytes;
      }
      assert.equal(read[row]!._healpix_29, group.first);
      assert.equal(read[row + group.rows - 1]!._healpix_29, group.last);
      assert.equal(group.first >> BigInt(2 * (29 - order)), BigInt(pixel));
      assert.equal(group.last >> BigInt(2 * (29 - order)), BigInt(pixel));
      row += group.rows;
    }
    assert.equal(row, read.length);
  }

  test('has the same data files when the same rows come in another order', () =>
    withTable(table, [...stars(3000), [3000, 10, 10], [3001, 10, 10]], async (catalog) => {
      const first = await exported(catalog, table);
      await catalog.client.query('CREATE TABLE survey.copy AS SELECT * FROM survey.stars ORDER BY id DESC');
      await catalog.client.query('DROP TABLE survey.stars; ALTER TABLE survey.copy RENAME TO stars');
      const second = await exported(catalog, table, { full: true });
      assert.deepEqual(second.leaves, first.leaves);
      for (const path of await partitionPaths(catalog.storage, first)) {
        assert.deepEqual(await fileOf(catalog, second, path), await fileOf(catalog, first, path), path);
      }
      assert.deepEqual(
        await fileOf(catalog, second, 'dataset/_metadata'),
        await fileOf(catalog, first, 'dataset/_metadata'),
      );
    }));

  test('lists all row groups, with their files, in dataset/_metadata', () =>
    withTable(table, stars(5000), async (catalog) => {
      const manifest = await exported(catalog, table);
      const merged = parquetMetadata(await fileOf(catalog, manifest, 'dataset/_metadata'));
      assert.equal(merged.num_rows, 5000n);
      const expected = [];
      for (const path of await partitionPaths(catalog.storage, manifest)) {
        for (const group of parquetMetadata(await fileOf(catalog, manifest, path)).row_groups) {
          for (const chunk of group.columns) chunk.file_path = path.slice('dataset/'.length);
          expected.push(group);
        }
      }
      assert.deepEqual(merged.row_groups, expected);
      const schemaOnly = parquetMetadata(await fileOf(catalog, manifest, 'dataset/_common_metadata'));
      assert.deepEqual(merged.schema, schemaOnly.schema);
      assert.deepEqual(schemaOnly.row_groups, []);
      const csv = new TextDecoder().decode(await fileOf(catalog, manifest, 'partition_info.csv'));
      const groups = await storedRowGroups(catalog.storage, manifest);
      const cells = new Set(groups.map(({ order, pixel }) => `${order},${pixel}`));
      assert.equal(csv, `Norder,Npix\n${[...cells].join('\n')}\n`);
    }));

  test('publishes the MOC of its rows, and the manifest has a coverage around it', () =>
    withTable(table, stars(20_000), async (catalog) => {
      const manifest = await exported(catalog, table);
      const rows = await allRows(catalog, manifest);
      const start = BigInt64Array.from(rows, (row) => row._healpix_29 as bigint);
      const cells = { start, end: start.map((cell) => cell + 1n), full: new Uint8Array(start.length) };
      const text = async (path: string) => new TextDecoder().decode(await fileOf(catalog, manifest, path));
      const published = readMocAscii(await text('moc.txt'));
      assert.equal(published.order, 10);
      assert.deepEqual(published, mocOfRanges(cells, 10));
      assert.equal(await text('moc.json'), mocJson(published));
      assert.deepEqual(await fileOf(catalog, manifest, 'moc.fits'), mocFits(published));
      const { order, ranges } = manifest.coverage!;
      assert.ok(order >= 4 && ranges.length <= 8192);
      const shift = BigInt(2 * (29 - order));
      const borders = [...mocOfRanges(cells, order).ranges.start].map((start) => Number(start >> shift));
      assert.deepEqual(
        ranges.filter((_, at) => at % 2 === 0),
        borders,
      );
    }));

  test('of an empty table has no partitions', () =>
    withTable(table, [], async (catalog) => {
      const manifest = await exported(catalog, table);
      assert.deepEqual([manifest.partitions, manifest.leaves], [0, []]);
      assert.equal(manifest.rows, 0);
      assert.equal(await currentRelease(catalog, table), '2026-11-21');
      const merged = parquetMetadata(await fileOf(catalog, manifest, 'dataset/_metadata'));
      assert.deepEqual(merged.row_groups, []);
      assert.match(
        new TextDecoder().decode(await fileOf(catalog, manifest, 'hats.properties')),
        /^hats_nrows=0$/m,
      );
    }));

  test('leaves out rows without a position, and counts them', () => {
    const edges: CopyValue[][] = [
      [1, 0, 90],
      [2, 360, -90],
      [3, 359.999, 0],
    ];
    const without: CopyValue[][] = [
      [10, null, 0],
      [11, 0, null],
      [12, null, null],
      [13, 'NaN', 0],
      [14, 0, 'NaN'],
      [15, 'Infinity', 0],
      [16, -1e-9, 0],
      [17, 360.001, 0],
      [18, 0, 90.001],
      [19, 0, -91],
    ];
    return withTable(table, [...without, ...edges], async (catalog) => {
      const manifest = await exported(catalog, table);
      assert.equal(manifest.rows, edges.length);
      assert.equal(manifest.rowsWithoutPosition, without.length);
      const ids = (await allRows(catalog, manifest)).map(({ id }) => id).sort();
      assert.deepEqual(ids, [1n, 2n, 3n]);
    });
  });
});
