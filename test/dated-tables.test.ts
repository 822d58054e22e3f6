import assert from 'node:assert/strict';
import test from 'node:test';
import { migrate } from '../catalog-export/database/migrate.ts';
import { indexPositions } from '../catalog-export/database/positions-index.ts';
import { dropHistory, keepHistory } from '../catalog-export/database/row-history.ts';
import { writeTable } from '../catalog-export/database/tap-schema.ts';
import { inTransaction } from '../catalog-export/database/transaction.ts';
import {
  column,
  DEC,
  exported,
  ID,
  RA,
  stars,
  type TestCatalog,
  tableOf,
  withTable,
} from '../catalog-export/release/test-catalog.ts';
import { postgresqlEngine } from '../edge/tap/engines/postgresql.ts';
import { removedKey } from '../engine/catalog/removed-releases.ts';
import { duckdbOver, type TapApp, tapAppOver } from './tap-app.ts';

const TABLE = tableOf([ID, RA, DEC, column('mag', 'double')]);

/** The TAP app with all engines, the database as its owner. */
function tapOver({ url, storage }: TestCatalog): TapApp {
  const { hostname, port, username, password, pathname } = new URL(url);
  const access = {
    host: decodeURIComponent(hostname),
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    connect: null,
  };
  return tapAppOver(storage, {}, { duckdb: duckdbOver(storage), postgresql: postgresqlEngine(access) });
}

async function asked(
  app: TapApp,
  query: string,
  engine?: string,
): Promise<{ status: number; text: string; releases: string | null }> {
  const parameters = { LANG: 'ADQL', RESPONSEFORMAT: 'csv', QUERY: query, ...(engine && { ENGINE: engine }) };
  const answer = await app.request(`/tap/sync?${new URLSearchParams(parameters)}`);
  const text = await answer.text();
  const message = /<INFO name="QUERY_STATUS" value="ERROR">([^<]*)/.exec(text)?.[1];
  return { status: answer.status, text: message ?? text, releases: answer.headers.get('almagest-release') };
}

/** Rows in the order of their first value. */
async function rowsOf(app: TapApp, query: string, engine?: string): Promise<string[]> {
  const { status, text } = await asked(app, query, engine);
  assert.equal(status, 200, text);
  const rows = text.trim().split('\r\n').slice(1);
  return rows.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

function* withMagnitudes(count: number): Generator<(string | number | null)[]> {
  for (const [id, ra, dec] of stars(count)) yield [id as number, ra as number, dec as number, Number(id) / 8];
}

test('a release is asked by its date', () =>
  withTable(TABLE, withMagnitudes(300), async (catalog) => {
    const { client } = catalog;
    await migrate(client);
    const first = await exported(catalog, TABLE, { date: new Date('2026-11-20T01:00:00Z') });
    await client.query(
      'UPDATE survey.stars SET mag = 99 WHERE id = 7; DELETE FROM survey.stars WHERE id = 8',
    );
    const second = await exported(catalog, TABLE, { date: new Date('2026-11-22T01:00:00Z') });
    assert.deepEqual([first.release, second.release], ['2026-11-20', '2026-11-22']);
    const removed = [{ release: '2026-11-18', removed: '2026-11-19T00:00:00Z' }];
    const list = new TextEncoder().encode(JSON.stringify({ version: 1, releases: removed }));
    await catalog.storage.put(removedKey('survey.stars'), list);
    const app = tapOver(catalog);

    for (const engine of ['scan', 'duckdb']) {
      const query = 'SELECT id, mag FROM survey."stars@2026-11-20" WHERE mag < 1.1 AND mag > 0.8';
      assert.deepEqual(await rowsOf(app, query, engine), ['7,0.875', '8,1']);
    }
    for (const name of ['survey.stars', 'stars', '"stars@2026-11-22"', 'survey."stars@2026-11-22"'])
      assert.deepEqual(await rowsOf(app, `SELECT id, mag FROM ${name} WHERE id BETWEEN 7 AND 8`), ['7,99']);
    const both = `SELECT a.id, a.mag, b.mag FROM survey."stars@2026-11-20" AS a
      LEFT JOIN survey.stars AS b ON a.id = b.id WHERE b.id IS NULL OR a.mag <> b.mag`;
    assert.deepEqual(await rowsOf(app, both), ['7,0.875,99', '8,1,']);
    const { releases } = await asked(app, both);
    assert.equal(releases, 'survey.stars@2026-11-20, survey.stars@2026-11-22');

    const named = await rowsOf(app, "SELECT table_name FROM tap_schema.tables WHERE schema_name = 'survey'");
    assert.deepEqual(named, ['survey.stars']);
    const latest = 'SELECT COUNT(*) AS n FROM survey."stars@2026-11-22"';
    assert.deepEqual(await rowsOf(app, latest, 'postgresql'), ['299']);

    for (const [query, status, words] of [
      [
        'SELECT id FROM survey."stars@2026-11-21"',
        400,
        /^There is no release “2026-11-21” of survey\.stars: about that time there are "stars@2026-11-20", "stars@2026-11-22" \(line 1, column 16\)/,
      ],
      [
        'SELECT id FROM "stars@2026-11-18"',
        400,
        /^There is no release “2026-11-18” of survey\.stars any more: about that time there are "stars@2026-11-20"/,
      ],
      [
        'SELECT id FROM "stars@yesterday"',
        400,
        /^There is no release “yesterday” of survey\.stars: .* "stars@2026-11-20"/,
      ],
      [
        'SELECT id FROM survey."galaxies@2026-11-20"',
        400,
        /^There is no table “survey\."galaxies@2026-11-20"”/,
      ],
      ['SELECT id FROM survey.stars@2026', 400, /./],
    ] as const) {
      const answer = await asked(app, query);
      assert.equal(answer.status, status, query);
      assert.match(answer.text.replaceAll('&quot;', '"'), words);
    }
    const refused = await asked(app, 'SELECT id FROM survey."stars@2026-11-20"', 'postgresql');
    assert.equal(refused.status, 400);
    assert.match(
      refused.text,
      /it keeps no versions of the rows of survey\.stars, whose release 2026-11-20 is not the latest/,
    );
  }));

test('PostgreSQL answers as of the release, of a table that keeps its history', () =>
  withTable(TABLE, withMagnitudes(300), async (catalog) => {
    const { client } = catalog;
    await migrate(client);
    await client.query('ALTER TABLE survey.stars ADD PRIMARY KEY (id)');
    await writeTable(client, TABLE);
    const unkept = await exported(catalog, TABLE, { date: new Date('2026-11-19T01:00:00Z') });
    assert.equal(unkept.history, null);
    await inTransaction(client, () => keepHistory(client, TABLE));
    await indexPositions(client, TABLE, { concurrently: false });
    const first = await exported(catalog, TABLE, { date: new Date('2026-11-20T01:00:00Z') });
    assert.equal(first.release, '2026-11-20', 'a release that names the history, though no row has changed');
    assert.notEqual(first.history, null);
    await client.query(
      'UPDATE survey.stars SET mag = 98 WHERE id = 7; DELETE FROM survey.stars WHERE id = 8',
    );
    await exported(catalog, TABLE, { date: new Date('2026-11-22T01:00:00Z') });
    // What no release has yet.
    await client.query(
      'UPDATE survey.stars SET mag = 99; INSERT INTO survey.stars VALUES (1000, 84, -4, 0.5)',
    );

    const app = tapOver(catalog);
    const sky = '1 = CONTAINS(POINT(ra, dec), CIRCLE(83.5, -4.5, 2))';
    for (const [query, rows] of [
      ['SELECT id, mag FROM survey."stars@2026-11-20" WHERE id BETWEEN 7 AND 8', ['7,0.875', '8,1']],
      ['SELECT id, mag FROM survey.stars WHERE id BETWEEN 7 AND 8', ['7,98']],
      ['SELECT COUNT(*), MAX(mag) FROM survey."stars@2026-11-20"', ['300,37.375']],
      ['SELECT COUNT(*), MAX(mag) FROM survey.stars', ['299,98']],
      [
        'SELECT a.id, a.mag, b.mag FROM survey."stars@2026-11-20" AS a JOIN survey.stars AS b ON a.id = b.id AND a.mag <> b.mag',
        ['7,0.875,98'],
      ],
      [
        'SELECT a.id, b.id FROM survey."stars@2026-11-20" AS a JOIN survey.stars AS b ON DISTANCE(a.ra, a.dec, b.ra, b.dec) < 0.0001 WHERE a.id < 10',
        ['0,0', '1,1', '2,2', '3,3', '4,4', '5,5', '6,6', '7,7', '9,9'],
      ],
    ] as const) {
      for (const engine of ['duckdb', 'postgresql'])
        assert.deepEqual(await rowsOf(app, query, engine), rows, `${engine}: ${query}`);
    }
    for (const name of ['survey.stars', 'survey."stars@2026-11-20"']) {
      const query = `SELECT id, mag FROM ${name} WHERE ${sky}`;
      const found = await rowsOf(app, query, 'postgresql');
      assert.ok(found.length > 50);
      assert.deepEqual(await rowsOf(app, query, 'duckdb'), found);
      assert.deepEqual(await rowsOf(app, query, 'scan'), found);
    }
    const plan = await app.request(
      `/tap/sync?${new URLSearchParams({ LANG: 'ADQL', PLAN: 'text', ENGINE: 'postgresql', QUERY: 'SELECT id FROM survey.stars' })}`,
    );
    assert.match(
      await plan.text(),
      /FROM \(SELECT \* FROM "almagest_history"\."survey\.stars" WHERE pg_visible_in_snapshot\(/,
    );
    const refused = await asked(app, 'SELECT id FROM survey."stars@2026-11-19"', 'postgresql');
    assert.match(refused.text, /it keeps no versions of the rows of survey\.stars/);
  }));

test('a history that is no more leaves earlier releases to the edge', () =>
  withTable(TABLE, withMagnitudes(300), async (catalog) => {
    const { client } = catalog;
    await migrate(client);
    await client.query('ALTER TABLE survey.stars ADD PRIMARY KEY (id)');
    await writeTable(client, TABLE);
    await inTransaction(client, () => keepHistory(client, TABLE));
    await exported(catalog, TABLE, { date: new Date('2026-11-20T01:00:00Z') });
    await client.query('UPDATE survey.stars SET mag = 98');
    await exported(catalog, TABLE, { date: new Date('2026-11-22T01:00:00Z') });
    await inTransaction(client, () => dropHistory(client, TABLE));
    const app = tapOver(catalog);
    const query = 'SELECT COUNT(*), MAX(mag) FROM survey."stars@2026-11-20"';
    const refused = await asked(app, query, 'postgresql');
    assert.equal(refused.status, 400);
    assert.match(
      refused.text,
      /^PostgreSQL has not the rows of survey\.stars as they were in release 2026-11-20: its history does not reach back to it/,
    );
    assert.deepEqual(await rowsOf(app, query), ['300,37.375']);
    assert.deepEqual(await rowsOf(app, 'SELECT MAX(mag) FROM survey.stars', 'postgresql'), ['98']);
  }));
