import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type pg from 'pg';
import { hasPositions } from '../../engine/catalog/table.ts';
import { startTestDatabase, withTestDatabase } from '../../test/postgres.ts';
import { migrate } from '../database/migrate.ts';
import { readTable } from '../database/tap-schema.ts';
import type { Progress } from '../progress.ts';
import type { CatalogOptions } from './describe.ts';
import { loadFile } from './load.ts';
import { publishTable } from './publish.ts';

const server = await startTestDatabase();
after(() => server.close());
const folder = mkdtempSync(join(tmpdir(), 'almagest-test-'));
after(() => rmSync(folder, { recursive: true }));

const DEFAULTS: CatalogOptions = {
  main: {},
  columns: null,
  description: null,
  metadata: new Map(),
  replace: false,
};
const silent: Progress = { start() {}, advance() {}, done() {} };

function withTables(sql: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  return withTestDatabase(server, async (client) => {
    await client.query(sql);
    await migrate(client);
    await use(client);
  });
}

const indexesOf = async (client: pg.Client, table: string): Promise<string[]> => {
  const { rows } = await client.query(
    'SELECT indexname FROM pg_indexes WHERE tablename = $1 ORDER BY indexname',
    [table],
  );
  return rows.map(({ indexname }) => indexname);
};

test('a table without positions is published, with an index of its identifier', () =>
  withTables(
    'CREATE TABLE bands AS SELECT i AS id, i * 2 AS width FROM generate_series(1, 9) i',
    async (client) => {
      const { id, ra, dec, rows, indexes } = await publishTable(client, 'public.bands', DEFAULTS);
      assert.deepEqual({ id, ra, dec, rows }, { id: 'id', ra: null, dec: null, rows: 9 });
      assert.deepEqual(indexes, ['"public"."bands_id"']);
      const table = (await readTable(client, 'public.bands'))!;
      assert.equal(hasPositions(table), false);
      assert.deepEqual(
        table.columns.map(({ ucd }) => ucd),
        ['meta.id;meta.main', null],
      );
    },
  ));

test('one without an identifier has no index, and needs none', () =>
  withTables('CREATE TABLE seen AS SELECT 1 AS night, 2 AS field', async (client) => {
    const { id, indexes } = await publishTable(client, 'public.seen', DEFAULTS);
    assert.deepEqual({ id, indexes }, { id: null, indexes: [] });
    assert.deepEqual(await indexesOf(client, 'seen'), []);
  }));

test('an identifier that is none is refused, with the ways out', () =>
  withTables(
    'CREATE TABLE epochs AS SELECT 7 AS source_id, i AS epoch FROM generate_series(1, 4) i',
    async (client) => {
      await assert.rejects(
        publishTable(client, 'public.epochs', DEFAULTS),
        /identifier source_id of public\.epochs is not unique: 7 \(4 rows\)\. Make it so, choose another column with --id, or say with --no-id/,
      );
      const main = { identifier: false };
      assert.equal((await publishTable(client, 'public.epochs', { ...DEFAULTS, main })).id, null);
    },
  ));

test('columns that look like positions are none where the user says so', () =>
  withTables('CREATE TABLE pointings AS SELECT 1 AS id, 400 AS ra, 95 AS dec', async (client) => {
    const main = { position: false };
    await publishTable(client, 'public.pointings', { ...DEFAULTS, main });
    assert.equal(hasPositions((await readTable(client, 'public.pointings'))!), false);
  }));

test('a file without positions is loaded, with and without an identifier', () =>
  withTables('SELECT', async (client) => {
    const path = join(folder, 'bands.csv');
    writeFileSync(path, 'id,band,width\n2,r,1.5\n1,g,1.4\n');
    const load = (name: string, identifier: boolean) =>
      loadFile(client, path, name, { ...DEFAULTS, main: { identifier } }, silent);
    assert.equal((await load('survey.bands', true)).id, 'id');
    assert.deepEqual(await indexesOf(client, 'bands'), ['bands_pkey']);
    assert.equal((await load('survey.widths', false)).id, null);
    assert.deepEqual(await indexesOf(client, 'widths'), []);
  }));
