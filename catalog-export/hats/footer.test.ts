import assert from 'node:assert/strict';
import test from 'node:test';
import { Float64, Int64, makeData, Utf8 } from 'apache-arrow';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { Table } from '../../engine/catalog/table.ts';
import { footerOf, mergeFooters } from './footer.ts';
import { emptyParquetFile, parquetFile } from './parquet-file.ts';

const rest = {
  unit: null,
  utype: null,
  xtype: null,
  description: null,
  principal: true,
  indexed: false,
  std: false,
};
const TABLE: Table = {
  schema: 'survey',
  name: 'stars',
  description: 'It holds the word ARROW:schema',
  utype: null,
  columns: [
    { name: 'ra', datatype: 'double', arraysize: null, ucd: 'pos.eq.ra;meta.main', ...rest },
    { name: 'dec', datatype: 'double', arraysize: null, ucd: 'pos.eq.dec;meta.main', ...rest },
    { name: 'text', datatype: 'char', arraysize: '*', ucd: null, ...rest },
  ],
};

function fileOf(first: number, rows: number): Uint8Array<ArrayBuffer> {
  const numbers = Array.from({ length: rows }, (_, row) => first + row);
  const text = numbers.map((number) => `${number}`.padStart(6));
  const arrays = [
    makeData({
      type: new Int64(),
      length: rows,
      nullCount: 0,
      data: BigInt64Array.from(numbers.map(BigInt)),
    }),
    makeData({ type: new Float64(), length: rows, nullCount: 0, data: Float64Array.from(numbers) }),
    makeData({ type: new Float64(), length: rows, nullCount: 0, data: Float64Array.from(numbers) }),
    makeData({
      type: new Utf8(),
      length: rows,
      nullCount: 0,
      data: Buffer.from(text.join('')),
      valueOffsets: Int32Array.from({ length: rows + 1 }, (_, row) => 6 * row),
    }),
  ];
  return parquetFile(TABLE, [arrays]);
}

test('merged footers hold what the footers hold, and the files they came from', () => {
  // More than fifteen row groups in all, where Thrift's lists change their form.
  const files = [fileOf(0, 30_000), fileOf(30_000, 1), fileOf(40_000, 60_000)];
  const footers = files.map((file, at) => ({
    path: `Norder=0/Dir=0/Npix=${at}.parquet`,
    footer: footerOf(file),
  }));
  const merged = parquetMetadata(mergeFooters(emptyParquetFile(TABLE), footers));
  const expected = files.flatMap((file, at) =>
    parquetMetadata(file).row_groups.map((group) => ({
      ...group,
      columns: group.columns.map((chunk) => ({ ...chunk, file_path: footers[at]!.path })),
    })),
  );
  assert.ok(expected.length > 15);
  assert.deepEqual(merged.row_groups, expected);
  assert.equal(merged.num_rows, 90_001n);
  assert.deepEqual(merged.schema, parquetMetadata(files[0]!).schema);
});

test('there may be many row groups', () => {
  const file = fileOf(0, 60_000);
  const footers = Array.from({ length: 2300 }, (_, at) => ({
    path: `${at}.parquet`,
    footer: footerOf(file),
  }));
  const merged = parquetMetadata(mergeFooters(emptyParquetFile(TABLE), footers));
  assert.equal(merged.row_groups.length, 2300 * parquetMetadata(file).row_groups.length);
  assert.equal(merged.row_groups.at(-1)!.columns[3]!.file_path, '2299.parquet');
});

test('without files the merged footer is that of the schema', () => {
  const schema = emptyParquetFile(TABLE);
  assert.deepEqual(mergeFooters(schema, []), Uint8Array.from(schema));
});

test('a damaged footer is an error', () => {
  const footer = footerOf(fileOf(0, 10));
  for (const length of [0, 1, 40, footer.length - 9]) {
    const damaged = [{ path: 'a.parquet', footer: footer.subarray(0, length) }];
    assert.throws(
      () => mergeFooters(emptyParquetFile(TABLE), damaged),
      { message: /Parquet footer/ },
      `${length}`,
    );
  }
});

test('a data file is VOParquet 1.0, reads back, and is the same each time', async () => {
  const file = fileOf(0, 100);
  const keys = new Map(parquetMetadata(file).key_value_metadata?.map(({ key, value }) => [key, value]));
  assert.deepEqual([...keys.keys()].sort(), [
    'IVOA.VOTable-Parquet.content',
    'IVOA.VOTable-Parquet.version',
    'table::len::text',
  ]);
  assert.equal(keys.get('IVOA.VOTable-Parquet.version'), '1.0');
  const votable = keys.get('IVOA.VOTable-Parquet.content')!;
  const fields = [...votable.matchAll(/<FIELD name="([^"]+)" datatype="(\w+)"(?: arraysize="([^"]+)")?/g)];
  assert.deepEqual(
    fields.map(([, ...field]) => field),
    [
      ['_healpix_29', 'long', undefined],
      ['ra', 'double', undefined],
      ['dec', 'double', undefined],
      ['text', 'char', '6*'],
    ],
  );
  assert.doesNotMatch(votable, /<DATA/);
  const rows = await parquetReadObjects({ file: file.buffer });
  assert.deepEqual(rows[42], { _healpix_29: 42n, ra: 42, dec: 42, text: '    42' });
  for (let again = 0; again < 5; again += 1) assert.deepEqual(fileOf(0, 100), file);
});
