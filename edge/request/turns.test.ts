import assert from 'node:assert/strict';
import test from 'node:test';
import { BusyError } from '../request-error.ts';
import { createTurns } from './turns.ts';

test('so many have a turn at a time; who waits too long is told, who is patient gets the next', async () => {
  const take = createTurns(2);
  const [first] = [await take(0), await take(0)];
  await assert.rejects(take(0), BusyError);
  const third = take(10_000);
  first.end();
  (await third).end();
});

test('a turn of which nothing is heard for a minute is over', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const take = createTurns(1);
  const lost = await take(0);
  t.mock.timers.tick(50_000);
  lost.touch();
  t.mock.timers.tick(50_000);
  await assert.rejects(take(0), BusyError);
  t.mock.timers.tick(20_000);
  const next = await take(0);
  await assert.rejects(take(0), BusyError);
  next.end();
  (await take(0)).end();
});
