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
  type TestCatalog,
  tableOf,
  withTable,
} from '../../catalog-export/release/test-catalog.ts';
import type { Column, Datatype } from '../catalog/column.ts';
import type { Manifest } from '../catalog/manifest.ts';
import { createEngine } from '../engine.ts';
import { joinedBytes } from '../joined-bytes.ts';
import { arrowType } from '../table/arrow.ts';
import { createDuckdb, type Duckdb } from './duckdb.ts';
import { loadDuckdbCode } from './node.ts';
import type { ReleaseTable } from './query.ts';
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

function array(name: string, datatype: Datatype, arraysize: string): Column {
  return { ...column(name, datatype), arraysize };
}

/** Each column with PostgreSQL's text of its cells, and their elements. */
const ARRAYS: readonly [Column, readonly (readonly [text: string | null, elements: unknown])[]][] = [
  [
    array('booleans', 'boolean', '3'),
    [
      ['{t,f,NULL}', [true, false, null]],
      [null, null],
      ['{f,f,t}', [false, false, true]],
    ],
  ],
  [
    array('bytes', 'unsignedByte', '*'),
    [
      ['{255,NULL,0}', [255, null, 0]],
      ['{}', []],
      [null, null],
    ],
  ],
  [
    array('shorts', 'short', '2'),
    [
      ['{-32768,32767}', [-32768, 32767]],
      [null, null],
      ['{NULL,NULL}', [null, null]],
    ],
  ],
  [
    array('ints', 'int', '4*'),
    [
      ['{}', []],
      ['{2147483647}', [2147483647]],
      ['{1,2,3,4}', [1, 2, 3, 4]],
    ],
  ],
  [
    array('longs', 'long', '1*'),
    [
      ['{9223372036854775807}', [2n ** 63n - 1n]],
      ['{}', []],
      [null, null],
    ],
  ],
  [
    array('floats', 'float', '2x2'),
    [
      ['{{0.1,-0},{NULL,NaN}}', [Math.fround(0.1), -0, null, Number.NaN]],
      [null, null],
      ['{{1,2},{3,4}}', [1, 2, 3, 4]],
    ],
  ],
  [
    array('doubles', 'double', '*'),
    [
      [null, null],
      ['{5e-324,Infinity}', [5e-324, Infinity]],
      ['{}', []],
    ],
  ],
];

/** DuckDB over a catalogue, and the release as `t0` with all columns. */
function duckdbOver({ storage }: TestCatalog, manifest: Manifest): { duckdb: Duckdb; use: ReleaseTable } {
  const { catalog, release, table } = manifest;
  const reader = createEngine({ storage, kernel, cacheBytes: 2 ** 22 });
  const columns = [...table.columns.keys()];
  return {
    duckdb: createDuckdb({ reader, code: loadDuckdbCode(), memoryBytes: 2 ** 26 }),
    use: { name: 't0', catalog, release, columns, healpix: false, ranges: null },
  };
}

/** Numbers that no file makes smaller. */
function* randomNumbers(): Generator<number, never, undefined> {
  for (let state = 1; ; ) {
    state = (state * 48271) % 2147483647;
    yield state;
  }
}

/** An array as its elements. */
const elements = (value: unknown) => (value === null ? null : [...(value as Iterable<unknown>)]);

test('arrays come through DuckDB with their nulls, and those without elements', () => {
  const table = tableOf([ID, RA, DEC, ...ARRAYS.map(([column]) => column)]);
  const rows = [0, 1, 2].map((row) => [row, row, row, ...ARRAYS.map(([, cells]) => cells[row]![0])]);
  return withTable(table, rows, async (catalog) => {
    const { duckdb, use } = duckdbOver(catalog, await exported(catalog, table));
    for (const [at, [{ name }, cells]] of ARRAYS.entries()) {
      const column = `c${at + 3}`;
      const sql = `SELECT ${column} AS r0, ${column}[1] AS r1, len(${column}) AS r2 FROM t0 ORDER BY c0`;
      assert.deepEqual(
        (await rowsOf(duckdb, queryOf(sql, use))).map(([all, first, count]) => [elements(all), first, count]),
        cells.map(([, all]) => {
          const found = all as unknown[] | null;
          return [found, found?.[0] ?? null, found && BigInt(found.length)];
        }),
        name,
      );
    }
  });
});

test('arrays that are longer than is usual: as many as there is room for, or piece by piece', () => {
  const long = array('long', 'float', '*');
  const table = tableOf([ID, RA, DEC, long, column('v', 'double')]);
  const random = randomNumbers();
  const rows = Array.from({ length: 2000 }, (_, id) => {
    const elements = Array.from({ length: 4498 }, () => random.next().value);
    return [id, id % 360, 0, `{0,${id},${elements}}`, id];
  });
  return withTable(table, rows, async (catalog) => {
    const { duckdb, use } = duckdbOver(catalog, await exported(catalog, table));
    const small = queryOf('SELECT SUM(c4) AS r0 FROM t0', { ...use, columns: [4] });
    assert.deepEqual(await rowsOf(duckdb, small), [[1999000]]);
    await assert.rejects(
      rowsOf(duckdb, queryOf('SELECT SUM(c3[2]) AS r0 FROM t0', { ...use, columns: [3] })),
      { fault: 'memory', message: /the rows that the query reads take \d+ MB/ },
    );
    assert.deepEqual(await rowsOf(duckdb, small), [[1999000]]);
    const pieces = queryOf('SELECT c0 AS r0, c3[2] AS r1, len(c3) AS r2 FROM t0 WHERE c3[1] = 0', use, {
      pieces: 't0',
    });
    const found = await rowsOf(duckdb, pieces);
    assert.deepEqual(
      found.sort(([a], [b]) => Number(a) - Number(b)),
      rows.map(([id]) => [BigInt(id as number), id, 4500n]),
    );
  });
});

test('rows without positions are counted by their smallest column', () => {
  const table = tableOf([ID, array('long', 'float', '*'), column('flag', 'boolean')]);
  const rows = Array.from({ length: 1500 }, (_, id) => [id, `{${id}}`, id % 3 === 0 ? null : true]);
  return withTable(table, rows, async (catalog) => {
    const { duckdb, use } = duckdbOver(catalog, await exported(catalog, table));
    const nothing = { ...use, columns: [] };
    assert.deepEqual(await rowsOf(duckdb, queryOf('SELECT COUNT(*) AS r0 FROM t0', nothing)), [[1500n]]);
    const columns = "SELECT column_name AS r0 FROM duckdb_columns() WHERE table_name LIKE 'rows_%'";
    assert.deepEqual(await rowsOf(duckdb, queryOf(columns)), [['c2']]);
    const joined = `SELECT COUNT(*) AS r0 FROM t0 JOIN t1 ON t0.c0 = t1.c1[1]`;
    const tables = [
      { ...use, columns: [0] },
      { ...use, name: 't1', columns: [1] },
    ];
    assert.deepEqual(await rowsOf(duckdb, queryOf(joined, null, { tables })), [[1500n]]);
  });
});
