import assert from 'node:assert/strict';
import test, { after, before, describe, type TestContext } from 'node:test';
import { ask, isRefusal } from './answers.ts';
import { generatedQuestions } from './generator.ts';
import { WRITTEN } from './questions/all.ts';
import { FAILURES } from './questions/failures.ts';
import { EXACT, type Questions } from './questions/question.ts';
import { TYCHO2 } from './questions/tycho2.ts';
import { compareEngines, described, type EdgeEngine, type Outcome } from './run.ts';
import { type BothEngines, startBothEngines, tycho2File } from './service.ts';

/** How many queries to make up, and from which seed: more than in CI by `ALMAGEST_DIFFERENTIAL_QUERIES`. */
const GENERATED = Number(process.env.ALMAGEST_DIFFERENTIAL_QUERIES ?? 120);
const SEED = Number(process.env.ALMAGEST_DIFFERENTIAL_SEED ?? 20261121);

/** Queries that must have been answered by both engines, and rows as they are stored by the scan. */
const FLOORS: Readonly<Record<EdgeEngine, number>> = { duckdb: 750, scan: 80 };

/** What is tried at the edge may take long on a busy machine. */
const PATIENT = { TAP_EDGE_SECONDS: '60', TAP_SECONDS: '60' };

describe('one query, one answer from each engine', { concurrency: false }, () => {
  let service: BothEngines;
  const outcomes: Outcome[] = [];

  before(async () => {
    service = await startBothEngines(PATIENT);
  });
  after(() => service?.close());

  async function compare(t: TestContext, questions: Questions): Promise<void> {
    const found = await compareEngines(service.url, ['duckdb', 'scan'], questions);
    outcomes.push(...found);
    const same = found.filter(({ result }) => result.kind === 'same');
    t.diagnostic(`${questions.queries.length} queries, ${same.length} comparisons`);
    const wrong = found.filter(({ result }) => result.kind === 'different' || result.kind === 'both fail');
    assert.equal(wrong.length, 0, `${wrong.length} queries:\n${described(wrong)}`);
  }

  for (const questions of WRITTEN) {
    test(questions.about, (t) => compare(t, questions));
  }

  test(`${GENERATED} made up from ${SEED}`, (t) => compare(t, generatedQuestions(SEED, GENERATED)));

  for (const questions of TYCHO2) {
    const skip = tycho2File === null ? 'ALMAGEST_TEST_DATA is not set: no tycho2.parquet' : false;
    test(questions.about, { skip }, (t) => compare(t, questions));
  }

  test('what has no answer has none from either engine, and PostgreSQL’s words from the service', async () => {
    const found = await compareEngines(service.url, ['duckdb'], {
      order: 'any',
      tolerance: EXACT,
      queries: FAILURES,
    });
    const wrong = found.filter(({ result }) => result.kind !== 'both fail');
    assert.equal(wrong.length, 0, `${wrong.length} queries:\n${described(wrong)}`);
    for (const { query, result } of found) {
      const answer = await ask(service.url, query, null);
      assert.ok(isRefusal(answer), query);
      assert.equal(answer.status, 400, query);
      assert.ok(result.kind === 'both fail' && answer.message === result.messages[1], query);
    }
  });

  test('so many were asked of both, and the others are named', (t) => {
    for (const engine of ['duckdb', 'scan'] as const) {
      const of = outcomes.filter((outcome) => outcome.engine === engine);
      const ran = of.filter(({ result }) => result.kind === 'same').length;
      t.diagnostic(`${engine} and postgresql: ${ran} of ${of.length} queries`);
      assert.ok(ran >= FLOORS[engine], `${engine}: ${ran} queries`);
      if (engine === 'scan') continue;
      for (const { query, result } of of) {
        if (result.kind === 'not asked') t.diagnostic(`not asked: ${query}: ${result.why}`);
      }
    }
  });
});
