import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import {
  column,
  DEC,
  exported,
  ID,
  kernel,
  RA,
  tableOf,
  withTable,
} from '../../catalog-export/release/test-catalog.ts';
import { createEngine } from '../engine.ts';
import { joinedBytes } from '../joined-bytes.ts';
import { arrowType } from '../table/arrow.ts';
import { createDuckdb } from './duckdb.ts';
import { loadDuckdbCode } from './node.ts';
import { queryOf, rowsOf } from './test-answers.ts';

const COLUMNS = [
  ID,
  RA,
  DEC,
  column('boolean', 'boolean'),
  column('byte', 'unsignedByte'),
  column('short', 'short'),
  column('int', 'int'),
  column('long', 'long'),
  column('float', 'float'),
  column('double', 'double'),
  column('char', 'char'),
  column('letters', 'unicodeChar'),
  column('time', 'char', null, 'timestamp'),
];

/** As PostgreSQL reads them. */
const ROWS = [
  [
    1,
    1,
    1,
    true,
    255,
    32767,
    2147483647,
    '9223372036854775807',
    'Infinity',
    5e-324,
    'plain',
    'Bélénos ★ 🌌',
    '2026-11-21 12:34:56.789012',
  ],
  [
    2,
    2,
    2,
    false,
    0,
    -32768,
    -2147483648,
    '-9223372036854775808',
    '-1.17549435e-38',
    'NaN',
    '',
    "it's \\N\t\n",
    '0001-01-01 00:00:00',
  ],
  [3, 3, 3, ...COLUMNS.slice(3).map(() => null)],
  [
    4,
    4,
    4,
    true,
    1,
    1,
    1,
    '9007199254740993',
    0.1,
    0.1,
    'x'.repeat(100_000),
    'ß',
    '1969-12-31 23:59:59.999999',
  ],
];

/** And as Arrow has them; timestamps in microseconds. */
const ANSWERS = [
  [
    1n,
    1,
    1,
    true,
    255,
    32767,
    2147483647,
    9223372036854775807n,
    Infinity,
    5e-324,
    'plain',
    'Bélénos ★ 🌌',
    1795264496789012n,
  ],
  [
    2n,
    2,
    2,
    false,
    0,
    -32768,
    -2147483648,
    -9223372036854775808n,
    Math.fround(-1.17549435e-38),
    NaN,
    '',
    "it's \\N\t\n",
    -62135596800000000n,
  ],
  [3n, 3, 3, ...COLUMNS.slice(3).map(() => null)],
  [4n, 4, 4, true, 1, 1, 1, 9007199254740993n, Math.fround(0.1), 0.1, 'x'.repeat(100_000), 'ß', -1n],
];

test('every type and its extremes come through DuckDB as they were published, and nulls stay nulls', () => {
  const table = tableOf(COLUMNS);
  return withTable(table, ROWS, async (catalog) => {
    const { catalog: name, release } = await exported(catalog, table);
    const reader = createEngine({ storage: catalog.storage, kernel, cacheBytes: 2 ** 22 });
    const duckdb = createDuckdb({ reader, code: loadDuckdbCode(), memoryBytes: 2 ** 26 });
    const columns = [...COLUMNS.keys()];
    const use = { name: 't0', catalog: name, release, columns, healpix: true, ranges: null };
    const list = columns.map((number) => `c${number} AS r${number}`);
    const bytes = [];
    for await (const piece of duckdb.answer(queryOf(`SELECT ${list} FROM t0 ORDER BY c0`, use), null)) {
      bytes.push(piece);
    }
    const answered = tableFromIPC(joinedBytes(bytes));
    assert.deepEqual(
      answered.schema.fields.map(({ type }) => `${type}`),
      COLUMNS.map((column) => `${arrowType(column)}`),
    );
    const values = columns.map((number) => {
      const vector = answered.getChildAt(number)!;
      const raw = vector.data.flatMap((data) => [...data.values]);
      return [...vector].map((value, row) =>
        COLUMNS[number]!.xtype === 'timestamp' && value !== null ? raw[row] : value,
      );
    });
    assert.deepEqual(
      ANSWERS.map((_, row) => values.map((column) => column[row])),
      ANSWERS,
    );
    const [cells] = await rowsOf(duckdb, queryOf('SELECT LIST(h ORDER BY c0) AS r0 FROM t0', use));
    const expected = kernel.hash(Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 3, 4));
    assert.deepEqual([...(cells![0] as Iterable<bigint>)], [...expected]);
  });
});
