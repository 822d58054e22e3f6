import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { createEngine } from '../../engine/engine.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { OBSCORE } from '../../engine/obscore/table.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { generatedRows, loadObscore } from '../../test/obscore-rows.ts';
import { startTestDatabase, withMigratedDatabase } from '../../test/postgres.ts';
import { tapAppOver } from '../../test/tap-app.ts';
import { exportCatalog } from '../release/export.ts';
import { connect } from './connect.ts';
import { publishObscore } from './obscore.ts';
import { makeReader, readerRole } from './reader.ts';
import { publishedTables, readTable } from './tap-schema.ts';

const server = await startTestDatabase();
after(() => server.close());

test('it is made once, described as ObsCore has it, and the reader may read it', () =>
  withMigratedDatabase(server, async (client, url) => {
    assert.deepEqual(await publishedTables(client), []);
    const role = readerRole(client.database!);
    await makeReader(client, role, 'a password of the reader');
    const others = await Promise.all([connect(url), connect(url)]);
    assert.deepEqual(await Promise.all(others.map(publishObscore)), [[], []]);
    await Promise.all(others.map((other) => other.end()));
    assert.deepEqual(await publishedTables(client), [OBSCORE]);

    const [row] = generatedRows(1);
    await loadObscore(client, [row!]);
    assert.deepEqual(await publishObscore(client), []);
    await client.query(`SET ROLE "${role}"`);
    const { rows } = await client.query('SELECT obs_publisher_did, s_region FROM ivoa.obscore');
    assert.deepEqual(rows, [{ obs_publisher_did: row!.obs_publisher_did, s_region: row!.s_region }]);
    await assert.rejects(client.query('DELETE FROM ivoa.obscore'), /permission denied|read-only/);
  }));

test('what ObsCore wants of rows is refused otherwise, and queries have indexes', () =>
  withMigratedDatabase(server, async (client) => {
    await publishObscore(client);
    const [row] = generatedRows(1);
    for (const [wrong, message] of [
      [{ obs_publisher_did: null }, /null value in column "obs_publisher_did"/],
      [{ obs_id: null }, /null value in column "obs_id"/],
      [{ calib_level: 5 }, /calib_level/],
    ] as const) {
      await assert.rejects(loadObscore(client, [{ ...row!, ...wrong } as never]), message);
    }
    const { rows } = await client.query(
      `SELECT regexp_replace(indexdef, '.* USING btree |almagest\\.', '', 'g') AS keys FROM pg_indexes WHERE schemaname = 'ivoa'`,
    );
    assert.deepEqual(rows.map(({ keys }) => keys).sort(), [
      '(em_min, em_max)',
      '(healpix_index(29, s_ra, s_dec))',
      '(obs_publisher_did)',
      '(t_min, t_max)',
      '(zone(s_dec), longitude(s_ra))',
    ]);
  }));

test('a table of that name that is not ours is left alone', () =>
  withMigratedDatabase(server, async (client) => {
    await client.query('CREATE SCHEMA ivoa; CREATE TABLE ivoa.obscore (obs_id text)');
    await assert.rejects(publishObscore(client), /ivoa\.obscore that Almagest did not make.*rename yours/);
    assert.equal(await readTable(client, 'ivoa.obscore'), null);
  }));

test('without rows it is exported and answers all the same', () =>
  withMigratedDatabase(server, async (client) => {
    await publishObscore(client);
    const folder = await mkdtemp(join(tmpdir(), 'almagest-obscore-'));
    try {
      const storage = folderStorage(folder);
      const kernel = loadKernel();
      const progress = { start() {}, advance() {}, done() {} };
      const { manifest } = await exportCatalog({ client, table: OBSCORE, storage, kernel, progress });
      assert.equal(manifest.rows, 0);
      const engine = createEngine({ storage, kernel, cacheBytes: 2 ** 20 });
      assert.deepEqual((await engine.catalogs.open('ivoa.obscore'))!.manifest.table, OBSCORE);
      const app = tapAppOver(storage);
      for (const query of [
        'SELECT * FROM ivoa.ObsCore',
        "SELECT s_region FROM ivoa.obscore WHERE 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE('ICRS', 1, 2, 3))",
      ]) {
        const answer = await app.request(
          `/tap/sync?${new URLSearchParams({ LANG: 'ADQL', QUERY: query, RESPONSEFORMAT: 'csv' })}`,
        );
        assert.equal(answer.status, 200, query);
        assert.equal((await answer.text()).trim().split('\n').length, 1, query);
      }
      const examples = await app.request('/tap/examples');
      assert.match(await examples.text(), /What has been observed\?/);
    } finally {
      await rm(folder, { recursive: true });
    }
  }));
