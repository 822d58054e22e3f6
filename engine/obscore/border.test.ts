import assert from 'node:assert/strict';
import test from 'node:test';
import { type DataType, Field, Float64, List, Utf8, Vector, vectorFromArray } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import type { Batch, Cells, Overflow, ResultTable } from '../table/result.ts';
import { atBorder, columnsAtBorder } from './border.ts';
import { OBSCORE } from './table.ts';

const ROOT = 'https://example.org:8787/vo';
const named = (name: string): Column => OBSCORE.columns.find((column) => column.name === name)!;
const POLYGONS = new List(new Field('item', new Float64(), true));

function result(columns: readonly Column[], batches: readonly (readonly Cells[])[]): ResultTable {
  async function* rows(): AsyncGenerator<Batch, Overflow, undefined> {
    for (const cells of batches) yield { length: lengthOf(cells[0]!), columns: cells };
    return { overflow: true };
  }
  return { name: 'result', description: null, columns, infos: [], batches: rows() };
}

const lengthOf = ({ data, rows }: Cells): number => rows?.length ?? data.length;

function cells(values: readonly unknown[], type: DataType, rows: readonly number[] | null = null): Cells {
  const { data } = vectorFromArray(values as unknown[], type);
  return { data: data[0]!, rows: rows && Uint32Array.from(rows) };
}

async function values(table: ResultTable): Promise<unknown[][]> {
  const all: unknown[][] = table.columns.map(() => []);
  for await (const batch of table.batches) {
    batch.columns.forEach((each, at) => {
      assert.equal(each.rows, null);
      all[at]!.push(...new Vector([each.data]));
    });
  }
  return all;
}

test('regions of ObsCore leave as text, what is no polygon as null', async () => {
  const regions = [
    [10, -5, 20.25, -5, 15, 5.125],
    null,
    [0.1, 1e-7, 359.99999999999994, 90, 45, -90, 1, 1],
    [],
    [1, 2, 3, 4],
    [1, 2, 3, 4, 5],
    [1, 2, 3, Number.NaN, 5, 6],
    [1, 2, 3, null, 5, 6],
  ];
  const table = atBorder(result([named('s_region')], [[cells(regions, POLYGONS)]]), ROOT);
  assert.deepEqual(
    table.columns.map(({ name, datatype, arraysize, xtype }) => [name, datatype, arraysize, xtype]),
    [['s_region', 'char', '*', 'adql:REGION']],
  );
  assert.deepEqual(await values(table), [
    [
      'POLYGON ICRS 10 -5 20.25 -5 15 5.125',
      null,
      'POLYGON ICRS 0.1 1e-7 359.99999999999994 90 45 -90 1 1',
      null,
      null,
      null,
      null,
      null,
    ],
  ]);
});

test('references become whole addresses, unless they are', async () => {
  const paths = ['datalink/links?ID=ivo%3A%2F%2Fx', null, 'https://other.org/a', 'urn:x', '', 'ä/b:c'];
  const table = atBorder(result([named('access_url')], [[cells(paths, new Utf8())]]), ROOT);
  assert.deepEqual(table.columns, [named('access_url')]);
  assert.deepEqual(await values(table), [
    [
      `${ROOT}/datalink/links?ID=ivo%3A%2F%2Fx`,
      null,
      'https://other.org/a',
      'urn:x',
      `${ROOT}/`,
      `${ROOT}/ä/b:c`,
    ],
  ]);
});

test('of the rows that are meant, in their order, in all batches', async () => {
  const columns = [named('access_url'), named('s_region')];
  const triangle = (ra: number) => [ra, 0, ra + 1, 0, ra, 1];
  const batches = [
    [
      cells(['a', 'b', 'c'], new Utf8(), [2, 0]),
      cells([triangle(1), triangle(2), triangle(3)], POLYGONS, [2, 0]),
    ],
    [cells(['d'], new Utf8()), cells([triangle(4)], POLYGONS)],
  ];
  assert.deepEqual(await values(atBorder(result(columns, batches), ROOT)), [
    [`${ROOT}/c`, `${ROOT}/a`, `${ROOT}/d`],
    ['POLYGON ICRS 3 0 4 0 3 1', 'POLYGON ICRS 1 0 2 0 1 1', 'POLYGON ICRS 4 0 5 0 4 1'],
  ]);
});

test('that rows were left out is passed on, and a reader who leaves ends the rows', async () => {
  const one = () => [cells(['a'], new Utf8())];
  const { batches } = atBorder(result([named('access_url')], [one()]), ROOT);
  await batches.next();
  assert.deepEqual(await batches.next(), { done: true, value: { overflow: true } });

  let ended = false;
  async function* rows(): AsyncGenerator<Batch, Overflow, undefined> {
    try {
      for (;;) yield { length: 1, columns: one() };
    } finally {
      ended = true;
    }
  }
  const endless = atBorder({ ...result([named('access_url')], []), batches: rows() }, ROOT).batches;
  await endless.next();
  await endless.return({ overflow: false });
  assert.equal(ended, true);
});

test('an answer without such columns is the same object, and columns are made once', () => {
  const plain = result([named('s_ra'), { ...named('s_region'), xtype: null, arraysize: null }], []);
  assert.equal(atBorder(plain, ROOT), plain);
  assert.equal(columnsAtBorder(plain.columns), plain.columns);
  assert.equal(columnsAtBorder(OBSCORE.columns), columnsAtBorder(OBSCORE.columns));
  const text = columnsAtBorder(OBSCORE.columns).find(({ name }) => name === 's_region')!;
  assert.deepEqual([text.datatype, text.xtype, text.ucd], ['char', 'adql:REGION', named('s_region').ucd]);
});
