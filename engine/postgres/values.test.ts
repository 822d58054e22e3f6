import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { connect } from '../../catalog-export/database/connect.ts';
import { startTestDatabase, type TestDatabase } from '../../test/postgres.ts';
import type { Column, Datatype } from '../catalog/column.ts';
import type { PostgresAccess } from './access.ts';
import { accessOf, answer, columnOf } from './test-queries.ts';

let server: TestDatabase;
let access: PostgresAccess;
test.before(async () => {
  server = await startTestDatabase();
  access = accessOf(server.url);
});
test.after(() => server.close());

async function value(sql: string, column: Column, parameters: (string | null)[] = []): Promise<unknown> {
  const { rows } = await answer(access, `SELECT ${sql} AS r0`, [column], { parameters });
  return rows[0]![0];
}

const DOUBLES = columnOf('double', { arraysize: '*' });
const TIME = columnOf('char', { xtype: 'timestamp' });
const micro = (text: string) => BigInt(Date.parse(text)) * 1000n;

const VALUES: [sql: string, column: Column, expected: unknown][] = [
  ['true', columnOf('boolean'), true],
  ['false', columnOf('boolean'), false],
  ['200::int2', columnOf('unsignedByte'), 200],
  ['(-32768)::int2', columnOf('short'), -32768],
  ['7::int4', columnOf('short'), 7],
  ['2147483647::int4', columnOf('int'), 2147483647],
  ['(-2147483648)::int8', columnOf('int'), -2147483648],
  ['9223372036854775807::int8', columnOf('long'), 9223372036854775807n],
  ['(-9223372036854775808)::int8', columnOf('long'), -9223372036854775808n],
  ['5::int2', columnOf('long'), 5n],
  ['5::int4', columnOf('long'), 5n],
  ['(SELECT sum(n) FROM (VALUES (9007199254740993), (2)) AS v(n))', columnOf('long'), 9007199254740995n],
  ['12.000::numeric', columnOf('long'), 12n],
  ['0.1::float4', columnOf('float'), Math.fround(0.1)],
  ['0.1::float4', columnOf('double'), Math.fround(0.1)],
  ['0.1::float8', columnOf('double'), 0.1],
  ["'-0'::float8", columnOf('double'), -0],
  ["'NaN'::float8", columnOf('double'), Number.NaN],
  ["'Infinity'::float8", columnOf('double'), Number.POSITIVE_INFINITY],
  ["'-Infinity'::float4", columnOf('float'), Number.NEGATIVE_INFINITY],
  ['5e-324::float8', columnOf('double'), 5e-324],
  ['3::int4', columnOf('double'), 3],
  ['9007199254740993::int8', columnOf('double'), 9007199254740992],
  ['123456789.000012345::numeric', columnOf('double'), 123456789.00001234],
  ['-0.00000000000000000001234::numeric', columnOf('double'), -1.234e-20],
  ['1e40::numeric', columnOf('double'), 1e40],
  ["'NaN'::numeric", columnOf('double'), Number.NaN],
  ["'-Infinity'::numeric", columnOf('double'), Number.NEGATIVE_INFINITY],
  ["'Ångström'::text", columnOf('unicodeChar'), 'Ångström'],
  ["''::varchar", columnOf('char'), ''],
  ["'ab'::char(5)", columnOf('char'), 'ab'],
  ["'pg_class'::name", columnOf('char'), 'pg_class'],
  [`'x'::"char"`, columnOf('char'), 'x'],
  ["'DEADBEEF-0000-4000-8000-00000000000F'::uuid", columnOf('char'), 'deadbeef-0000-4000-8000-00000000000f'],
  ["timestamp '2026-11-21 12:34:56.789012'", TIME, micro('2026-11-21T12:34:56.789Z') + 12n],
  ["timestamp '1543-05-24 00:00:00'", TIME, micro('1543-05-24T00:00:00Z')],
  ["timestamptz '2026-11-21 12:00:00+02'", TIME, micro('2026-11-21T10:00:00Z')],
  ["date '1609-11-30'", TIME, micro('1609-11-30T00:00:00Z')],
  ["'{1.5,NULL,NaN,-Infinity}'::float8[]", DOUBLES, [1.5, null, Number.NaN, Number.NEGATIVE_INFINITY]],
  ["'{}'::float8[]", DOUBLES, []],
  ["'{{1,2},{3,4}}'::float8[]", columnOf('double', { arraysize: '2x2' }), [1, 2, 3, 4]],
  ["'{0.5,1}'::numeric[]", DOUBLES, [0.5, 1]],
  ["'{0.5,1}'::float4[]", columnOf('float', { arraysize: '2' }), [0.5, 1]],
  ["'{1,-2}'::int2[]", columnOf('short', { arraysize: '*' }), [1, -2]],
  ["'{1,-2}'::int4[]", columnOf('int', { arraysize: '*' }), [1, -2]],
  ["'{1,NULL}'::int8[]", columnOf('long', { arraysize: '*' }), [1n, null]],
  ["'{t,f}'::bool[]", columnOf('boolean', { arraysize: '*' }), [true, false]],
];

for (const [sql, column, expected] of VALUES) {
  test(`${sql} is ${column.datatype}${column.arraysize === null ? '' : `(${column.arraysize})`}`, async () => {
    assert.deepEqual(await value(sql, column), expected);
  });
}

test('any type may be null', async () => {
  const scalars: Datatype[] = ['boolean', 'unsignedByte', 'short', 'int', 'long', 'float', 'double', 'char'];
  const columns = [...scalars.map((datatype) => columnOf(datatype)), TIME, DOUBLES];
  const types = ['bool', 'int2', 'int2', 'int4', 'int8', 'float4', 'float8', 'text', 'timestamp', 'float8[]'];
  const nulls = types.map((type) => `NULL::${type}`).join(', ');
  const some = `true, 1, 1, 1, 1, 1, 1, 'x', timestamp '1970-01-01', '{1}'::float8[]`;
  const { rows } = await answer(
    access,
    `SELECT ${nulls} UNION ALL SELECT ${some} UNION ALL SELECT ${nulls}`,
    columns,
  );
  const none = columns.map(() => null);
  assert.deepEqual(rows, [none, [true, 1, 1, 1, 1n, 1, 1, 'x', 0n, [1]], none]);
});

test('enumerations and domains are the text and the number that they are', async () => {
  const client = await connect(server.url);
  await client.query(
    `CREATE TYPE kind AS ENUM ('star', 'galaxy'); CREATE DOMAIN magnitude AS real CHECK (value > -30)`,
  );
  await client.end();
  assert.equal(await value("'galaxy'::kind", columnOf('char')), 'galaxy');
  assert.equal(await value('4.5::magnitude', columnOf('float')), 4.5);
});

const MISFITS: [sql: string, column: Column, message: RegExp][] = [
  [
    '256::int2',
    columnOf('unsignedByte'),
    /column value \(unsignedByte\) holds 256, which is out of its range/,
  ],
  ['(-1)::int2', columnOf('unsignedByte'), /holds -1, which/],
  ['40000::int4', columnOf('short'), /\(short\) holds 40000, which/],
  ['3000000000::int8', columnOf('int'), /\(int\) holds 3000000000, which/],
  ['1e20::numeric', columnOf('long'), /\(long\) holds 100000000000000000000, which/],
  ["timestamp 'infinity'", TIME, /holds the timestamp infinity, which DALI has not/],
  ["date '-infinity'", TIME, /the timestamp infinity/],
];

for (const [sql, column, message] of MISFITS) {
  test(`${sql} is no ${column.datatype}`, async () => {
    await assert.rejects(value(sql, column), { name: 'PostgresError', fault: 'query', message });
  });
}

test('a type that does not go into the column is a fault of the service, with the reason in its cause', async () => {
  for (const [sql, column] of [
    ["'{a}'::text[]", columnOf('double', { arraysize: '*' })],
    ["'x'::text", columnOf('double')],
    ['1::int4', columnOf('char')],
    ["'127.0.0.1'::inet", columnOf('char')],
    ['1, 2', columnOf('int')],
  ] as const) {
    await assert.rejects(value(sql, column), (error: Error & { fault: string }) => {
      assert.equal(error.fault, 'internal', sql);
      assert.equal(error.message, 'the database could not run the query');
      assert.match((error.cause as Error).message, /column value: PostgreSQL's type \d+|2 columns for 1/);
      return true;
    });
  }
});

test('numbers and texts come as they were given', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.double(),
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          fc.string({ unit: 'grapheme' }),
        ),
        { minLength: 1, maxLength: 40 },
      ),
      async (rows) => {
        const given = rows.map(([double, long, text]) => [double, long, text.replaceAll('\0', '')]);
        const sql = `SELECT d, l, t FROM unnest($1::float8[], $2::int8[], $3::text[]) AS v(d, l, t)`;
        const texts = given.map(([, , text]) => `"${String(text).replace(/[\\"]/g, '\\$&')}"`);
        const { rows: got } = await answer(
          access,
          sql,
          [columnOf('double'), columnOf('long'), columnOf('unicodeChar')],
          {
            parameters: [
              `{${given.map(([double]) => (Object.is(double, -0) ? '-0' : String(double)))}}`,
              `{${given.map(([, long]) => long)}}`,
              `{${texts}}`,
            ],
          },
        );
        assert.deepEqual(got, given);
      },
    ),
    { numRuns: 30 },
  );
});

test('any numeric is the nearest double', async () => {
  const digits = fc.stringMatching(/^-?\d{1,30}(\.\d{0,30})?$/);
  await fc.assert(
    fc.asyncProperty(fc.array(digits, { minLength: 1, maxLength: 50 }), async (texts) => {
      const sql = 'SELECT n FROM unnest($1::numeric[]) AS v(n)';
      const { rows } = await answer(access, sql, [columnOf('double')], { parameters: [`{${texts}}`] });
      assert.deepEqual(
        rows.flat(),
        texts.map((text) => Number(text) || 0),
      );
    }),
    { numRuns: 30 },
  );
});

test('parameters are values, whatever they say', async () => {
  const text = `'; DROP TABLE stars; --"$1\\ \u00e9`;
  assert.equal(await value('$1::text', columnOf('unicodeChar'), [text]), text);
  assert.equal(await value('$1::float8', columnOf('double'), [null]), null);
  assert.equal(await value('$1::float8 + $2::float8', columnOf('double'), ['1.5', '1e300']), 1e300);
});
