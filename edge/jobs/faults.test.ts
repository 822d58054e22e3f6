import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { JSON_ONLY, jobsUnderTest, QUERY } from '../../test/jobs-under-test.ts';
import { readListFilter } from './list-filter.ts';

const { app, answerWith, json, made, post, refusal, text } = jobsUnderTest();

describe('what is wrong is said', () => {
  for (const [fields, words] of [
    [{ PHASE: 'START' }, /PHASE "START" is neither RUN nor ABORT/],
    [{ PHASE: 'ABORT' }, /PHASE of a new job can be RUN/],
    [{ EXECUTIONDURATION: 'long' }, /EXECUTIONDURATION "long" is not a decimal number/],
    [{ EXECUTIONDURATION: '-5' }, /EXECUTIONDURATION "-5" is negative/],
    [{ DESTRUCTION: 'tomorrow' }, /DESTRUCTION "tomorrow" is no time such as/],
    [{ DESTRUCTION: '2026-02-30' }, /DESTRUCTION "2026-02-30" is no time/],
    [{ RUNID: 'x'.repeat(65) }, /RUNID "x+…" is longer than 64/],
    [{ WEBHOOK: 'ftp://example.org' }, /WEBHOOK "ftp:\/\/example.org" is no address such as https/],
    [{ WEBHOOK: 'http://127.0.0.1:8787/' }, /WEBHOOK "127.0.0.1" is not an address of the Internet/],
    [{ WEBHOOK: 'http://2130706433/' }, /WEBHOOK "127.0.0.1" is not an address/],
    [{ WEBHOOK: 'http://[::1]/' }, /WEBHOOK "\[::1\]" is not an address/],
    [{ WEBHOOK: 'http://169.254.169.254/latest' }, /is not an address of the Internet/],
    [{ WEBHOOK: 'http://localhost/' }, /WEBHOOK "localhost" is not an address/],
    [{ WEBHOOK: 'https://a:b@example.org/' }, /WEBHOOK "example.org" has a user or a password/],
    [{ QUERY: 'SELECT \u0001' }, /"QUERY" has a character in it that no XML document can tell/],
  ] as const) {
    test(JSON.stringify(fields).slice(0, 60), async () => {
      assert.match(await refusal(post('/tap/async', fields), 400), words);
    });
  }

  for (const [fields, words] of [
    [[], /QUERY is missing\.$/],
    [[['MAXREC', 'many']], /MAXREC "many" is not a decimal number/],
    [[['MAXREC', '-1']], /MAXREC "-1" is less than 0/],
    [[['MAXREC', '1.5']], /MAXREC "1.5" is not a whole number/],
    [[['LANG', 'PQL']], /LANG "PQL" is none of ADQL/],
    [[['RESPONSEFORMAT', 'xls']], /RESPONSEFORMAT "xls" is not offered/],
    [[['ENGINE', 'oracle']], /ENGINE "oracle" is none of/],
    [
      [
        ['QUERY', 'a'],
        ['query', 'b'],
      ],
      /QUERY is given 2 times/,
    ],
    [
      [
        ['MAXREC', 'x'],
        ['LANG', 'y'],
      ],
      /QUERY is missing.*LANG "y".*MAXREC "x"/,
    ],
  ] as [[string, string][], RegExp][]) {
    test(`a job with ${JSON.stringify(fields)} has its ERROR when it is to run`, async () => {
      const response = await post('/tap/async', [...fields, ['PHASE', 'RUN']]);
      const { pathname } = new URL(response.headers.get('location')!);
      const { phase, errorSummary } = await json(pathname);
      assert.equal(phase, 'ERROR');
      assert.match(errorSummary!.message, words);
      assert.match(
        await text(`${pathname}/error`),
        /<INFO name="QUERY_STATUS" value="ERROR">[^<]*(MAXREC|QUERY|LANG|RESPONSEFORMAT|ENGINE)/,
      );
      assert.match(await refusal(app.request(`${pathname}/results/result`), 404), words);
    });
  }

  test('what is given twice, too much, or in a body of another kind', async () => {
    const twice = post('/tap/async', [
      ['QUERY', 'a'],
      ['query', 'b'],
      ['PHASE', 'RUN'],
      ['PHASE', 'ABORT'],
    ]);
    assert.match(await refusal(twice, 400), /PHASE is given 2 times: give it once/);
    const long = 'x'.repeat(100_001);
    assert.match(await refusal(post('/tap/async', { QUERY: long }), 413), /longer than 100000 bytes/);
    const odd = app.request('/tap/async', {
      method: 'POST',
      body: '<job/>',
      headers: { 'content-type': 'text/xml' },
    });
    assert.match(await refusal(odd, 415), /The body is text\/xml: send the parameters as/);
    const form = new FormData();
    form.set('file', new File(['x'], 'x'));
    const files = await app.request('/soda/async', { method: 'POST', body: form });
    assert.match(await files.text(), /^Error: Such jobs take no files: file/);
  });

  test('what is given again with the same value is given once', async () => {
    answerWith(() => new Response('rows'));
    const fields: [string, string][] = [
      ['QUERY', QUERY],
      ['FORMAT', 'votable'],
      ['format', 'votable'],
      ['PHASE', 'RUN'],
      ['phase', 'RUN'],
    ];
    const response = await post('/tap/async', fields);
    await app.settled();
    const { phase } = await json(new URL(response.headers.get('location')!).pathname);
    assert.equal(phase, 'COMPLETED');
  });

  test('lists: PHASE, AFTER and LAST', async () => {
    assert.match(await refusal(app.request('/tap/async?PHASE=DONE'), 400), /PHASE "DONE" is none of PENDING/);
    assert.match(
      await refusal(app.request('/tap/async?LAST=-1'), 400),
      /LAST "-1" is not a whole number of jobs/,
    );
    assert.match(await refusal(app.request('/tap/async?AFTER=now'), 400), /AFTER "now" is no time/);
    assert.deepEqual(readListFilter(new Map([['PHASE', ['error', 'HELD', 'ERROR']]])).phases, [
      'ERROR',
      'HELD',
    ]);
    await text('/tap/async?PHASE=HELD&PHASE=error&AFTER=2026-01-01T00:00:00Z&LAST=3');
  });

  test('more time than possible is as much as is; 0 is all', async () => {
    for (const seconds of ['0', '99999', '1e9']) {
      const path = await made({ EXECUTIONDURATION: seconds, DESTRUCTION: '2999-01-01' });
      assert.equal(await text(`${path}/executionduration`), '1000');
      const { creationTime, destruction } = await json(path);
      const days = (Date.parse(destruction) - Date.parse(creationTime)) / 86_400_000;
      assert.ok(Math.abs(days - 30) < 0.01, `${days}`);
    }
  });

  test('phases that may not follow', async () => {
    const path = await made({ QUERY });
    await post(`${path}/phase`, { PHASE: 'ABORT' });
    assert.match(
      await refusal(post(`${path}/phase`, { PHASE: 'RUN' }), 400),
      /The job is ABORTED: PHASE=RUN is for/,
    );
    assert.match(await refusal(post(`${path}/phase`, { PHASE: 'ABORT' }), 400), /nothing to abort/);
    assert.match(await refusal(post(`${path}/parameters`, { QUERY: 'x' }), 400), /while it is PENDING/);
    assert.match(await refusal(post(`${path}/phase`, {}), 400), /PHASE is missing/);
  });

  test('methods and addresses that there are not; errors in JSON for those who ask', async () => {
    const response = await app.request('/tap/async', { method: 'PUT' });
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'GET, HEAD, POST, OPTIONS');
    const path = await made();
    assert.match(await refusal(app.request(`${path}/nothing`), 404), /There is nothing at this address/);
    const answer = await app.request('/tap/async/none', { headers: JSON_ONLY });
    assert.match(JSON.parse(await answer.text()).error, /There is no job/);
    const headers = { accept: 'application/json;q=0.5, text/xml' };
    assert.match(await refusal(app.request('/tap/async/none', { headers }), 404), /There is no job/);
  });
});
