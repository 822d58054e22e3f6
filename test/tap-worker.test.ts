import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Answer, type RequestOptions, request } from './http.ts';
import { type RunningWorkers, startService } from './service.ts';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const QUERY = 'LANG=ADQL&FORMAT=csv&QUERY=SELECT%20TOP%202%20id%20FROM%20dso.objects';
const UNAVAILABLE = /<INFO name="QUERY_STATUS" value="ERROR">[^<]*TAP/;

describe('the edge worker hands TAP over', { concurrency: false }, () => {
  let service: RunningWorkers;

  before(async () => {
    service = await startService({ tap: true, duckdb: false });
  });

  after(() => service.close());

  const ask = (path: string, options?: RequestOptions) => request(service.url + path, options);

  test('a query, by GET and by POST, at /tap and below', async () => {
    const answers = [
      await ask(`/tap/sync?${QUERY}`),
      await ask('/tap/sync', { method: 'POST', headers: FORM, body: QUERY }),
    ];
    for (const { status, body } of answers) {
      assert.equal(status, 200, body.toString('utf8'));
      assert.equal(body.toString('utf8').trim().split('\n').length, 3);
    }
    assert.equal((await ask('/tap')).status, 200);
    assert.equal((await ask('/tapestry')).status, 404);
  });

  test('what workers ask of one another cannot be asked from outside', async () => {
    const order = { method: 'POST', headers: { ...FORM, 'Almagest-Job-Seconds': '5' }, body: QUERY };
    const paths = [
      '/tap/../job',
      '/tap/async/../../job',
      '/tap/%2e%2e/job',
      '/tap\\..\\job',
      '/tap//../../job',
      '/tap/job',
    ];
    for (const path of [...paths, '/job', '/soda/../job']) {
      const { status, body } = await ask('/', { ...order, path });
      assert.ok(status === 404 || status === 503, `${path}: ${status} ${body}`);
      assert.doesNotMatch(body.toString('utf8'), /^id\n/, path);
    }
    const { status, body } = await ask('/tap/sync', order);
    assert.equal(status, 200, body.toString('utf8'));
  });

  test('what is compressed is compressed once', async () => {
    const plain = await ask('/tap/tables');
    assert.equal(plain.headers['content-encoding'], undefined);
    const gzipped = await ask('/tap/tables', { headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(gzipped.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(gzipped.body), plain.body);
  });

  test('HEAD and OPTIONS', async () => {
    const head = await ask(`/tap/sync?${QUERY}`, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
    assert.match(head.headers['content-type']!, /^text\/csv/);
    const headers = { Origin: 'https://aladin.example', 'Access-Control-Request-Method': 'POST' };
    const preflight = await ask('/tap/sync', { method: 'OPTIONS', headers });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], '*');
  });

  test('the address that the client asked for, whatever stands between', async () => {
    const headers = { Host: 'vo.example', 'X-Forwarded-Proto': 'https' };
    const { body } = await ask('/tap/capabilities', { headers });
    assert.match(body.toString('utf8'), /https:\/\/vo\.example\/tap/);
    assert.doesNotMatch(body.toString('utf8'), /127\.0\.0\.1/);
  });

  test('where the worker is down TAP is 503 and a VOTable that says so, and cones are answered', async () => {
    process.kill(-service.pid('tap'), 'SIGKILL');
    let answer: Answer;
    do answer = await ask('/tap/sync');
    while (answer.status === 400);
    assert.equal(answer.status, 503);
    assert.match(answer.body.toString('utf8'), UNAVAILABLE);
    assert.match(answer.headers['content-type']!, /^application\/x-votable\+xml/);
    assert.ok(answer.headers['retry-after']);
    assert.equal((await ask('/scs/dso.objects?RA=10.68&DEC=41.27&SR=1')).status, 200);
  });
});

test('where there is no TAP worker TAP is 503 and a VOTable that says so', async () => {
  const service = await startService();
  try {
    const { status, body } = await request(`${service.url}/tap/sync`);
    assert.equal(status, 503);
    assert.match(body.toString('utf8'), UNAVAILABLE);
  } finally {
    await service.close();
  }
});
