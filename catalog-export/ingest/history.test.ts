import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type pg from 'pg';
import { asOf } from '../../engine/postgres/table-history.ts';
import { startTestDatabase, withMigratedDatabase } from '../../test/postgres.ts';
import { prepareExport } from '../database/prepare-export.ts';
import { makeReader } from '../database/reader.ts';
import { historyId } from '../database/row-history.ts';
import { publishedTables, readTable } from '../database/tap-schema.ts';
import type { CatalogOptions } from './describe.ts';
import { loadFile } from './load.ts';
import { publishTable } from './publish.ts';

const server = await startTestDatabase();
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almagest-history-'));
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const OPTIONS: CatalogOptions = {
  main: {},
  columns: null,
  description: null,
  metadata: new Map(),
  replace: false,
};
const silent = { start() {}, advance() {}, done() {} };

const STARS = `CREATE TABLE public.stars (id int PRIMARY KEY, ra float8, dec float8, secret text);
  INSERT INTO public.stars VALUES (1, 10, 20, 'x'), (2, 11, 21, 'y')`;

function withDatabase(sql: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  return withMigratedDatabase(server, async (client) => {
    await client.query(sql);
    await use(client);
  });
}

async function snapshot(client: pg.Client): Promise<string> {
  return (await client.query('SELECT pg_current_snapshot()::text AS text')).rows[0].text;
}

async function idsAsOf(client: pg.Client, history: string, seen: string): Promise<number[]> {
  const { rows } = await client.query(
    `SELECT id FROM almagest_history.${history} WHERE ${asOf(seen)} ORDER BY id`,
  );
  return rows.map(({ id }) => Number(id));
}

test('a history goes on when another file takes the place of a table', () =>
  withDatabase('SELECT', async (client) => {
    const path = join(folder, 'stars.csv');
    const load = async (rows: string, more: Partial<CatalogOptions>) => {
      await writeFile(path, `id,ra,dec\n${rows}`);
      return loadFile(client, path, 'survey.stars', { ...OPTIONS, ...more }, silent);
    };
    const first = await load('1,10,20\n2,11,21\n', { history: true });
    assert.equal(first.history, true);
    assert.ok(first.indexes.includes('"almagest_history"."survey.stars_healpix_29"'), `${first.indexes}`);
    const table = (await readTable(client, 'survey.stars'))!;
    const [id, seen] = [await historyId(client, table), await snapshot(client)];
    const second = await load('2,11,21\n3,12,22\n', { replace: true });
    assert.equal(second.history, true);
    assert.equal(await historyId(client, table), id);
    const after = await snapshot(client);
    await client.query('DELETE FROM survey.stars WHERE id = 2');
    assert.deepEqual(await idsAsOf(client, '"survey.stars"', seen), [1, 2]);
    assert.deepEqual(await idsAsOf(client, '"survey.stars"', after), [2, 3]);
    assert.deepEqual(await idsAsOf(client, '"survey.stars"', await snapshot(client)), [3]);
    assert.equal((await load('2,11,21\n', { replace: true, history: false })).history, false);
    assert.equal((await client.query('SELECT FROM almagest.histories')).rowCount, 0);
  }));

test('described anew a table keeps its history, until that is switched off', () =>
  withDatabase(STARS, async (client) => {
    const publish = (more: Partial<CatalogOptions>) =>
      publishTable(client, 'public.stars', { ...OPTIONS, replace: true, index: false, ...more });
    assert.equal((await publish({})).history, false);
    assert.equal((await publish({ history: true })).history, true);
    const table = (await readTable(client, 'public.stars'))!;
    const id = await historyId(client, table);
    assert.notEqual(id, null);
    assert.equal((await publish({ description: 'Anew' })).history, true);
    assert.equal(await historyId(client, table), id);
    assert.equal((await publish({ history: false })).history, false);
    assert.equal(await historyId(client, table), null);
  }));

test('readers read of the versions what is published of the rows', () =>
  withDatabase(STARS, async (client) => {
    const role = `reader_${client.database}`;
    await makeReader(client, role, 'a password of sixteen bytes');
    await publishTable(client, 'public.stars', { ...OPTIONS, columns: ['id', 'ra', 'dec'], history: true });
    const seen = await snapshot(client);
    await client.query('DELETE FROM public.stars WHERE id = 1');
    const as = async (sql: string) => {
      await client.query(`SET ROLE ${role}`);
      return client.query(sql).finally(() => client.query('RESET ROLE'));
    };
    const found = await as(`SELECT id, ra FROM almagest_history."public.stars" WHERE ${asOf(seen)}`);
    assert.equal(found.rowCount, 2);
    assert.equal(
      (await as('SELECT schema_name, table_name, history_name, id FROM almagest.histories')).rowCount,
      1,
    );
    for (const sql of [
      'SELECT secret FROM public.stars',
      'SELECT secret FROM almagest_history."public.stars"',
      'DELETE FROM almagest_history."public.stars"',
      'SELECT * FROM almagest.history',
      'SELECT * FROM almagest.changes',
    ])
      await assert.rejects(as(sql), /permission denied|secret|read-only/, sql);
    await publishTable(client, 'public.stars', {
      ...OPTIONS,
      replace: true,
      columns: ['id', 'ra', 'dec', 'secret'],
    });
    assert.equal((await as('SELECT secret FROM almagest_history."public.stars"')).rowCount! > 0, true);
    await publishTable(client, 'public.stars', { ...OPTIONS, replace: true, history: false });
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }));

test('a table without a primary key is not published with a history, and can be without', () =>
  withDatabase('CREATE TABLE public.stars (id int, ra float8, dec float8)', async (client) => {
    await assert.rejects(
      publishTable(client, 'public.stars', { ...OPTIONS, history: true }),
      /public\.stars cannot keep the history of its rows: it has no primary key/,
    );
    assert.deepEqual(await publishedTables(client), []);
    assert.equal((await publishTable(client, 'public.stars', OPTIONS)).history, false);
  }));

test('what an export does before its snapshot: a history that missed something goes on, and what it cannot mend is said', () =>
  withDatabase(STARS, async (client) => {
    await publishTable(client, 'public.stars', { ...OPTIONS, history: true });
    const table = (await readTable(client, 'public.stars'))!;
    const id = await historyId(client, table);
    assert.equal(await prepareExport(client, table), null);
    await client.query('VACUUM FULL public.stars');
    assert.equal(await historyId(client, table), null);
    assert.equal(await prepareExport(client, table), null);
    assert.equal(await historyId(client, table), id);

    await client.query('ALTER TABLE public.stars ALTER ra TYPE numeric; UPDATE public.stars SET ra = 12');
    assert.match(
      (await prepareExport(client, table))!,
      /does not go on.*publish public\.stars --replace --history.*other types/,
    );
    assert.equal(
      (await client.query('SELECT FROM almagest.histories')).rowCount,
      1,
      'older releases can be asked still',
    );
    await client.query('ALTER TABLE public.stars DROP COLUMN secret; DELETE FROM public.stars WHERE id = 1');
    assert.match((await prepareExport(client, table))!, /secret/);
    await publishTable(client, 'public.stars', { ...OPTIONS, replace: true });
    const anew = await historyId(client, (await readTable(client, 'public.stars'))!);
    assert.ok(anew !== null && anew !== id);
  }));
