import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { partitionPaths } from '../../test/stored-row-groups.ts';
import type { CopyValue } from '../database/copy.ts';
import { allRows, column, DEC, exported, fileOf, ID, RA, tableOf, withTable } from './test-catalog.ts';

test('every type and its extremes come through, and nulls stay nulls', () => {
  const columns = [
    ID,
    RA,
    DEC,
    column('a boolean', 'boolean'),
    column('byte', 'unsignedByte'),
    column('short', 'short'),
    column('int', 'int'),
    column('long', 'long'),
    column('float', 'float'),
    column('double', 'double'),
    column('char', 'char'),
    column('Grün "ß" 星', 'unicodeChar'),
    column('time', 'char', null, 'timestamp'),
  ];
  const table = tableOf(columns, 'Sky Survey', 'a "table"');
  const rows: CopyValue[][] = [
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
      '\\N\t\n',
      '0001-01-01 00:00:00',
    ],
    [3, 3, 3, ...columns.slice(3).map(() => null)],
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
  return withTable(table, rows, async (catalog) => {
    const manifest = await exported(catalog, table);
    assert.equal(manifest.catalog, 'Sky Survey.a "table"');
    const found = (await allRows(catalog, manifest)).sort((a, b) => Number(a.id) - Number(b.id));
    const values = found.map((row) => columns.slice(3).map(({ name }) => row[name]));
    const micros = (text: string, fraction: bigint) => BigInt(Date.parse(text)) * 1000n + fraction;
    assert.deepEqual(values, [
      [
        true,
        255,
        32767,
        2147483647,
        2n ** 63n - 1n,
        Infinity,
        5e-324,
        'plain',
        'Bélénos ★ 🌌',
        micros('2026-11-21T12:34:56Z', 789012n),
      ],
      [
        false,
        0,
        -32768,
        -2147483648,
        -(2n ** 63n),
        Math.fround(-1.17549435e-38),
        NaN,
        '',
        '\\N\t\n',
        micros('0001-01-01T00:00:00Z', 0n),
      ],
      columns.slice(3).map(() => null),
      [true, 1, 1, 1, 9007199254740993n, Math.fround(0.1), 0.1, 'x'.repeat(100_000), 'ß', -1n],
    ]);
    const schema = parquetMetadata(
      await fileOf(catalog, manifest, (await partitionPaths(catalog.storage, manifest))[0]!),
    ).schema.slice(1);
    assert.deepEqual(
      schema.map(({ name }) => name),
      ['_healpix_29', ...columns.map(({ name }) => name)],
    );
  });
});

test('types of the database that a datatype covers are converted', () => {
  const table = tableOf([
    ID,
    RA,
    DEC,
    column('precise', 'double'),
    column('uuid', 'char'),
    column('kind', 'char'),
    column('padded', 'char'),
    column('zoned', 'char', null, 'timestamp'),
    column('day', 'char', null, 'timestamp'),
  ]);
  return withTable(tableOf([ID, RA, DEC], 'survey', 'unused'), [], async (catalog) => {
    await catalog.client.query(`
      CREATE TYPE kind AS ENUM ('star', 'galaxy');
      CREATE DOMAIN identifier AS integer CHECK (value > 0);
      CREATE TABLE survey.stars (id identifier, ra real, dec numeric, precise numeric(30, 20), uuid uuid, kind kind,
        padded char(5), zoned timestamptz, day date);
      INSERT INTO survey.stars VALUES (1, 1.5, 2.5, 0.1, '0123456789abcdef0123456789abcdef', 'galaxy', 'ab',
        '2026-01-01 00:00:00+02', '2026-11-21');
      SET timezone = 'Asia/Tokyo';`);
    const [row] = await allRows(catalog, await exported(catalog, table));
    const { _healpix_29, ...values } = row!;
    assert.deepEqual(values, {
      id: 1n,
      ra: 1.5,
      dec: 2.5,
      precise: 0.1,
      uuid: '01234567-89ab-cdef-0123-456789abcdef',
      kind: 'galaxy',
      padded: 'ab',
      zoned: BigInt(Date.parse('2025-12-31T22:00:00Z')) * 1000n,
      day: BigInt(Date.parse('2026-11-21T00:00:00Z')) * 1000n,
    });
  });
});
