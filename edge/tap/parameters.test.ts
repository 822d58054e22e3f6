import assert from 'node:assert/strict';
import test from 'node:test';
import { asksForCapabilities, parseQueryRequest } from './parameters.ts';
import { readTapSettings } from './settings.ts';

const { limits } = readTapSettings({ TAP_DEFAULT_RECORDS: '200', TAP_MAX_RECORDS: '3000' });
const QUERY = 'SELECT ra FROM hipparcos.stars';

const parse = (parameters: Record<string, string | string[]>, accept?: string) =>
  parseQueryRequest(raw({ QUERY, ...parameters }), accept, limits);

function raw(parameters: Record<string, string | string[]>): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(parameters).map(([name, value]) => [name, [value].flat()]));
}

test('a query alone, with the defaults of the service', () => {
  assert.deepEqual(parse({}), {
    query: QUERY,
    maxrec: 200,
    format: {
      format: 'votable-binary2',
      mediaType: 'application/x-votable+xml;serialization=BINARY2',
    },
    runId: null,
    engine: null,
    uploads: [],
    plan: null,
  });
});

test('all that TAP has', () => {
  const request = parse({
    REQUEST: 'doQuery',
    LANG: 'adql-2.1',
    MAXREC: '10',
    RESPONSEFORMAT: 'csv',
    RUNID: 'my run',
    ENGINE: 'PostgreSQL',
    PLAN: 'JSON',
    VERSION: '1.0',
  });
  assert.equal(request.maxrec, 10);
  assert.equal(request.format.format, 'csv');
  assert.equal(request.runId, 'my run');
  assert.equal(request.engine, 'postgresql');
  assert.equal(request.plan, 'json');
});

test('uploads: names and URIs, in one value or several', () => {
  const UPLOAD = ['mine,param:file; "My own" , https://x.example/a;b=1;', 'c,param:c'];
  assert.deepEqual(parse({ UPLOAD }).uploads, [
    { name: 'mine', uri: 'param:file' },
    { name: 'My own', uri: 'https://x.example/a;b=1' },
    { name: 'c', uri: 'param:c' },
  ]);
});

test('MAXREC is cut to what the service gives, and may be 0', () => {
  assert.equal(parse({ MAXREC: '999999999999999999999' }).maxrec, 3000);
  assert.equal(parse({ MAXREC: '0' }).maxrec, 0);
});

test('FORMAT is RESPONSEFORMAT of TAP 1.0, which counts more; Accept counts where neither is given', () => {
  assert.equal(parse({ FORMAT: 'csv' }).format.format, 'csv');
  assert.equal(parse({ FORMAT: 'csv', RESPONSEFORMAT: 'tsv' }).format.format, 'tsv');
  assert.equal(parse({ FORMAT: 'csv' }, 'application/json').format.format, 'csv');
  assert.equal(parse({}, 'application/json').format.format, 'json');
});

test('what is given again with the same value, or with none, is given once', () => {
  const request = parse({ FORMAT: ['csv', '', 'csv'], UPLOAD: ['a,param:a', 'a,param:a'] });
  assert.equal(request.format.format, 'csv');
  assert.equal(request.uploads.length, 1);
});

for (const [parameters, message] of [
  [{ QUERY: '' }, /^QUERY is missing: give a query in ADQL, such as SELECT/],
  [{ QUERY: [QUERY, `${QUERY} `, QUERY] }, /^QUERY is given 2 times: give it once\.$/],
  [{ REQUEST: 'doSomething' }, /^REQUEST "doSomething" is none of doquery, getcapabilities\.$/],
  [{ LANG: 'PQL' }, /^LANG "PQL" is none of adql, adql-2\.0, adql-2\.1\.$/],
  [{ MAXREC: '-1' }, /^MAXREC "-1" is not a whole number of rows/],
  [{ FORMAT: 'pdf' }, /^FORMAT "pdf" is not offered; ask for votable, csv/],
  [{ UPLOAD: 'mine' }, /^UPLOAD "mine" is no upload; UPLOAD is name,uri/],
  [{ UPLOAD: 'a,param:a;A,param:b' }, /^UPLOAD names two tables "A"/],
  [{ UPLOAD: 'a,ftp://x.example/a' }, /^UPLOAD "a,ftp:.*" has a URI of a kind/],
  [{ RUNID: 'x'.repeat(65) }, /^RUNID "x+…" is longer than 64 characters\.$/],
  [{ ENGINE: 'oracle' }, /^ENGINE "oracle" is none of edge, scan, duckdb, postgresql\.$/],
  [{ PLAN: 'yes' }, /^PLAN "yes" is none of text, json\.$/],
  [{ MAXREC: 'x', LANG: 'SQL' }, /^LANG "SQL" .*\. MAXREC "x" .*\.$/],
] as const) {
  test(`400: ${JSON.stringify(parameters).slice(0, 60)}`, () => {
    const asked = parameters as Record<string, string | string[]>;
    assert.throws(() => parse(asked), { name: 'RequestError', status: 400, message });
  });
}

test('TAP 1.0 asks for capabilities by a request of sync', () => {
  assert.equal(asksForCapabilities(raw({ REQUEST: 'getCapabilities' })), true);
  assert.equal(asksForCapabilities(raw({ REQUEST: 'doQuery' })), false);
  assert.equal(asksForCapabilities(raw({})), false);
});
