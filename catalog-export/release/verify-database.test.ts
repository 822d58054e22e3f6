import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Table } from '../../engine/catalog/table.ts';
import { markChanges } from '../database/change-marks.ts';
import { migrate } from '../database/migrate.ts';
import { keepHistory } from '../database/row-history.ts';
import { describeSchema, writeTable } from '../database/tap-schema.ts';
import { inTransaction } from '../database/transaction.ts';
import { keptState } from './kept-state.ts';
import {
  column,
  DEC,
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
import { type Comparison, compareWithDatabase } from './verify-database.ts';
import { verifyFiles } from './verify-files.ts';

const table = tableOf([ID, RA, DEC]);
const LIMITS = { rows: 300, bytes: 2 ** 20 };

async function published({ client }: TestCatalog, what: Table): Promise<void> {
  await migrate(client);
  await describeSchema(client, 'survey', null);
  await writeTable(client, what);
  await markChanges(client, what, { concurrently: false });
}

async function exported(catalog: TestCatalog, what: Table, day = '2026-11-21'): Promise<string> {
  const { manifest } = await exportTable(catalog, what, {
    date: new Date(`${day}T01:00:00Z`),
    maxRows: LIMITS.rows,
    maxBytes: LIMITS.bytes,
  });
  return manifest.release;
}

async function compare(
  { client, storage }: TestCatalog,
  release: string,
  what = table,
  laterState: string | null = null,
): Promise<Comparison> {
  const { manifest, data, faults } = await verifyFiles(
    storage,
    `${what.schema}.${what.name}`,
    release,
    silent,
  );
  assert.deepEqual(faults, []);
  return compareWithDatabase(
    { client, kernel, limits: LIMITS, progress: silent, laterState },
    manifest!,
    data,
  );
}

test('a release of a table that has not changed has its rows', () =>
  withTable(table, [...stars(3000), [9000, null, 3]], async (catalog) => {
    await published(catalog, table);
    const found = await compare(catalog, await exported(catalog, table));
    assert.equal(found.basis, 'unchanged table');
    assert.deepEqual([found.rows, found.partitions.different, found.wrong], [3000, 0, []]);
    assert.ok(found.partitions.same > 12);
  }));

test('of one that has, it is told how much is the same', () =>
  withTable(table, stars(3000), async (catalog) => {
    await published(catalog, table);
    const release = await exported(catalog, table);
    await catalog.client.query('UPDATE survey.stars SET id = id + 10000 WHERE id = 7');
    await catalog.client.query('INSERT INTO survey.stars VALUES (20000, 200, -89)');
    const found = await compare(catalog, release);
    assert.equal(found.basis, 'changed table');
    assert.equal(found.rows, 3001);
    assert.deepEqual([found.partitions.different, found.wrong], [2, []]);
  }));

test('a table that was written to, and has the rows that it had, is read once', () =>
  withTable(table, stars(3000), async (catalog) => {
    const { client, storage } = catalog;
    await published(catalog, table);
    const release = await exported(catalog, table);
    const limits = { maxRows: LIMITS.rows, maxBytes: LIMITS.bytes };
    /** What an export reads, as its progress tells. */
    const reads = async (): Promise<string[]> => {
      const begun: string[] = [];
      const progress = { ...silent, start: (what: string) => void begun.push(what) };
      const { outcome } = await exportTable(catalog, table, { ...limits, progress });
      assert.equal(outcome, 'unchanged');
      return begun;
    };
    assert.deepEqual(await reads(), []);
    await client.query('UPDATE survey.stars SET id = id');
    assert.notDeepEqual(await reads(), []);
    assert.deepEqual(await reads(), []);
    const later = await keptState(storage, 'survey.stars', release);
    assert.equal((await compare(catalog, release)).basis, 'changed table');
    assert.equal((await compare(catalog, release, table, later)).basis, 'unchanged table');
    await storage.put('survey.stars/state.json', new TextEncoder().encode('{"version": 1'));
    assert.notDeepEqual(await reads(), [], 'what is damaged is not believed');
    assert.deepEqual(await reads(), []);
    await client.query('UPDATE survey.stars SET dec = dec / 2 WHERE id = 7');
    assert.notEqual(await exported(catalog, table), release);
    await client.query('UPDATE survey.stars SET id = id');
    const other = await keptState(storage, 'survey.stars', '2026-11-21.1');
    assert.equal(other, null, 'what is kept is of one release');
    assert.notDeepEqual(await reads(), []);
    assert.deepEqual(await reads(), []);
  }));

test('rows that changed behind the back of the marks are a fault', () =>
  withTable(table, stars(3000), async (catalog) => {
    await published(catalog, table);
    const release = await exported(catalog, table);
    const { client } = catalog;
    await client.query('DELETE FROM survey.stars WHERE id = 7');
    // As a bug or a bad disk would have it: the marks say that nothing happened.
    await client.query('DELETE FROM almagest.changes');
    const found = await compare(catalog, release);
    assert.equal(found.basis, 'unchanged table');
    assert.equal(found.wrong.length, 2);
    assert.match(found.wrong[0]!, /^dataset\/Norder=.*\.parquet$/);
    assert.equal(found.wrong[1], 'manifest.json');
  }));

test('of a table with a history every release has the rows of its day', () =>
  withTable(table, stars(2000), async (catalog) => {
    const { client } = catalog;
    await client.query('ALTER TABLE survey.stars ADD PRIMARY KEY (id)');
    await published(catalog, table);
    await inTransaction(client, () => keepHistory(client, table));
    const first = await exported(catalog, table, '2026-11-19');
    await client.query(
      'UPDATE survey.stars SET dec = -dec WHERE id % 10 = 0; DELETE FROM survey.stars WHERE id = 5',
    );
    const second = await exported(catalog, table, '2026-11-20');
    await client.query('INSERT INTO survey.stars SELECT id + 5000, ra, dec FROM survey.stars');
    assert.notEqual(first, second);
    for (const [release, rows] of [
      [first, 2000],
      [second, 1999],
    ] as const) {
      const { basis, partitions, wrong, ...found } = await compare(catalog, release);
      assert.deepEqual([basis, found.rows, partitions.different, wrong], ['history', rows, 0, []]);
    }
    await client.query('UPDATE almagest_history."survey.stars" SET id = id + 90000 WHERE id = 10');
    assert.notDeepEqual(
      (await compare(catalog, first)).wrong,
      [],
      'a history that tells other rows is a fault',
    );
  }));

test('a table without positions is compared part by part', () => {
  const names = {
    ...tableOf([column('key', 'long', 'meta.id;meta.main'), column('name', 'char')]),
    name: 'names',
  };
  const rows = Array.from({ length: 5000 }, (_, key) => [key, `star ${key}`]);
  return withTable(names, rows, async (catalog) => {
    await published(catalog, names);
    const release = await exported(catalog, names);
    const same = await compare(catalog, release, names);
    assert.equal(same.basis, 'unchanged table');
    assert.ok(same.partitions.same > 5);
    assert.deepEqual([same.rows, same.partitions.different, same.wrong], [5000, 0, []]);
    await catalog.client.query("UPDATE survey.names SET name = 'Vega' WHERE key = 4999");
    const other = await compare(catalog, release, names);
    assert.equal(other.basis, 'changed table');
    assert.deepEqual([other.partitions.different, other.wrong], [1, []]);
    await catalog.client.query('DELETE FROM survey.names');
    assert.equal((await compare(catalog, release, names)).partitions.same, 0);
  });
});

test('a view cannot tell whether it has changed', () =>
  withTable(table, stars(50), async (catalog) => {
    await catalog.client.query('CREATE VIEW survey.bright AS SELECT * FROM survey.stars');
    const view = { ...table, name: 'bright' };
    await published(catalog, view);
    const release = await exported(catalog, view);
    const same = await compare(catalog, release, view);
    assert.deepEqual([same.basis, same.partitions.different], ['unknown', 0]);
    await catalog.client.query('DELETE FROM survey.stars WHERE id = 1');
    const other = await compare(catalog, release, view);
    assert.deepEqual([other.basis, other.partitions.different, other.wrong], ['unknown', 1, []]);
  }));

test('a release of no rows is compared too', () =>
  withTable(table, [], async (catalog) => {
    await published(catalog, table);
    const found = await compare(catalog, await exported(catalog, table));
    assert.deepEqual(found, {
      basis: 'unchanged table',
      rows: 0,
      partitions: { same: 0, different: 0 },
      wrong: [],
    });
  }));

test('what cannot be compared is told', () =>
  withTable(table, stars(10), async (catalog) => {
    await published(catalog, table);
    const release = await exported(catalog, table);
    await catalog.client.query('ALTER TABLE survey.stars RENAME dec TO declination');
    await assert.rejects(compare(catalog, release), { message: /column dec is gone/ });
    await catalog.client.query('DROP TABLE survey.stars CASCADE');
    await assert.rejects(compare(catalog, release), { message: /the database has no such table/ });
  }));
