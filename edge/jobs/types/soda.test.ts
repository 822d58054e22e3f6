import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobParameters } from '../job.ts';
import { JobFailure } from '../outcome.ts';
import { sodaJobs } from './soda.ts';

const requests = (parameters: JobParameters) => sodaJobs.requests({ parameters, runId: null });

test('one cutout for one value of each', () => {
  assert.deepEqual(
    requests([
      ['ID', 'ivo://a/b?c'],
      ['CIRCLE', '1 2 3'],
      ['POL', 'I'],
      ['POL', 'Q'],
      ['FORMAT', 'image/png'],
      ['BAND', ' '],
    ]),
    [
      {
        result: 'cutout',
        path: '/job',
        fields: [
          ['POL', 'I'],
          ['POL', 'Q'],
          ['FORMAT', 'image/png'],
          ['ID', 'ivo://a/b?c'],
          ['CIRCLE', '1 2 3'],
        ],
      },
    ],
  );
});

test('a cutout for each combination; regions of all kinds are one filter', () => {
  const made = requests([
    ['ID', 'a'],
    ['ID', 'b'],
    ['CIRCLE', '1 2 3'],
    ['POS', 'CIRCLE 4 5 6'],
    ['BAND', '1 2'],
    ['BAND', '3 4'],
  ]);
  assert.deepEqual(
    made.map(({ result }) => result),
    ['cutout-1', 'cutout-2', 'cutout-3', 'cutout-4', 'cutout-5', 'cutout-6', 'cutout-7', 'cutout-8'],
  );
  assert.equal(new Set(made.map(({ fields }) => JSON.stringify(fields))).size, 8);
  for (const { fields } of made) {
    assert.deepEqual(
      fields.map(([name]) => (name === 'POS' ? 'CIRCLE' : name)),
      ['ID', 'CIRCLE', 'BAND'],
    );
  }
});

test('too many combinations are refused, and errors are texts of the standard', () => {
  const many = Array.from(
    { length: 11 },
    (_, at) =>
      [
        ['ID', `${at}`],
        ['BAND', `${at}`],
      ] as const,
  ).flat();
  assert.throws(
    () => requests(many),
    (error) =>
      error instanceof JobFailure && /have 121 combinations, and a job makes 100 cutouts/.test(error.message),
  );
  for (const values of [11, 10_000]) {
    const many = Array.from({ length: values }, (_, at) =>
      ['ID', 'BAND'].map((name) => [name, `${at}`] as const),
    );
    assert.throws(
      () => requests(many.flat()),
      (error) =>
        error instanceof JobFailure &&
        error.message.includes(`have ${values ** 2} combinations, and a job makes 100 cutouts`),
    );
  }
  assert.equal(sodaJobs.errorDocument('It is late.').body, 'Error: It is late.\n');
  assert.equal(sodaJobs.errorDocument('UsageError: No.').body, 'UsageError: No.\n');
});
