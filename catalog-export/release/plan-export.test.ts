import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planExport } from './plan-export.ts';
import {
  DEC,
  date,
  exportTable,
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
const OPTIONS = { table, kernel, date, maxRows: 1000, progress: silent };

const plan = ({ client, storage }: TestCatalog, more = {}) =>
  planExport({ client, storage, ...OPTIONS, ...more });

test('a plan tells what the export then does, and leaves the bucket as it is', () =>
  withTable(table, stars(5000), async (catalog) => {
    const { storage, client } = catalog;
    const first = await plan(catalog);
    assert.deepEqual(await storage.list('survey.stars'), []);
    const { manifest, partitions } = await exportTable(catalog, table);
    assert.deepEqual(first, {
      catalog: 'survey.stars',
      outcome: 'released',
      release: manifest.release,
      rows: 5000,
      rowsWithoutPosition: 0,
      partitions,
    });

    const unchanged = await plan(catalog);
    assert.deepEqual(
      [unchanged.outcome, unchanged.release, unchanged.partitions.written],
      ['unchanged', null, 0],
    );

    await client.query('UPDATE survey.stars SET id = id + 10000 WHERE id = 7');
    const before = await storage.list('survey.stars');
    const second = await plan(catalog);
    assert.deepEqual(second.partitions, { written: 1, copied: partitions.written - 1 });
    assert.deepEqual(await storage.list('survey.stars'), before);
    const exported = await exportTable(catalog, table);
    assert.deepEqual([exported.manifest.release, exported.partitions], [second.release, second.partitions]);
  }));

test('a plan fails as the export would', () =>
  withTable(table, stars(10), async (catalog) => {
    await exportTable(catalog, table);
    const earlier = { date: new Date('2026-11-19T01:00:00Z'), full: true };
    assert.match(
      (await plan(catalog, earlier)).message!,
      /the clock says 2026-11-19, which is before the last release/,
    );
    await assert.rejects(plan(catalog, { release: '2026-11-21' }), {
      message: /there is, or was, a release of that name/,
    });
    await catalog.client.query('ALTER TABLE survey.stars DROP COLUMN dec');
    await assert.rejects(plan(catalog), { message: /column dec is gone/ });
    const { rows } = await catalog.client.query('SHOW transaction_isolation');
    assert.equal(rows[0].transaction_isolation, 'read committed', 'no transaction is left open');
  }));
