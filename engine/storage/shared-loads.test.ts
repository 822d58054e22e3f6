import assert from 'node:assert/strict';
import test from 'node:test';
import { sharedLoads } from './shared-loads.ts';

test('callers at a time share a load, callers after it do not', async () => {
  const share = sharedLoads<number>();
  let loads = 0;
  const load = async () => ++loads;
  assert.deepEqual(await Promise.all([share('a', load), share('a', load), share('b', load)]), [1, 1, 2]);
  assert.equal(await share('a', load), 3);
});

test("a failure is everybody's who waits, and is not remembered", async () => {
  const share = sharedLoads<string>();
  const fail = () => Promise.reject(new Error('broken'));
  const settled = await Promise.allSettled([share('a', fail), share('a', fail)]);
  assert.deepEqual(
    settled.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(await share('a', async () => 'fine'), 'fine');
});

test("whoever waits too long for another's load makes his own, which others then share", async () => {
  const share = sharedLoads<string>(10);
  void share('a', () => new Promise(() => {}));
  const own = share('a', async () => 'own');
  assert.equal(await own, 'own');
  assert.equal(await share('a', async () => 'next'), 'next', 'nothing is left behind');
});
