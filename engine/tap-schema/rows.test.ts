import assert from 'node:assert/strict';
import test from 'node:test';
import { Vector } from 'apache-arrow';
import { TEST_TABLES } from '../adql/check/test-tables.ts';
import { arrowType } from '../table/arrow.ts';
import { tapSchemaJson, tapSchemaRows } from './rows.ts';
import { TAP_SCHEMA_KEYS, TAP_SCHEMA_TABLES } from './tables.ts';

const rows = tapSchemaRows(TEST_TABLES);

function column(table: string, name: string): unknown[] {
  const found = rows.get(table)!;
  const at = found.table.columns.findIndex((column) => column.name === name);
  return [...new Vector([found.columns[at]!])];
}

test('each table of TAP_SCHEMA has its columns, each of its type and as long as the others', () => {
  assert.deepEqual([...rows.keys()], ['schemas', 'tables', 'columns', 'keys', 'key_columns', 'enumerations']);
  for (const { table, rows: length, columns } of rows.values()) {
    assert.equal(columns.length, table.columns.length);
    columns.forEach((data, at) => {
      assert.equal(data.length, length);
      assert.equal(String(data.type), String(arrowType(table.columns[at]!)));
    });
  }
});

test('all tables are described, TAP_SCHEMA among them, and last', () => {
  assert.deepEqual(column('schemas', 'schema_name'), ['hipparcos', 'dso', 'survey', 'other', 'tap_schema']);
  assert.deepEqual(column('schemas', 'schema_index'), [1, 2, 3, 4, 1_000_000]);
  const tables = column('tables', 'table_name');
  assert.equal(tables.length, TEST_TABLES.length + TAP_SCHEMA_TABLES.length);
  assert.deepEqual(tables.slice(0, 2), ['hipparcos.stars', 'dso.objects']);
  assert.deepEqual(tables.slice(-2), ['tap_schema.key_columns', 'tap_schema.enumerations']);
  const columns = [...TEST_TABLES, ...TAP_SCHEMA_TABLES].flatMap((table) => table.columns);
  assert.equal(rows.get('columns')!.rows, columns.length);
});

test('names are held as queries must write them (TAP 1.1 §4.3), arraysize and "size" agree', () => {
  const names = column('columns', 'column_name');
  for (const name of ['"2mass"', '"select"', '"size"', '"Mixed"', 'source_id']) {
    assert.ok(names.includes(name), name);
  }
  const at = names.indexOf('mag_auto');
  assert.equal(column('columns', 'arraysize')[at], '12');
  assert.equal(column('columns', 'size')[at], 12);
  const covariance = names.indexOf('covariance');
  assert.equal(column('columns', 'arraysize')[covariance], '3x2');
  assert.equal(column('columns', 'size')[covariance], null);
});

test('enumerations are listed by table, their members counted from 1', () => {
  assert.deepEqual(new Set(column('enumerations', 'table_name')), new Set(['survey.sources']));
  assert.deepEqual(column('enumerations', 'member_name').slice(0, 2), ['"rSDSS"', '"gSDSS"']);
  assert.deepEqual(column('enumerations', 'member_index'), [1, 2, 3, 4, 5]);
});

test('indexed, principal and std are 0 or 1, column_index counts from 1 in each table', () => {
  for (const flag of ['indexed', 'principal', 'std']) {
    assert.ok(column('columns', flag).every((value) => value === 0 || value === 1));
  }
  const tables = column('columns', 'table_name');
  const indices = column('columns', 'column_index');
  const first = new Map(tables.map((table, row) => [table, row] as const).reverse());
  indices.forEach((index, row) => {
    assert.equal(index, row - first.get(tables[row])! + 1);
  });
});

test('keys join columns that are there', () => {
  const known = new Set(
    column('columns', 'table_name').map((table, row) => `${table}.${column('columns', 'column_name')[row]}`),
  );
  for (const { from, target } of TAP_SCHEMA_KEYS) {
    assert.ok(known.has(from.join('.')), from.join('.'));
    assert.ok(known.has(target.join('.')), target.join('.'));
  }
});

test('the same rows as JSON', () => {
  for (const { table, rows: length, columns } of rows.values()) {
    const objects = JSON.parse(tapSchemaJson(table.name, TEST_TABLES)) as Record<string, unknown>[];
    assert.equal(objects.length, length);
    objects.forEach((object, row) => {
      const cells = columns.map((data, at) => [table.columns[at]!.name, new Vector([data]).get(row)]);
      const known = cells.filter(([, cell]) => cell !== null);
      const given = Object.entries(object).filter(([, cell]) => cell !== null);
      assert.deepEqual(Object.fromEntries(given), Object.fromEntries(known));
    });
  }
});
