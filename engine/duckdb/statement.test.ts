import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { startDatabase } from './database.ts';
import { DuckdbError } from './duckdb-error.ts';
import { loadDuckdbCode } from './node.ts';
import { writeStatement } from './statement.ts';

const text = (value: string) => ({ type: 'text', value }) as const;

test('parameters are written in by number, but not into texts and quoted names', () => {
  const written = writeStatement(`SELECT $2 AS "a$1", 'it''s $1', $1 || $2`, [text('one'), text("o'two")]);
  assert.equal(written, `SELECT 'o''two' AS "a$1", 'it''s $1', 'one' || 'o''two'`);
});

test('whatever a text holds, DuckDB reads it back', async () => {
  const connection = (await startDatabase(loadDuckdbCode(), 2 ** 26)).connect();
  const nasty = fc.string({
    unit: fc.constantFrom("'", '"', '\0', '\\', '$', '1', ';', '-', '/', '*', 'é', '\n'),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), { minLength: 1 }), (values) => {
      const columns = values.map((_, at) => `$${at + 1}::text AS r${at}`);
      const sql = writeStatement(`SELECT ${columns}`, values.map(text));
      const row = tableFromIPC(connection.query(sql)).get(0)!.toArray();
      assert.deepEqual([...row], values);
    }),
    { numRuns: 200 },
  );
});

test('only one SELECT is let through', () => {
  const refused = [
    'PRAGMA database_list',
    "COPY t0 TO 'x'",
    "ATTACH 'x'",
    'INSTALL httpfs',
    'SET threads = 4',
    'EXPLAIN SELECT 1',
    'SELECT 1; DROP TABLE rows_1',
    'SELECT 1 -- and more',
    'SELECT /* this */ 1',
    'SELECT $$text$$',
    'SELECT $1',
    "SELECT 'open",
    'SELECT "open',
  ];
  for (const sql of refused) {
    assert.throws(
      () => writeStatement(sql, []),
      (error) => error instanceof DuckdbError && error.fault === 'query',
      sql,
    );
  }
  for (const sql of ['SELECT 1', ' (SELECT 1) UNION SELECT 2', 'WITH a AS (SELECT 1) SELECT * FROM a']) {
    assert.equal(writeStatement(sql, []), sql);
  }
});
