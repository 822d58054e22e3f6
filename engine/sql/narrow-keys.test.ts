import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { checkQuery } from '../adql/check/check.ts';
import { TEST_TABLES } from '../adql/check/test-tables.ts';
import { FUNCTIONS } from '../adql/functions/functions.ts';
import { parseAdql } from '../adql/parse.ts';
import { startInstance } from '../duckdb/instance.ts';
import { loadDuckdbCode } from '../duckdb/node.ts';
import { isCommonTable } from '../plan/tree.ts';
import type { Sql } from './sql.ts';
import { translate } from './translate.ts';

const { control } = await startInstance(loadDuckdbCode(), 2 ** 27);
const columns = TEST_TABLES[0]!.columns;
const ra = columns.findIndex(({ name }) => name === 'ra');
const vmag = columns.findIndex(({ name }) => name === 'vmag');
// One NaN; halves and nulls, from -20 to 130.
control.run(
  `CREATE TABLE t0 AS SELECT CASE WHEN i = 0 THEN 'NaN'::DOUBLE ELSE i END AS c${ra}, CASE WHEN i % 7 <> 0 THEN i / 2 - 20 END AS c${vmag} FROM range(300) AS r(i)`,
);

function sql(text: string): Sql {
  const query = checkQuery(parseAdql(text), TEST_TABLES, FUNCTIONS);
  const uses = [...query.findings.tables].flatMap(([node, table]) =>
    isCommonTable(table)
      ? []
      : [{ node, table, release: null, columns: [], ranges: null, rows: 300, bytes: 0 }],
  );
  return translate(query, 'duckdb', { uses, positionJoins: [], limit: null });
}

const rowsOf = (text: string) =>
  tableFromIPC(control.query(text))
    .toArray()
    .map((row) =>
      JSON.stringify([...row].map(([, value]) => (typeof value === 'bigint' ? `${value}` : value))),
    )
    .sort();

const SMALL = 'hipparcos.stars WHERE vmag < 120';

test('a narrow key makes the same groups, and DuckDB hashes none', () => {
  const queries = [
    `SELECT FLOOR(vmag) AS bin, COUNT(*), SUM(ra) FROM ${SMALL} GROUP BY FLOOR(vmag)`,
    `SELECT COUNT(*), CEILING(vmag) + 1 AS bin FROM ${SMALL} GROUP BY CEILING(vmag)`,
    `SELECT FLOOR(vmag * 2) / 10 AS bin, COUNT(*) FROM hipparcos.stars WHERE vmag < 60 GROUP BY bin ORDER BY bin`,
    `SELECT 0.1 * FLOOR(vmag) AS bin, MIN(vmag) FROM ${SMALL} GROUP BY 1 HAVING 0.1 * FLOOR(vmag) > 2`,
    `SELECT MAX(FLOOR(vmag)) FROM ${SMALL} AND FLOOR(vmag) > 3 GROUP BY FLOOR(vmag) ORDER BY FLOOR(vmag)`,
    `SELECT n FROM (SELECT COUNT(*) AS n FROM ${SMALL} OR vmag IS NULL GROUP BY FLOOR(vmag)) AS q`,
    `WITH q AS (SELECT FLOOR(vmag) AS k, COUNT(*) AS n FROM ${SMALL} GROUP BY k) SELECT k, n FROM q`,
  ];
  for (const query of queries) {
    const { text, quick } = sql(query);
    assert.ok(quick !== null, query);
    assert.deepEqual(rowsOf(quick), rowsOf(text), query);
    assert.match(rowsOf(`EXPLAIN ${quick}`).join(), /PERFECT_HASH_GROUP_BY/, query);
  }
});

test('it fails where a value does not fit', () => {
  for (const query of [
    'SELECT FLOOR(vmag), COUNT(*) FROM hipparcos.stars GROUP BY FLOOR(vmag)',
    'SELECT FLOOR(ra / 10) AS k, COUNT(*) FROM hipparcos.stars GROUP BY k',
  ]) {
    const { text, quick } = sql(query);
    assert.throws(() => rowsOf(quick!), /can't be cast|out of range/, query);
    assert.ok(rowsOf(text).length > 0, query);
  }
});

test('other keys stay as they are', () => {
  for (const query of [
    'SELECT FLOOR(vmag), COUNT(*) FROM hipparcos.stars GROUP BY FLOOR(vmag), FLOOR(ra)',
    'SELECT vmag, COUNT(*) FROM hipparcos.stars GROUP BY vmag',
    'SELECT FLOOR(vmag) + 1e300, COUNT(*) FROM hipparcos.stars GROUP BY 1',
    'SELECT FLOOR(vmag) * 0, COUNT(*) FROM hipparcos.stars GROUP BY 1',
    'SELECT FLOOR(vmag) / vmag, COUNT(*) FROM hipparcos.stars GROUP BY 1',
    'SELECT FLOOR(vmag) FROM hipparcos.stars',
  ]) {
    assert.equal(sql(query).quick, null, query);
  }
});
