import assert from 'node:assert/strict';
import test from 'node:test';
import { Float64, makeData, Utf8 } from 'apache-arrow';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { Column } from '../../engine/catalog/column.ts';
import type { Table } from '../../engine/catalog/table.ts';
import { parquetFile } from './parquet-file.ts';
import { describePart } from './partition.ts';

const rest = { unit: null, ucd: null, utype: null, xtype: null, description: null };
const flags = { principal: true, indexed: false, std: false };
const COLUMNS: Column[] = [
  { name: 'number', datatype: 'double', arraysize: null, ...rest, ...flags },
  { name: 'text', datatype: 'char', arraysize: '*', ...rest, ...flags },
];
const TABLE: Table = { schema: 'survey', name: 'things', description: null, utype: null, columns: COLUMNS };

function piece(first: number, rows: number) {
  const numbers = Float64Array.from({ length: rows }, (_, row) => first + row);
  const texts = Array.from(numbers, (number) => `t${number % 10}`);
  return [
    makeData({ type: new Float64(), length: rows, nullCount: 0, data: numbers }),
    makeData({
      type: new Utf8(),
      length: rows,
      nullCount: 0,
      data: Buffer.from(texts.join('')),
      valueOffsets: Int32Array.from({ length: rows + 1 }, (_, row) => 2 * row),
    }),
  ];
}

test('a file that is made in pieces is the one that is made at once', async () => {
  const whole = parquetFile(TABLE, [piece(0, 20 * 1024)]);
  const joined = parquetFile(TABLE, [piece(0, 1024), piece(1024, 16 * 1024), piece(17 * 1024, 3 * 1024)]);
  assert.deepEqual(joined, whole);
  const { row_groups, num_rows } = parquetMetadata(joined);
  assert.equal(num_rows, 20_480n);
  assert.deepEqual(
    row_groups.map(({ ordinal }) => ordinal),
    Array.from({ length: 20 }, (_, at) => at),
  );
  const rows = await parquetReadObjects({ file: joined.buffer });
  assert.deepEqual(
    rows,
    Array.from({ length: 20_480 }, (_, row) => ({ number: row, text: `t${row % 10}` })),
  );
});

test('the column chunks of all pieces follow each other', () => {
  const joined = parquetFile(TABLE, [piece(0, 3000), piece(3000, 1), piece(3001, 5000)]);
  const { rowGroups, rows } = describePart(TABLE, 0, 0, joined);
  assert.equal(rows, 8001);
  let next = 4;
  for (const { offset, chunks } of rowGroups) {
    assert.equal(offset, next);
    next += chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  }
});
