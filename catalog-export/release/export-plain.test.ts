import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { partitionPaths, storedRowGroups } from '../../test/stored-row-groups.ts';
import type { CopyValue } from '../database/copy.ts';
import { allRows, column, exported, fileOf, rowsOf, tableOf, withTable } from './test-catalog.ts';

const BAND = column('band', 'char', 'meta.id;meta.main');
const NUMBER = column('number', 'long', 'meta.id;meta.main');
const VALUE = column('value', 'double');

const shuffled = (count: number): number[] =>
  Array.from({ length: count }, (_, at) => at).sort((a, b) => Math.sin(a + 1) - Math.sin(b + 1));

test('a table without positions is exported in the order of its identifier, in parts', () => {
  const table = tableOf([VALUE, NUMBER]);
  const rows = shuffled(5000).map((number): CopyValue[] => [number / 8, number]);
  return withTable(table, rows, async (catalog) => {
    const manifest = await exported(catalog, table);
    assert.deepEqual([manifest.rows, manifest.skymap, manifest.coverage], [5000, null, null]);
    const expected = Array.from({ length: 5000 }, (_, number) => ({
      value: number / 8,
      number: BigInt(number),
    }));
    assert.deepEqual(await allRows(catalog, manifest), expected);
    const paths = await partitionPaths(catalog.storage, manifest);
    assert.equal(paths.length, manifest.partitions);
    assert.ok(paths.length > 5);
    paths.forEach((path, part) => {
      assert.equal(path, `dataset/part-${String(part).padStart(5, '0')}.parquet`);
    });
    let next = 0n;
    for (const { first, last, rows } of await storedRowGroups(catalog.storage, manifest)) {
      assert.deepEqual([first, last], [next, next + BigInt(rows) - 1n]);
      next += BigInt(rows);
    }
    const release = join(catalog.bucket, 'survey.stars', manifest.release);
    assert.deepEqual((await readdir(release)).sort(), ['dataset', 'files.json', 'index', 'manifest.json']);
    assert.equal((await rowsOf(await fileOf(catalog, manifest, paths.at(-1)!))).at(-1)!.number, 4999n);
  });
});

test('texts are sorted by their bytes, nulls last', () => {
  const bands = ['é', 'b', 'Z', 'a', null, 'aa', '_'];
  const table = tableOf([BAND, VALUE]);
  const rows = bands.map((band, at): CopyValue[] => [band, at]);
  return withTable(table, rows, async (catalog) => {
    const manifest = await exported(catalog, table);
    assert.deepEqual(
      (await allRows(catalog, manifest)).map(({ band }) => band),
      ['Z', '_', 'a', 'aa', 'b', 'é', null],
    );
  });
});

test('without an identifier the primary key orders the rows, and without one all columns', () => {
  const [night, field] = [column('night', 'int'), column('field', 'char')];
  const table = tableOf([field, night, VALUE]);
  const rows: CopyValue[][] = [
    ['b', 1, 9],
    ['a', 2, 8],
    ['a', 1, 7],
    ['c', 1, 6],
  ];
  return withTable(table, rows, async (catalog) => {
    const values = async () =>
      (await allRows(catalog, await exported(catalog, table))).map(({ value }) => value);
    assert.deepEqual(await values(), [7, 8, 9, 6]);
    await catalog.client.query('ALTER TABLE survey.stars ADD PRIMARY KEY (night, field)');
    assert.deepEqual(await values(), [7, 9, 6, 8]);
  });
});

test('a table without rows or positions is a release too', () => {
  const table = tableOf([NUMBER]);
  return withTable(table, [], async (catalog) => {
    const manifest = await exported(catalog, table);
    assert.deepEqual([manifest.rows, manifest.partitions, manifest.leaves], [0, 0, []]);
  });
});
