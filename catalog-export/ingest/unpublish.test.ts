import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test, { after } from 'node:test';
import type pg from 'pg';
import { startTestDatabase, withTestDatabase } from '../../test/postgres.ts';
import { connect } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import { tableState } from '../database/table-state.ts';
import { publishedTables, readTable } from '../database/tap-schema.ts';
import { publishTable } from './publish.ts';
import { unpublishTable } from './unpublish.ts';

const server = await startTestDatabase();
after(() => server.close());

const OPTIONS = {
  main: {},
  columns: null,
  description: null,
  metadata: new Map(),
  replace: false,
  index: false,
};

function withTables(sql: string, use: (client: pg.Client, url: string) => Promise<void>): Promise<void> {
  return withTestDatabase(server, async (client, url) => {
    await client.query(`SET search_path = public; ${sql}`);
    await migrate(client);
    await use(client, url);
  });
}

async function triggersOf(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query(
    'SELECT tgname AS name FROM pg_trigger WHERE tgrelid = $1::regclass ORDER BY 1',
    [table],
  );
  return rows.map(({ name }) => name);
}

test('a table that is unpublished is as it was before it was published', () =>
  withTables('CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8)', async (client) => {
    await publishTable(client, 'public.stars', { ...OPTIONS, history: true });
    await client.query('INSERT INTO stars VALUES (1, 2, 3)');
    assert.equal((await triggersOf(client, 'stars')).length, 7);
    assert.deepEqual(await unpublishTable(client, 'public.stars'), []);
    assert.deepEqual(await triggersOf(client, 'stars'), []);
    assert.deepEqual(await publishedTables(client), []);
    const { rows } = await client.query(
      `SELECT (SELECT count(*) FROM almagest.changes)::int AS marks, (SELECT count(*) FROM almagest.history)::int AS histories,
              (SELECT count(*) FROM pg_class WHERE relnamespace = 'almagest_history'::regnamespace)::int AS relations`,
    );
    assert.deepEqual(rows[0], { marks: 0, histories: 0, relations: 0 });
    assert.equal((await client.query('SELECT FROM stars')).rowCount, 1);
    await publishTable(client, 'public.stars', OPTIONS);
  }));

test('a partition that is published keeps its triggers when the whole is not any more', () =>
  withTables(
    `CREATE TABLE whole (id int PRIMARY KEY, ra float8, dec float8) PARTITION BY RANGE (id);
     CREATE TABLE low PARTITION OF whole FOR VALUES FROM (0) TO (10); CREATE TABLE high PARTITION OF whole FOR VALUES FROM (10) TO (20)`,
    async (client) => {
      await publishTable(client, 'public.whole', OPTIONS);
      await publishTable(client, 'public.low', OPTIONS);
      await unpublishTable(client, 'public.whole');
      assert.deepEqual(
        await triggersOf(client, 'whole'),
        ['almagest_changes'],
        'rows of low come by way of it',
      );
      assert.equal((await triggersOf(client, 'low')).length, 2);
      assert.deepEqual(await triggersOf(client, 'high'), []);
    },
  ));

test('a table that is not there any more, one that is not published, and one that somebody works with', () =>
  withTables(
    'CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8); CREATE TABLE gone (id int PRIMARY KEY, ra float8, dec float8)',
    async (client, url) => {
      await publishTable(client, 'public.gone', { ...OPTIONS, history: true });
      await publishTable(client, 'public.stars', OPTIONS);
      await client.query('DROP TABLE gone');
      await unpublishTable(client, 'public.gone');
      await assert.rejects(
        unpublishTable(client, 'public.gone'),
        /public\.gone is not published; published are public\.stars/,
      );
      const reader = await connect(url);
      await reader.query('BEGIN; SELECT * FROM public.stars');
      await assert.rejects(unpublishTable(client, 'public.stars'), /while somebody works with it for long/);
      assert.equal((await publishedTables(client)).length, 1);
      await reader.end();
      await unpublishTable(client, 'public.stars');
      await assert.rejects(unpublishTable(client, 'public.stars'), /not published; nothing is/);
    },
  ));

test("the triggers of somebody else's table are his to drop", () =>
  withTables('CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8)', async (client, url) => {
    const role = `publisher_${client.database}`;
    await client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'publisher'; GRANT ALL ON SCHEMA almagest, tap_schema TO ${role};
       GRANT ALL ON ALL TABLES IN SCHEMA almagest, tap_schema TO ${role}; GRANT SELECT ON stars TO ${role}`,
    );
    await publishTable(client, 'public.stars', OPTIONS);
    const publisher = await connect(
      Object.assign(new URL(url), { username: role, password: 'publisher' }).href,
    );
    const statements = await unpublishTable(publisher, 'public.stars');
    await publisher.end();
    assert.equal(statements.length, 2);
    await client.query(statements.join(';'));
    assert.deepEqual(await triggersOf(client, 'stars'), []);
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }));

test('changes of a table whose triggers are not ours to drop are still known when it is published again', () =>
  withTables('CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8)', async (client) => {
    const role = `publisher_${randomBytes(6).toString('hex')}`;
    await client.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA almagest, tap_schema TO ${role};
      GRANT ALL ON ALL TABLES IN SCHEMA almagest, tap_schema TO ${role}; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA almagest TO ${role}`);
    try {
      await publishTable(client, 'public.stars', OPTIONS);
      const table = (await readTable(client, 'public.stars'))!;
      const released = await tableState(client, table, null);
      assert.notEqual(released, null);
      await client.query(`INSERT INTO stars VALUES (1, 2, 3); SET ROLE ${role}`);
      const missing = await unpublishTable(client, 'public.stars');
      assert.equal(missing.length, 2);
      await client.query('RESET ROLE');
      await publishTable(client, 'public.stars', OPTIONS);
      const changed = await tableState(client, (await readTable(client, 'public.stars'))!, null);
      assert.notEqual(changed, released);
    } finally {
      await client.query(`RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  }));
