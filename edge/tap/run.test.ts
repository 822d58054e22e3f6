import assert from 'node:assert/strict';
import test from 'node:test';
import { Int32, vectorFromArray } from 'apache-arrow';
import { DuckdbError } from '../../engine/duckdb/duckdb-error.ts';
import type { EngineName } from '../../engine/plan/plan.ts';
import { PlanError } from '../../engine/plan/plan-error.ts';
import { PostgresError } from '../../engine/postgres/errors.ts';
import { writerFor } from '../../engine/table/formats.ts';
import type { Batch } from '../../engine/table/result.ts';
import { parseVotable } from '../../test/votable.ts';
import type { Engines, PlannedQuery, RunQuery } from './engines/engines.ts';
import { type Run, runQuery, type WriteAnswer } from './run.ts';

const COLUMN = {
  name: 'n',
  datatype: 'int',
  arraysize: null,
  xtype: null,
  unit: null,
  ucd: null,
  utype: null,
  description: null,
  principal: true,
  indexed: false,
  std: false,
} as const;

const write: WriteAnswer = (_engine, batches) =>
  writerFor('csv')!.write({ name: 'result', description: null, columns: [COLUMN], infos: [], batches });

function batch(numbers: readonly number[]): Batch {
  const [data] = vectorFromArray(numbers, new Int32()).data;
  return { length: numbers.length, columns: [{ data: data!, rows: null }] };
}

const answering = (...numbers: number[]): RunQuery =>
  async function* () {
    yield batch(numbers);
    return { overflow: false };
  };

/** Fails after so many rows. */
const failing = (error: Error, rows = 0): RunQuery =>
  async function* () {
    for (let from = 0; from < rows; from += 1000) yield batch(Array.from({ length: 1000 }, (_, n) => n));
    throw error;
  };

const broken = new DuckdbError('trap', 'DuckDB broke');

function run(engine: EngineName, rest: Partial<Run> = {}, refusal: string | null = null): Run {
  const refusals = { scan: null, duckdb: null, postgresql: refusal };
  return {
    query: { plan: { engine, refusals } } as unknown as PlannedQuery,
    rows: 10,
    seconds: 60,
    edgeSeconds: 10,
    takeover: true,
    signal: new AbortController().signal,
    ...rest,
  };
}

const engines = (duckdb: RunQuery, postgresql: RunQuery | null): Engines => ({
  scan: null,
  duckdb,
  postgresql,
});

async function text(all: Engines, asked: Run): Promise<string> {
  const { engine, body } = await runQuery(all, asked, write);
  return `${engine}: ${(await new Response(body).text()).replaceAll('\r\n', ' ').trim()}`;
}

test('the engine of the plan answers', async () => {
  assert.equal(await text(engines(answering(1, 2), answering(3)), run('duckdb')), 'duckdb: n 1 2');
  assert.equal(await text(engines(answering(1, 2), answering(3)), run('postgresql')), 'postgresql: n 3');
});

test('PostgreSQL takes over from the edge, before the first row and after some', async () => {
  assert.equal(await text(engines(failing(broken), answering(3)), run('duckdb')), 'postgresql: n 3');
  assert.equal(await text(engines(failing(broken, 1000), answering(3)), run('duckdb')), 'postgresql: n 3');
});

test('what is on its way to the client is not begun again', async () => {
  const { body } = await runQuery(engines(failing(broken, 200_000), answering(3)), run('duckdb'), write);
  await assert.rejects(new Response(body).text(), broken);
});

test('a VOTable that must be broken off says why', async () => {
  const writeVotable: WriteAnswer = (_engine, batches) =>
    writerFor('votable-tabledata')!.write({
      name: 'result',
      description: null,
      columns: [COLUMN],
      infos: [],
      batches,
    });
  const late = engines(failing(new DuckdbError('deadline', 'it took too long'), 200_000), null);
  const { body } = await runQuery(late, run('duckdb'), writeVotable);
  const { infos, message } = parseVotable(await new Response(body).text());
  assert.equal(infos.get('QUERY_STATUS'), 'ERROR');
  assert.equal(message, 'The table is incomplete: it took too long');
});

test("without PostgreSQL, or where it may not, the edge's error is told", async () => {
  for (const [all, asked] of [
    [engines(failing(broken), null), run('duckdb')],
    [engines(failing(broken), answering(3)), run('duckdb', { takeover: false })],
    [engines(failing(broken), answering(3)), run('duckdb', {}, 'it has no such table')],
    [engines(failing(broken), failing(new PostgresError('unavailable', 'it is away'))), run('duckdb')],
    [engines(failing(broken), failing(new PlanError('its history began later'))), run('duckdb')],
  ] as const) {
    await assert.rejects(text(all, asked), broken);
  }
});

test("errors of the query are PostgreSQL's, if it was asked", async () => {
  const division = new PostgresError('query', 'division by zero');
  const edge = new DuckdbError('query', 'Division by zero!');
  await assert.rejects(text(engines(failing(edge), failing(division)), run('duckdb')), division);
  await assert.rejects(text(engines(answering(1), failing(division)), run('postgresql')), division);
});

test('nobody takes over for a client that has left', async () => {
  const left = new AbortController();
  left.abort();
  const asked = run('duckdb', { signal: left.signal });
  await assert.rejects(text(engines(failing(broken), answering(3)), asked), broken);
});

test('each engine is told how many rows are wanted, and the time that is left', async () => {
  const told: [EngineName, number, number][] = [];
  const noting =
    (engine: EngineName, then: RunQuery): RunQuery =>
    (query, limits, signal) => {
      told.push([engine, limits.rows, Math.round(limits.seconds)]);
      return then(query, limits, signal);
    };
  await text(engines(noting('duckdb', failing(broken)), noting('postgresql', answering(1))), run('duckdb'));
  assert.deepEqual(told, [
    ['duckdb', 10, 10],
    ['postgresql', 10, 60],
  ]);
});
