import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { compare, type LoadResult, ratioOf, type Subject } from './load.ts';

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

test('each turn of a subject, and none of the others, takes place while what it asks for is the case', async (t) => {
  let isSo = false;
  const asked = new Map<string, Set<boolean>>();
  const server = createServer((request, response) => {
    const path = request.url!;
    asked.set(path, (asked.get(path) ?? new Set()).add(isSo));
    response.end('x');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const subject = { url, keepAlive: true, cpu: () => null };
  let turns = 0;
  const during: Subject['during'] = async (turn) => {
    turns++;
    isSo = true;
    const result = await turn();
    isSo = false;
    return result;
  };
  const [alone, beside] = await compare(
    [
      { ...subject, name: 'alone', paths: ['/alone'] },
      { ...subject, name: 'beside', paths: ['/during'], during },
    ],
    { connections: 2, seconds: 0.06, warmUp: 0, rounds: 3 },
  );
  assert.equal(turns, 3);
  assert.deepEqual(asked.get('/alone'), new Set([false]));
  assert.deepEqual(asked.get('/during'), new Set([true]));
  assert.ok(alone!.requests > 0 && beside!.requests > 0);
  assert.equal(beside!.rounds.length, 3);
});
