import assert from 'node:assert/strict';
import test from 'node:test';
import { AdqlCheckError } from '../../engine/adql/errors.ts';
import { DuckdbError } from '../../engine/duckdb/duckdb-error.ts';
import { PlanError } from '../../engine/plan/plan-error.ts';
import { PostgresError } from '../../engine/postgres/errors.ts';
import { RequestError } from '../request-error.ts';
import { describeTapFailure } from './failure.ts';

const position = { start: 7, end: 8, line: 1, column: 8, lastLine: 1, lastColumn: 8 };

test('what the query is at fault of is 400, what the service cannot do just now 503', () => {
  for (const [error, status, message] of [
    [new AdqlCheckError('there is no x', position), 400, 'There is no x (line 1, column 8).'],
    [new PlanError('nobody can answer this'), 400, 'Nobody can answer this.'],
    [new PostgresError('query', 'division by zero'), 400, 'Division by zero.'],
    [new PostgresError('deadline', 'it took too long'), 400, 'It took too long.'],
    [new PostgresError('unavailable', 'try again later'), 503, 'Try again later.'],
    [new PostgresError('release', 'a table is gone'), 503, 'A table is gone.'],
    [new DuckdbError('memory', 'it needs more memory'), 400, 'It needs more memory.'],
    [new RequestError(404, 'There is nothing.'), 404, 'There is nothing.'],
  ] as const) {
    assert.deepEqual(describeTapFailure(error), { status, message });
  }
});

test('what the service is at fault of is 500, and nothing of it is told', (t) => {
  const logged = t.mock.method(console, 'error', () => {});
  const { status, message } = describeTapFailure(new TypeError('x is undefined at y.ts:1:2'));
  assert.equal(status, 500);
  assert.equal(message, 'The service failed on this request. The fault is in its log.');
  const broken = new PostgresError('internal', 'the database could not run the query', new Error('syntax'));
  assert.equal(describeTapFailure(broken).status, 500);
  assert.equal(logged.mock.callCount(), 2);
});

test('a DuckDB that broke is back soon, and what broke it is in the log', (t) => {
  const logged = t.mock.method(console, 'error', () => {});
  assert.deepEqual(describeTapFailure(new DuckdbError('trap', 'DuckDB broke')), {
    status: 503,
    message: 'DuckDB broke.',
  });
  assert.equal(logged.mock.callCount(), 1);
});
