import assert from 'node:assert/strict';
import test from 'node:test';
import { DEC, exportTable, ID, RA, tableOf, withTable } from './test-catalog.ts';

const table = tableOf([ID, RA, DEC]);

test('identifiers that several rows have, or none, are reported, and no row is lost', () =>
  withTable(
    table,
    [1, 2, 2, 3, 3, 3, 4, 4, 5, 5, null, null].map((id, n) => [id, n, n]),
    async (catalog) => {
      const { manifest, report } = await exportTable(catalog, table);
      assert.equal(manifest.rows, 12);
      assert.equal(
        report.message,
        '2 rows have no id, which is the identifier; 4 identifiers are on several rows (id 3 on 3 rows, 2 on 2 rows, ' +
          '4 on 2 rows): the release has all of them',
      );
    },
  ));

test('identifiers of their own are no news, be they unique by an index or not', () =>
  withTable(
    table,
    [
      [1, 1, 1],
      [2, 2, 2],
    ],
    async (catalog) => {
      assert.equal((await exportTable(catalog, table)).report.message, undefined);
      await catalog.client.query('ALTER TABLE survey.stars ADD PRIMARY KEY (id)');
      assert.equal((await exportTable(catalog, table, { full: true })).report.message, undefined);
    },
  ));

test('a unique index does not speak for rows without an identifier, nor one of some rows for all', () =>
  withTable(
    table,
    [
      [1, 1, 1],
      [1, 2, 2],
      [null, 3, 3],
    ],
    async (catalog) => {
      await catalog.client.query('CREATE UNIQUE INDEX ON survey.stars (id) WHERE dec > 1');
      const message = (await exportTable(catalog, table)).report.message!;
      assert.match(message, /1 row has no id, .*; 1 identifier is on several rows \(id 1 on 2 rows\)/);
      await catalog.client.query(
        'DELETE FROM survey.stars WHERE dec = 1; CREATE UNIQUE INDEX ON survey.stars (id)',
      );
      assert.match(
        (await exportTable(catalog, table)).report.message!,
        /^1 row has no id, which is the identifier$/,
      );
    },
  ));

test('a database that has no room for the counting keeps no export', () =>
  withTable(
    table,
    Array.from({ length: 50_000 }, (_, n) => [n, n % 360, n % 90]),
    async (catalog) => {
      await catalog.client.query("SET work_mem = '64kB'; SET temp_file_limit = 0");
      const { manifest, report } = await exportTable(catalog, table);
      assert.equal(manifest.rows, 50_000);
      assert.match(report.message!, /^whether identifiers are unique could not be told: .*temp_file_limit/);
    },
  ));
