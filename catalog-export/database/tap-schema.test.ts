import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { Vector } from 'apache-arrow';
import type { Column } from '../../engine/catalog/column.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { plainName } from '../../engine/tap-schema/query-name.ts';
import { tapSchemaRows } from '../../engine/tap-schema/rows.ts';
import { TAP_SCHEMA_TABLES } from '../../engine/tap-schema/tables.ts';
import { startTestDatabase, withMigratedDatabase } from '../../test/postgres.ts';
import { describeSchema, publishedTables, readTable, writeTable } from './tap-schema.ts';

const server = await startTestDatabase();
after(() => server.close());

function column(name: string, rest: Partial<Column> = {}): Column {
  return {
    name,
    datatype: 'double',
    arraysize: null,
    xtype: null,
    unit: null,
    ucd: null,
    utype: null,
    description: null,
    principal: true,
    indexed: false,
    std: false,
    ...rest,
  };
}

const STARS: Table = {
  schema: 'survey',
  name: 'stars',
  description: "Stars of the survey's field",
  utype: null,
  columns: [
    column('ra', { unit: 'deg', ucd: 'pos.eq.ra;meta.main', description: 'Right ascension' }),
    column('B-V', { datatype: 'float', unit: 'mag', utype: 'x:y.z', principal: false, std: true }),
    column('size', { datatype: 'char', arraysize: '8*', indexed: true }),
    column('Name', { datatype: 'unicodeChar', arraysize: '*' }),
    column('say "cheese"', { datatype: 'char', arraysize: '*', xtype: 'timestamp' }),
    column('mag_auto', { datatype: 'float', arraysize: '3' }),
  ],
  enumerations: [
    { name: 'Two words', members: [{ name: 'a', description: null }] },
    {
      name: 'jplus',
      members: [
        { name: 'uJAVA', description: null },
        { name: 'J0378', description: '[OII]' },
        { name: 'gSDSS', description: null },
      ],
    },
  ],
};

test('a table is read as it was written', () =>
  withMigratedDatabase(server, async (client) => {
    await writeTable(client, STARS);
    assert.deepEqual(await readTable(client, 'survey.stars'), STARS);
    assert.deepEqual(await publishedTables(client), [STARS]);
    assert.equal(await readTable(client, 'survey.galaxies'), null);
  }));

test('names that queries must quote are held with their quotes (TAP 1.1 §4.3)', () =>
  withMigratedDatabase(server, async (client) => {
    const odd = { ...STARS, schema: 'Survey 2', name: 'table' };
    await writeTable(client, odd);
    assert.deepEqual(await readTable(client, 'Survey 2.table'), odd);
    const { rows } = await client.query(
      `SELECT table_name, column_name, "size", arraysize FROM tap_schema.columns WHERE table_name ~ '2' ORDER BY column_index`,
    );
    assert.equal(rows[0].table_name, '"Survey 2"."table"');
    assert.deepEqual(
      rows.map((row) => row.column_name),
      ['ra', '"B-V"', '"size"', '"Name"', '"say ""cheese"""', 'mag_auto'],
    );
    assert.deepEqual([rows[2].size, rows[3].size], [8, null]);
  }));

test('writing again replaces columns and keeps the order of tables', () =>
  withMigratedDatabase(server, async (client) => {
    await writeTable(client, STARS);
    await writeTable(client, { ...STARS, name: 'a' });
    const again = { ...STARS, description: 'Better', columns: STARS.columns.slice(0, 1) };
    await writeTable(client, again);
    assert.deepEqual(
      (await publishedTables(client)).map((table) => table.name),
      ['stars', 'a'],
    );
    assert.deepEqual(await readTable(client, 'survey.stars'), again);
  }));

test("a schema's description survives tables without one", () =>
  withMigratedDatabase(server, async (client) => {
    await describeSchema(client, 'survey', 'The survey');
    await writeTable(client, STARS);
    const { rows } = await client.query(
      `SELECT description FROM tap_schema.schemas WHERE schema_name = 'survey'`,
    );
    assert.deepEqual(rows, [{ description: 'The survey' }]);
  }));

test('a view is published as a view', () =>
  withMigratedDatabase(server, async (client) => {
    await client.query('CREATE SCHEMA survey; CREATE VIEW survey.stars AS SELECT 1 AS ra');
    await writeTable(client, STARS);
    const { rows } = await client.query(
      `SELECT table_type FROM tap_schema.tables WHERE table_name = 'survey.stars'`,
    );
    assert.deepEqual(rows, [{ table_type: 'view' }]);
  }));

test('tap_schema describes itself as the database has it', () =>
  withMigratedDatabase(server, async (client) => {
    const { rows } = await client.query(
      `SELECT table_schema || '.' || table_name AS table, column_name AS column,
              data_type AS type
       FROM information_schema.columns WHERE table_schema = 'tap_schema' ORDER BY table_name, ordinal_position`,
    );
    const described = [];
    for (const name of ['columns', 'enumerations', 'key_columns', 'keys', 'schemas', 'tables']) {
      const table = await readTable(client, `tap_schema.${name}`);
      for (const { name: column, datatype } of table!.columns) {
        described.push({
          table: `tap_schema.${name}`,
          column,
          type: datatype === 'int' ? 'integer' : 'text',
        });
      }
    }
    assert.deepEqual(described, rows);
    assert.deepEqual(await publishedTables(client), []);
  }));

test('what TAP does not know is refused by the database itself', () =>
  withMigratedDatabase(server, async (client) => {
    const wrong = { ...STARS, columns: [column('ra', { arraysize: 'many' })] };
    await assert.rejects(writeTable(client, wrong), /columns_arraysize_check/);
  }));

test('the edge has the same TAP_SCHEMA, table for table, column for column, row for row', () =>
  withMigratedDatabase(server, async (client) => {
    await writeTable(client, STARS);
    for (const table of TAP_SCHEMA_TABLES) {
      const described = await readTable(client, qualifiedName(table));
      assert.deepEqual(described, table);
    }
    await describeSchema(client, 'survey', 'The survey');
    for (const [name, { table, rows, columns }] of tapSchemaRows(await publishedTables(client))) {
      const atEdge = Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(columns.map((data, at) => [table.columns[at]!.name, new Vector([data]).get(row)])),
      );
      const { rows: inDatabase, fields } = await client.query(`SELECT * FROM tap_schema.${name}`);
      assert.deepEqual(
        fields.map((field) => plainName(field.name)),
        table.columns.map((column) => column.name),
      );
      assert.deepEqual(inOrder(atEdge), inOrder(inDatabase), name);
    }
  }));

const inOrder = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
