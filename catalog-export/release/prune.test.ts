import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestKey } from '../../engine/catalog/manifest.ts';
import { asOf } from '../../engine/postgres/table-history.ts';
import { historyPath } from '../database/history-triggers.ts';
import { migrate } from '../database/migrate.ts';
import { keepHistory } from '../database/row-history.ts';
import { describeSchema, writeTable } from '../database/tap-schema.ts';
import { inTransaction } from '../database/transaction.ts';
import { collectGarbage } from './gc.ts';
import { pruneForReleases } from './prune.ts';
import { DEC, exportTable, ID, RA, stars, tableOf, withTable } from './test-catalog.ts';

const table = tableOf([ID, RA, DEC]);
const CATALOG = 'survey.stars';

test('versions of rows go with the last release that needs them', () =>
  withTable(table, stars(10), async (catalog) => {
    const { client, storage } = catalog;
    await migrate(client);
    await client.query('ALTER TABLE survey.stars ADD PRIMARY KEY (id)');
    await describeSchema(client, 'survey', null);
    await writeTable(client, table);
    await inTransaction(client, () => keepHistory(client, table));
    const versions = async (condition = 'true') => {
      const { rows } = await client.query(
        `SELECT count(*)::int AS n FROM ${historyPath(CATALOG)} WHERE ${condition}`,
      );
      return rows[0].n as number;
    };
    const manifests = [];
    for (const day of ['2026-11-18', '2026-11-19', '2026-11-20']) {
      const { manifest } = await exportTable(catalog, table, { date: new Date(`${day}T01:00:00Z`) });
      assert.equal(manifest.release, day);
      assert.ok(manifest.history);
      manifests.push(manifest);
      await client.query('UPDATE survey.stars SET dec = dec + 0.001 WHERE id < 4');
    }
    assert.equal(await versions(), 10 + 3 * 4);
    assert.equal(await pruneForReleases(client, table, storage), 0, 'all are needed');

    const now = new Date(Date.now() + 86_400_000);
    await collectGarbage({ storage, catalog: CATALOG, policy: { keep: 2, keepDays: 0 }, now });
    assert.equal(await pruneForReleases(client, table, storage), 4);
    for (const { snapshot } of manifests.slice(1)) assert.equal(await versions(asOf(snapshot)), 10);

    await storage.put(manifestKey(CATALOG, '2026-11-19'), new TextEncoder().encode('{'));
    await assert.rejects(pruneForReleases(client, table, storage), {
      message: /no version of a row was removed: the manifest of release 2026-11-19 cannot be read/,
    });
  }));
