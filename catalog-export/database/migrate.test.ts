import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type pg from 'pg';
import { startTestDatabase, withTestDatabase } from '../../test/postgres.ts';
import { connect } from './connect.ts';
import { migrate } from './migrate.ts';

const server = await startTestDatabase();
after(() => server.close());

/** Every table of the database with its columns, to see that nothing was touched. */
async function shape(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query(
    `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3`,
  );
  return rows;
}

test('migrating twice, or by several processes at once, migrates once', () =>
  withTestDatabase(server, async (client, url) => {
    const others = await Promise.all([connect(url), connect(url)]);
    await Promise.all([client, ...others].map(migrate));
    await migrate(client);
    await Promise.all(others.map((other) => other.end()));
    const { rows } = await client.query('SELECT name FROM almagest.migration ORDER BY name');
    assert.equal(rows[0].name, '0001-tap-schema.sql');
    assert.equal(new Set(rows.map((row) => row.name)).size, rows.length);
  }));

test("another service's tap_schema is refused and left as it is", () =>
  withTestDatabase(server, async (client) => {
    await client.query('CREATE SCHEMA tap_schema; CREATE TABLE tap_schema.tables (sourcerd text)');
    const before = await shape(client);
    await assert.rejects(
      migrate(client),
      /already has a schema tap_schema that Almagest did not make.*Nothing was changed/,
    );
    assert.deepEqual(await shape(client), before);
  }));

test('a database of a newer Almagest is refused', () =>
  withTestDatabase(server, async (client) => {
    await migrate(client);
    await client.query(`INSERT INTO almagest.migration (name) VALUES ('9999-later.sql')`);
    await assert.rejects(migrate(client), /newer Almagest \(9999-later\.sql\): update Almagest/);
  }));

test('a user who may not create schemas is told which right is missing', () =>
  withTestDatabase(server, async (client, url) => {
    const role = `reader_${client.database}`;
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'`);
    const reader = await connect(Object.assign(new URL(url), { username: role, password: 'reader' }).href);
    await assert.rejects(
      migrate(reader),
      new RegExp(`GRANT CREATE ON DATABASE "${client.database}" TO "${role}"`),
    );
    await migrate(client);
    await assert.rejects(migrate(reader), /connect as "almagest", who set it up/);
    await reader.end();
    await client.query(`DROP ROLE ${role}`);
  }));

test('a migration changes nothing outside the schemas of Almagest', () =>
  withTestDatabase(server, async (client) => {
    await client.query('CREATE SCHEMA survey; CREATE TABLE survey.stars (id int)');
    await migrate(client);
    const schemas = new Set(
      (await shape(client)).map((row) => (row as { table_schema: string }).table_schema),
    );
    assert.deepEqual(schemas, new Set(['almagest', 'survey', 'tap_schema']));
  }));
