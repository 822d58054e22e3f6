import assert from 'node:assert/strict';
import test from 'node:test';
import { type LoadResult, ratioOf } from './load.ts';

const result = (rates: readonly number[]): LoadResult => ({
  name: '',
  connections: 1,
  requests: 0,
  requestsPerSecond: 0,
  p50: 0,
  p99: 0,
  bytes: 0,
  cpu: null,
  generatorCpu: 0,
  rounds: rates.map((requestsPerSecond) => ({ requestsPerSecond, p50: 1 })),
});

test('the ratio is that of turns that were taken one after the other, not of the medians of all', () => {
  const ratio = ratioOf(result([50, 5, 30]), result([100, 10, 100]), (round) => round.requestsPerSecond);
  assert.deepEqual(ratio, { median: 0.5, least: 0.3, greatest: 0.5 });
});
