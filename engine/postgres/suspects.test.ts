import assert from 'node:assert/strict';
import test from 'node:test';
import { checkQuery } from '../adql/check/check.ts';
import { FUNCTIONS } from '../adql/functions/functions.ts';
import { parseAdql } from '../adql/parse.ts';
import type { Table } from '../catalog/table.ts';
import type { Batch, Overflow } from '../table/result.ts';
import { PostgresError, postgresError } from './errors.ts';
import { withSuspects } from './suspects.ts';
import { columnOf } from './test-queries.ts';

const TABLE: Table = {
  schema: 's',
  name: 't',
  description: null,
  utype: null,
  columns: [columnOf('int', { name: 'x' })],
};

/** The places in the message of a query that fails with a code of PostgreSQL's. */
async function message(adql: string, code: string): Promise<string> {
  const { findings } = checkQuery(parseAdql(adql), [TABLE], FUNCTIONS);
  async function* failing(): AsyncGenerator<Batch, Overflow> {
    yield { length: 0, columns: [] };
    throw postgresError(Object.assign(new Error('words'), { code }));
  }
  const rows = withSuspects(failing(), findings.types.keys());
  await rows.next();
  const error: unknown = await rows.next().catch((reason) => reason);
  assert.ok(error instanceof PostgresError);
  assert.equal(error.sqlState, code);
  return error.message.match(/\((line [^()]*)\)$/)?.[1] ?? '';
}

const PLACES: [adql: string, code: string, places: string][] = [
  ['SELECT 10 / x AS a FROM s.t', '22012', 'line 1, column 13'],
  ['SELECT 10 / x,\n  MOD(3, x)\nFROM s.t', '22012', 'line 1, column 13 or line 2, column 10'],
  ['SELECT x / 2 FROM s.t WHERE 1 / (x - 1) > 0', '22012', 'line 1, column 34'],
  ['SELECT LOG10(x) FROM s.t', '2201E', 'line 1, column 14'],
  ['SELECT SQRT(x), POWER(x, 0.5) FROM s.t', '2201F', 'line 1, column 13 or line 1, column 23'],
  ['SELECT EXP(x) FROM s.t', '22003', 'line 1, column 12'],
  ['SELECT CAST(x AS VARCHAR) FROM s.t', '22P02', 'line 1, column 13'],
  ['SELECT x + x + x + x + x + x FROM s.t', '22003', ''],
  ['SELECT x FROM s.t', '22012', ''],
  ['SELECT 10 / x FROM s.t', '42501', ''],
];

for (const [adql, code, places] of PLACES) {
  test(`${code} of ${adql} is ${places === '' ? 'anywhere' : `at ${places}`}`, async () => {
    assert.equal(await message(adql, code), places);
  });
}

test('rows, their end and their being left pass through', async () => {
  const seen: string[] = [];
  async function* rows() {
    try {
      yield { length: 1, columns: [] };
      yield { length: 2, columns: [] };
      return { overflow: true };
    } finally {
      seen.push('ended');
    }
  }
  const whole = withSuspects(rows(), []);
  assert.equal((await whole.next()).done, false);
  await whole.next();
  assert.deepEqual(await whole.next(), { done: true, value: { overflow: true } });
  const left = withSuspects(rows(), []);
  await left.next();
  await left.return({ overflow: false });
  assert.deepEqual(seen, ['ended', 'ended']);
});
