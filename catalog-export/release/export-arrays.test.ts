import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Vector } from 'apache-arrow';
import { parquetMetadata } from 'hyparquet';
import type { Column, Datatype } from '../../engine/catalog/column.ts';
import { releasePrefix } from '../../engine/catalog/manifest.ts';
import type { Table } from '../../engine/catalog/table.ts';
import { coneSearch } from '../../engine/cone/cone-search.ts';
import { createEngine } from '../../engine/engine.ts';
import { scanRows } from '../../engine/scan/scan-rows.ts';
import { arrowType } from '../../engine/table/arrow.ts';
import type { Batch } from '../../engine/table/result.ts';
import { dataOf } from '../../engine/table/rows.ts';
import { storedRowGroups } from '../../test/stored-row-groups.ts';
import type { CopyValue } from '../database/copy.ts';
import { migrate } from '../database/migrate.ts';
import { readTable } from '../database/tap-schema.ts';
import { loadFile } from '../ingest/load.ts';
import {
  column,
  DEC,
  exported,
  fileOf,
  ID,
  kernel,
  RA,
  silent,
  type TestCatalog,
  tableOf,
  withTable,
} from './test-catalog.ts';

type Cell = readonly unknown[] | number | bigint | null;

function array(name: string, datatype: Datatype, arraysize: string, xtype: string | null = null): Column {
  return { ...column(name, datatype, null, xtype), arraysize };
}

const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;
const MAGNITUDES = Array.from({ length: 96 }, (_, at) => Math.fround(10 + at / 10));

/** Each column with PostgreSQL's text of its cells and the elements that these have. */
const COLUMNS: readonly [Column, readonly [text: string | null, cell: Cell][]][] = [
  [
    array('doubles', 'double', '*'),
    [
      ['{1.5,NULL,NaN,-Infinity,Infinity,5e-324}', [1.5, null, NAN, -INF, INF, 5e-324]],
      ['{}', []],
      [null, null],
      ['{0.1}', [0.1]],
    ],
  ],
  [
    array('floats', 'float', '3'),
    [
      ['{0.1,-0,3.4028235e38}', [Math.fround(0.1), -0, Math.fround(3.4028235e38)]],
      ['{NaN,NULL,1}', [NAN, null, 1]],
      [null, null],
      ['{NULL,NULL,NULL}', [null, null, null]],
    ],
  ],
  [
    array('longs', 'long', '2'),
    [
      ['{9223372036854775807,-9223372036854775808}', [2n ** 63n - 1n, -(2n ** 63n)]],
      [null, null],
      ['{NULL,1}', [null, 1n]],
      ['{4,5}', [4n, 5n]],
    ],
  ],
  [
    array('ints', 'int', '4*'),
    [
      ['{2147483647,-2147483648,NULL,0}', [2147483647, -2147483648, null, 0]],
      ['{}', []],
      ['{1}', [1]],
      [null, null],
    ],
  ],
  [
    array('shorts', 'short', '*'),
    [
      ['{32767,-32768}', [32767, -32768]],
      ['{1,2,3}', [1, 2, 3]],
      [null, null],
      ['{NULL}', [null]],
    ],
  ],
  [
    array('bytes', 'unsignedByte', '*'),
    [
      ['{0,255}', [0, 255]],
      [null, null],
      ['{}', []],
      ['{7}', [7]],
    ],
  ],
  [
    array('flags', 'boolean', '*'),
    [
      ['{t,f,NULL,t,t,t,t,t,t}', [true, false, null, true, true, true, true, true, true]],
      ['{f}', [false]],
      [null, null],
      ['{}', []],
    ],
  ],
  [
    array('mag_auto', 'float', '8x12'),
    [
      [nested(MAGNITUDES, 8), MAGNITUDES],
      [null, null],
      [nested(MAGNITUDES.toReversed(), 8), MAGNITUDES.toReversed()],
      [
        nested(
          MAGNITUDES.map(() => 99),
          8,
        ),
        MAGNITUDES.map(() => 99),
      ],
    ],
  ],
  [
    array('apertures', 'double', '2x*'),
    [
      ['{{1,2},{3,4},{5,6}}', [1, 2, 3, 4, 5, 6]],
      ['{}', []],
      [null, null],
      ['{{NULL,2}}', [null, 2]],
    ],
  ],
  [
    array('place', 'double', '2', 'point'),
    [
      ['{12.5,-45}', [12.5, -45]],
      [null, null],
      ['{0,90}', [0, 90]],
      ['{359.9,0}', [359.9, 0]],
    ],
  ],
  [
    array('circle', 'double', '3', 'circle'),
    [
      ['{12.5,-45,1}', [12.5, -45, 1]],
      ['{1,2,3}', [1, 2, 3]],
      [null, null],
      ['{0,0,0.1}', [0, 0, 0.1]],
    ],
  ],
  [
    array('outline', 'double', '*', 'polygon'),
    [
      ['{0,0,1,0,1,1}', [0, 0, 1, 0, 1, 1]],
      [null, null],
      ['{0,0,1,0,1,1,0,1}', [0, 0, 1, 0, 1, 1, 0, 1]],
      ['{5,5,6,5,6,6}', [5, 5, 6, 5, 6, 6]],
    ],
  ],
  [
    array('period', 'double', '2', 'interval'),
    [
      ['{-Infinity,1}', [-INF, 1]],
      ['{2,3}', [2, 3]],
      [null, null],
      ['{57000,57001.5}', [57000, 57001.5]],
    ],
  ],
];

/** PostgreSQL's text of an array of two dimensions. */
function nested(values: readonly number[], inner: number): string {
  const rows = Array.from({ length: values.length / inner }, (_, at) =>
    values.slice(at * inner, (at + 1) * inner),
  );
  return JSON.stringify(rows).replaceAll('[', '{').replaceAll(']', '}');
}

const TABLE = tableOf([ID, RA, DEC, ...COLUMNS.map(([column]) => column)]);
const NAMES = COLUMNS.map(([{ name }]) => name);
const ROWS = [0, 1, 2, 3].map((row) => ({
  values: [row, 10 + row / 100, 20, ...COLUMNS.map(([, cells]) => cells[row]![0])] as CopyValue[],
  cells: COLUMNS.map(([, cells]) => cells[row]![1]),
}));

async function cellsOf(batches: AsyncGenerator<Batch, unknown, undefined>): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for await (const { length, columns } of batches) {
    const vectors = columns.map((cells) => new Vector([dataOf(cells)]));
    for (let row = 0; row < length; row++) {
      rows.push(
        vectors.map((vector) => {
          const value = vector.get(row);
          return value instanceof Vector ? Array.from(value) : value;
        }),
      );
    }
  }
  return rows;
}

const byId = (a: Cell[], b: Cell[]) => Number(a[0]) - Number(b[0]);

async function opened(catalog: TestCatalog) {
  const engine = createEngine({ storage: catalog.storage, kernel, cacheBytes: 2 ** 24 });
  return { engine, release: (await engine.catalogs.open('survey.stars'))! };
}

describe('arrays', () => {
  test('come back out of a release as they were, in cones and scans, from the bucket and from the cache', () =>
    withTable(
      TABLE,
      ROWS.map(({ values }) => values),
      async (catalog) => {
        await exported(catalog, TABLE);
        const { engine, release } = await opened(catalog);
        const expected = ROWS.map(({ cells }, id) => [BigInt(id), ...cells]);
        const columns = ['id', ...NAMES];
        for (let again = 0; again < 2; again++) {
          const all = { columns, limit: 100, sorted: again === 1, separation: false };
          const whole = coneSearch(engine, release, { ...all, cone: { lon: 10, lat: 20, radius: 1 } });
          assert.deepEqual((await cellsOf(whole.batches)).sort(byId), expected);
          const two = coneSearch(engine, release, { ...all, cone: { lon: 10.02, lat: 20, radius: 0.015 } });
          assert.deepEqual((await cellsOf(two.batches)).sort(byId), expected.slice(1));
        }
        const scan = { release, regions: [], ranges: null, comparisons: [], columns, top: null };
        assert.deepEqual((await cellsOf(scanRows(engine, scan, 100))).sort(byId), expected);
        assert.deepEqual(
          TABLE.columns.map((column) => `${arrowType(column)}`),
          [...release.columns.values()].slice(1).map(({ type }) => `${type}`),
        );
      },
    ));

  test('are lists in Parquet, one leaf column each', () =>
    withTable(
      TABLE,
      ROWS.map(({ values }) => values),
      async (catalog) => {
        const manifest = await exported(catalog, TABLE);
        const [group] = await storedRowGroups(catalog.storage, manifest);
        const file = await fileOf(catalog, manifest, group!.path);
        const { schema, row_groups } = parquetMetadata(file.buffer);
        assert.deepEqual(
          row_groups[0]!.columns.map(({ meta_data }) => meta_data!.path_in_schema.join('.')),
          ['_healpix_29', 'id', 'ra', 'dec', ...NAMES.map((name) => `${name}.list.element`)],
        );
        assert.equal(schema.filter(({ logical_type }) => logical_type?.type === 'LIST').length, NAMES.length);
      },
    ));

  test('are loaded from a file of a release as they were, with their shapes', () =>
    withTable(
      TABLE,
      ROWS.map(({ values }) => values),
      async (catalog) => {
        const manifest = await exported(catalog, TABLE);
        const [group] = await storedRowGroups(catalog.storage, manifest);
        const file = join(catalog.bucket, releasePrefix(manifest.catalog, manifest.release), group!.path);
        const options = { main: {}, columns: null, description: null, metadata: new Map(), replace: false };
        await migrate(catalog.client);
        await loadFile(catalog.client, file, 'copy.stars', { ...options, index: false }, silent);
        const shapes = (table: Table) =>
          table.columns.map(({ name, arraysize, xtype }) => [name, arraysize, xtype]);
        const loaded = (await readTable(catalog.client, 'copy.stars'))!;
        assert.deepEqual(shapes(loaded), shapes(TABLE));
        const { rows } = await catalog.client.query(
          'SELECT count(*) FROM survey.stars AS a JOIN copy.stars AS b ON a::text = b::text',
        );
        assert.equal(rows[0].count, '4');
      },
    ));

  test('that are wide make row groups of about a megabyte', () => {
    const table = tableOf([ID, RA, DEC, array('mag', 'float', '8x236')]);
    const text = nested(
      Array.from({ length: 8 * 236 }, (_, at) => at + 0.25),
      8,
    );
    const rows = Array.from({ length: 1500 }, (_, id) => [id, 10 + id / 1e5, 20, text]);
    return withTable(table, rows, async (catalog) => {
      const manifest = await exported(catalog, table);
      const groups = await storedRowGroups(catalog.storage, manifest);
      assert.equal(
        groups.reduce((sum, { rows }) => sum + rows, 0),
        1500,
      );
      assert.ok(groups.every(({ rows }) => rows > 100 && rows * 8 * 236 * 4 <= 2 ** 20));
    });
  });
});

const MISFITS: readonly [arraysize: string, text: string, message: RegExp][] = [
  [
    '3',
    '{1,2}',
    /^the row of survey\.stars with id 7: its array in column a has the size 2, where the arraysize is 3\. /,
  ],
  ['3', '{1,2,3,4}', /has the size 4, where/],
  ['3', '{}', /has no elements, where/],
  ['3', '{{1,2,3}}', /has the size 3x1, where/],
  ['4*', '{1,2,3,4,5}', /has the size 5, where the arraysize is 4\*/],
  ['2x3', '{1,2,3,4,5,6}', /has the size 6, where the arraysize is 2x3/],
  ['2x3', '{{1,2,3},{4,5,6}}', /has the size 3x2, where the arraysize is 2x3/],
  ['2x*', '{{1,2,3}}', /has the size 3x1, where the arraysize is 2x\*/],
  ['*', '{{1,2,3}}', /has the size 3x1, where the arraysize is \*/],
  ['*', '[0:2]={1,2,3}', /its array in column a counts from 0, where arrays count from 1$/],
];

describe('an array that is not what its column declares fails the export, which names its row', () => {
  for (const [arraysize, text, message] of MISFITS) {
    test(`${text} where the arraysize is ${arraysize}`, () => {
      const table = tableOf([ID, RA, DEC, array('a', 'float', arraysize)]);
      const rows = [
        [6, 10, 20, null],
        [7, 11, 20, text],
        [8, 12, 20, null],
      ];
      return withTable(table, rows, (catalog) => assert.rejects(exported(catalog, table), { message }));
    });
  }
});

test('a timestamp that is infinite fails the export, which names its row', () => {
  const table = tableOf([column('seen', 'char', null, 'timestamp'), ID, RA, DEC]);
  const rows = [
    ['2026-01-01', 6, 10, 20],
    ['-infinity', 7, 11, 20],
  ];
  return withTable(table, rows, (catalog) =>
    assert.rejects(exported(catalog, table), {
      message:
        /^the row of survey\.stars with id 7: column seen \(timestamp\) holds the timestamp infinity, which DALI has not/,
    }),
  );
});

test('a column of arrays must still be one', () => {
  const table = tableOf([ID, RA, DEC, array('a', 'float', '3'), array('b', 'double', '*')]);
  return withTable(table, [], async (catalog) => {
    await catalog.client.query(
      'ALTER TABLE survey.stars ALTER a TYPE real USING 1, ALTER b TYPE text[] USING null',
    );
    await assert.rejects(exported(catalog, table), {
      message:
        /column a is real now, which does not fit the float\[3\] published; column b is text\[\] now, which does not fit the double\[\*\] published/,
    });
  });
});

test('arrays of domains, of numeric and of narrower numbers are converted', () => {
  const table = tableOf([
    ID,
    RA,
    DEC,
    array('a', 'float', '2'),
    array('b', 'double', '*'),
    array('c', 'long', '*'),
    array('d', 'double', '*'),
  ]);
  return withTable(tableOf([ID, RA, DEC], 'survey', 'unused'), [], async (catalog) => {
    await catalog.client.query(`
      CREATE DOMAIN magnitude AS real;
      CREATE DOMAIN v_magnitude AS magnitude;
      CREATE DOMAIN pair AS real[];
      CREATE TABLE survey.stars (id bigint, ra float8, dec float8, a pair, b v_magnitude[], c int[],
        d numeric(10, 3)[]);
      INSERT INTO survey.stars VALUES (1, 1, 2, '{1,2}', '{0.125,NaN}', '{3,NULL}', '{0.001,NaN}')`);
    await exported(catalog, table);
    const { engine, release } = await opened(catalog);
    const columns = ['a', 'b', 'c', 'd'];
    const scan = { release, regions: [], ranges: null, comparisons: [], columns, top: null };
    assert.deepEqual(await cellsOf(scanRows(engine, scan, 10)), [
      [
        [1, 2],
        [0.125, NAN],
        [3n, null],
        [0.001, NAN],
      ],
    ]);
  });
});
