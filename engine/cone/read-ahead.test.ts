import assert from 'node:assert/strict';
import test from 'node:test';
import { readAhead } from './read-ahead.ts';

async function* items(count: number): AsyncGenerator<number> {
  for (let item = 1; item <= count; item++) yield item;
}

test('results come in order, with a bounded number of loads under way', async () => {
  let running = 0;
  let most = 0;
  const load = async (item: number) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
    running--;
    return item * 10;
  };
  const results: number[] = [];
  for await (const result of readAhead(items(7), 3, load)) results.push(result);
  assert.deepEqual(results, [10, 20, 30, 40, 50, 60, 70]);
  assert.equal(most, 3);
});

test('a failure comes in its turn, and those behind it trouble nobody', async () => {
  const load = async (item: number) => {
    if (item > 1) throw new Error(`load ${item}`);
    return item;
  };
  const results: number[] = [];
  await assert.rejects(async () => {
    for await (const result of readAhead(items(3), 3, load)) results.push(result);
  }, /load 2/);
  assert.deepEqual(results, [1]);
});
