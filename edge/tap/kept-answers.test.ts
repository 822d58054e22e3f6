import assert from 'node:assert/strict';
import test from 'node:test';
import { answersInCache, answersInMemory } from './kept-answers.ts';

const answer = (length: number) => ({
  bytes: new Uint8Array(length),
  headers: { 'content-type': 'text/csv', 'almagest-engine': 'edge' },
});

test('an answer is found by its key, as it was', async () => {
  const memory = answersInMemory(10_000, 1000);
  await memory.keep('a', answer(7));
  assert.deepEqual(await memory.find('a'), answer(7));
  assert.equal(await memory.find('b'), null);
});

test('what is too long is not kept, and no more than the memory holds', async () => {
  const memory = answersInMemory(10_000, 3000);
  await memory.keep('long', answer(3001));
  assert.equal(await memory.find('long'), null);
  for (const key of ['a', 'b', 'c', 'd']) await memory.keep(key, answer(3000));
  assert.equal(await memory.find('a'), null);
  assert.notEqual(await memory.find('d'), null);
});

test('no memory keeps nothing', async () => {
  const memory = answersInMemory(0, 1000);
  assert.equal(memory.maxBytes, 0);
  await memory.keep('a', answer(1));
  assert.equal(await memory.find('a'), null);
});

test('another instance finds it in the cache of the data centre, with its headers', async () => {
  const kept = new Map<string, Response>();
  const cache = {
    match: async (key: RequestInfo | URL) => kept.get(String(key))?.clone(),
    put: async (key: RequestInfo | URL, response: Response) => void kept.set(String(key), response),
  };
  await answersInCache(answersInMemory(10_000, 1000), cache).keep('a', answer(7));
  const other = answersInCache(answersInMemory(10_000, 1000), cache);
  assert.deepEqual(await other.find('a'), answer(7));
  assert.equal(await other.find('b'), null);
  kept.clear();
  assert.deepEqual(await other.find('a'), answer(7), 'it is in memory by now');
});

test('a cache that fails is like one that has nothing', async () => {
  const away = () => Promise.reject(new Error('it is away'));
  const answers = answersInCache(answersInMemory(10_000, 1000), { match: away, put: away });
  assert.equal(await answers.find('a'), null);
  await answers.keep('a', answer(1));
  assert.deepEqual(await answers.find('a'), answer(1));
});
