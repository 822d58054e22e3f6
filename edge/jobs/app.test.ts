import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before, beforeEach, describe } from 'node:test';
import { type Schema, Validator } from '@cfworker/json-schema';
import { documentOfXml, listOfXml } from '../../test/job-xml.ts';
import { type JobsApp, jobsAppOver } from '../../test/jobs-app.ts';
import type { JobDocument } from './documents/job-document.ts';
import { randomId } from './job.ts';
import { readListFilter } from './list-filter.ts';

const JSON_ONLY = { accept: 'application/json' };
const QUERY = 'SELECT *\nFROM a.b WHERE x < 3 AND "y" <> \'ö\t&\'';

let app: JobsApp;
/** Answers to the requests of jobs; none: they wait to be aborted. */
let answers: (() => Response)[] = [];
const requests: { path: string; form: FormData }[] = [];

before(async () => {
  app = await jobsAppOver({
    run: async (request) => {
      requests.push({ path: new URL(request.url).pathname, form: await request.formData() });
      const answer = answers.shift();
      if (answer !== undefined) return answer();
      const { promise, reject } = Promise.withResolvers<Response>();
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
      return promise;
    },
    settings: {
      JOB_BODY_BYTES: '100000',
      JOB_WAIT_SECONDS: '5',
      JOB_SECONDS: '1000',
      JOB_DEFAULT_SECONDS: '600',
      TAP_JOB_DEFAULT_RECORDS: '500',
      TAP_JOB_MAX_RECORDS: '10000000',
    },
  });
});
after(() => app.close());
beforeEach(() => {
  answers = [];
  requests.length = 0;
});

const post = (path: string, fields: Record<string, string> | [string, string][] = {}, headers = {}) =>
  app.request(path, { method: 'POST', body: new URLSearchParams(fields), headers });

/** Makes a job and gives its path. */
async function made(fields: Record<string, string> = {}, list = '/tap/async'): Promise<string> {
  const response = await post(list, fields);
  assert.equal(response.status, 303, await response.text());
  return new URL(response.headers.get('location')!).pathname;
}

async function text(path: string, headers = {}): Promise<string> {
  const response = await app.request(path, { headers });
  assert.equal(response.status, 200, path);
  return response.text();
}

async function json(path: string): Promise<JobDocument> {
  return JSON.parse(await text(path, JSON_ONLY));
}

/** The message of an error document. */
async function refusal(answer: Promise<Response>, status: number): Promise<string> {
  const response = await answer;
  const body = await response.text();
  assert.equal(response.status, status, body);
  assert.equal(response.headers.get('content-type'), 'application/x-votable+xml');
  return /<INFO name="QUERY_STATUS" value="ERROR">([^<]*)</.exec(body)![1]!.replaceAll('&quot;', '"');
}

describe('documents', () => {
  let validator: Validator;
  before(async () => {
    const schema = JSON.parse(await text('/tap/async/schema.json')) as Schema;
    assert.equal(schema.$id, 'http://vo.example/tap/async/schema.json');
    validator = new Validator(schema, '2020-12');
  });

  const valid = (document: unknown) => {
    const { errors } = validator.validate(document);
    assert.deepEqual(errors, [], JSON.stringify(document));
  };

  const jobs: [string, () => Promise<string>][] = [
    ['that waits', () => made({ QUERY, RUNID: '<run> & "1"' })],
    ['that has nothing yet', () => made()],
    [
      'that is done',
      async () => {
        answers = [() => new Response('rows', { headers: { 'content-type': 'text/csv;header=present' } })];
        return made({ QUERY, PHASE: 'RUN', WEBHOOK: 'https://example.org/x' });
      },
    ],
    [
      'that failed',
      async () => {
        answers = [() => new Response('No <column> "x" & none like it.', { status: 400 })];
        return made({ QUERY, PHASE: 'RUN' });
      },
    ],
    [
      'of cutouts',
      async () => {
        answers = [() => new Response('one'), () => new Response('two')];
        const body = new URLSearchParams([
          ['ID', 'ivo://a/b?c'],
          ['CIRCLE', '1 2 0.1'],
          ['CIRCLE', '3 4 0.1'],
          ['PHASE', 'RUN'],
        ]);
        const response = await app.request('/soda/async', { method: 'POST', body });
        return new URL(response.headers.get('location')!).pathname;
      },
    ],
  ];
  for (const [what, make] of jobs) {
    test(`a job ${what} is the same in XML and JSON, which the schema knows`, async () => {
      const path = await make();
      await app.settled();
      const document = await json(path);
      valid(document);
      assert.deepEqual(documentOfXml(await text(path)), document);
      assert.deepEqual(documentOfXml(await text(`${path}?RESPONSEFORMAT=xml`, JSON_ONLY)), document);
      const parts = await Promise.all(['parameters', 'results'].map((part) => json(`${path}/${part}`)));
      for (const part of parts) valid(part);
      assert.deepEqual(Object.assign({}, ...parts), {
        parameters: document.parameters,
        results: document.results,
      });
    });
  }

  test('so is a list', async () => {
    const made = await post('/tap/async', { RUNID: 'a' });
    const cookie = made.headers.get('set-cookie')!.split(';', 1)[0]!;
    await post('/tap/async', { QUERY }, { cookie });
    const list = JSON.parse(await text('/tap/async', { ...JSON_ONLY, cookie }));
    valid(list);
    assert.equal(list.jobs.length, 2);
    assert.deepEqual(listOfXml(await text('/tap/async', { cookie })), list);
  });

  test('errors in JSON are known to the schema', async () => {
    for (const path of ['/tap/async/none', '/soda/async?LAST=x']) {
      const document = JSON.parse(await (await app.request(path, { headers: JSON_ONLY })).text());
      assert.match(document.error, /There is no job|LAST "x"/);
      valid(document);
    }
  });

  test('the schema knows what is wrong', () => {
    assert.ok(!validator.validate({ version: '1.1', jobs: [{ id: 'x' }] }).valid);
    assert.ok(!validator.validate({ version: '1.1', jobs: [], more: 1 }).valid);
  });

  test('each type describes its parameters and limits', async () => {
    const tap = JSON.parse(await text('/tap/async/description.json'));
    const query = tap.parameters.find(({ name }: { name: string }) => name === 'QUERY');
    assert.deepEqual([query.type, query.required, query.repeatable], ['text', true, false]);
    assert.deepEqual(tap.limits.executionDuration, { default: 600, maximum: 1000, unit: 's' });
    const named = Object.fromEntries(tap.parameters.map((one: { name: string }) => [one.name, one]));
    const { minimum, default: usual, maximum } = named.MAXREC;
    assert.deepEqual([minimum, usual, maximum], [0, 500, 10_000_000]);
    assert.ok(
      ['parquet', 'text/csv;charset=utf-8;header=present'].every((format) =>
        named.FORMAT.values.includes(format),
      ),
    );
    assert.equal(tap.jobs, 'http://vo.example/tap/async');
    const soda = JSON.parse(await text('/soda/async/description.json'));
    assert.ok(soda.parameters.some(({ name }: { name: string }) => name === 'CIRCLE'));
  });
});

describe('the life of a job', () => {
  test('its parts have addresses of their own', async () => {
    const path = await made({ QUERY });
    assert.equal(await text(`${path}/phase`), 'PENDING');
    assert.equal(await text(`${path}/executionduration`), '600');
    assert.equal(await text(`${path}/quote`), '');
    assert.equal(await text(`${path}/owner`), '');
    assert.match(await text(`${path}/destruction`), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.match(await refusal(app.request(`${path}/error`), 404), /is PENDING and has no error/);
    assert.match(
      await refusal(app.request(`${path}/results/result`), 404),
      /no result "result"; it has none/,
    );
  });

  test('it is set up, run, and its result read, whole and in part', async () => {
    answers = [
      () =>
        new Response('a,b\r\n1,2\r\n', {
          headers: { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="result.csv"' },
        }),
    ];
    const path = await made();
    for (const [part, fields] of [
      ['/parameters', { query: QUERY, lang: 'ADQL' }],
      ['', { RUNID: 'mine', maxrec: '5' }],
      ['/executionduration', { EXECUTIONDURATION: '7' }],
      ['/destruction', { DESTRUCTION: '2027-01-01T00:00:00' }],
      ['/phase', { PHASE: 'RUN' }],
    ] as const) {
      const response = await post(path + part, fields);
      assert.deepEqual(
        [response.status, response.headers.get('location')],
        [303, `http://vo.example${path}`],
      );
    }
    await app.settled();
    const [request] = requests;
    assert.equal(request!.path, '/job');
    assert.deepEqual(Object.fromEntries(request!.form), { QUERY, LANG: 'ADQL', MAXREC: '5', RUNID: 'mine' });
    const { phase, executionDuration, results } = await json(path);
    assert.deepEqual([phase, executionDuration], ['COMPLETED', 7]);
    const { pathname } = new URL(results[0]!.href);
    assert.equal(pathname, `${path}/results/result`);
    const whole = await app.request(pathname);
    assert.equal(await whole.text(), 'a,b\r\n1,2\r\n');
    assert.equal(whole.headers.get('content-type'), 'text/csv');
    assert.equal(whole.headers.get('content-disposition'), 'attachment; filename="result.csv"');
    const part = await app.request(pathname, { headers: { range: 'bytes=5-7' } });
    assert.deepEqual([part.status, await part.text()], [206, '1,2']);
  });

  test('files of its form go along when it runs, and are replaced by their names', async () => {
    answers = [() => new Response('rows')];
    const form = new FormData();
    form.set('UPLOAD', 'mine,param:Table');
    form.set('Table', new File(['old'], 'old.csv'));
    form.set('Other', new File(['kept'], 'kept.csv', { type: 'text/csv' }));
    const response = await app.request('/tap/async', { method: 'POST', body: form });
    const { pathname } = new URL(response.headers.get('location')!);
    const again = new FormData();
    again.set('Table', new File(['new'], 'new.csv'));
    await app.request(`${pathname}/parameters`, { method: 'POST', body: again });
    const more = new FormData();
    more.set('More', new File(['more'], 'more.csv'));
    await app.request(`${pathname}/parameters`, { method: 'POST', body: more });
    await post(pathname, { QUERY, PHASE: 'RUN' });
    await app.settled();
    const files = ['Table', 'Other', 'More'].map((field) => requests[0]!.form.get(field) as File);
    assert.deepEqual(await Promise.all(files.map((file) => file.text())), ['new', 'kept', 'more']);
    const kept = await readdir(join(app.folder, pathname.split('/').at(-1)!, 'files'));
    assert.equal(kept.length, 3, 'the replaced one is gone');
    assert.deepEqual([files[1]!.name, files[1]!.type], ['kept.csv', 'text/csv']);
  });

  test('its files have as much together as a request may have, and those that are refused are not kept', async () => {
    const path = await made();
    const posted = (field: string) => {
      const form = new FormData();
      form.set(field, new File(['x'.repeat(60_000)], 'x.csv'));
      return app.request(`${path}/parameters`, { method: 'POST', body: form });
    };
    assert.equal((await posted('a')).status, 303);
    assert.equal((await posted('a')).status, 303);
    assert.match(
      await refusal(posted('b'), 413),
      /parameters and files of the job have more than 100000 bytes/,
    );
    await app.queue.tick();
    const kept = await readdir(join(app.folder, path.split('/').at(-1)!, 'files'));
    assert.equal(kept.length, 1);
  });

  test('a form that fails leaves neither its job nor its files', async () => {
    const before = (await readdir(app.folder)).sort();
    const head = (name: string, more = '') =>
      `--xyz\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
    const file = `${head('file', '; filename="a.csv"')}${'x'.repeat(50_000)}\r\n`;
    const sent = (body: string | ReadableStream, length?: number) =>
      app.request('/tap/async', {
        method: 'POST',
        body,
        headers: {
          'content-type': 'multipart/form-data; boundary=xyz',
          ...(length !== undefined && { 'content-length': String(length) }),
        },
        duplex: 'half',
      } as RequestInit);
    const failing = (text: string) =>
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
        pull: (controller) => controller.error(new Error('Network connection lost.')),
      });
    const cases: [Promise<Response>, number, RegExp][] = [
      [
        sent(failing(`${file}${head('more', '; filename="b.csv"')}y`)),
        400,
        /The body of the request broke off/,
      ],
      [sent(`${file}${head('more', '; filename="b.csv"')}y`), 400, /it ends before its last boundary/],
      [sent(`${file}${file}${file}--xyz--`), 413, /The body is longer than 100000 bytes/],
      [sent('', 100_001), 413, /The body is longer than 100000 bytes/],
      [sent('', 10_000_000_000), 413, /The body is longer than 100000 bytes/],
      [sent(`${file}${head('PHASE')}ABORT\r\n--xyz--`), 400, /PHASE of a new job can be RUN, not ABORT/],
      [sent(`${head('a')}\r\n`.repeat(1001)), 400, /The form has more than 1000 fields and files/],
      [sent(`${file}--xyz`.replace('form-data', 'attachment')), 400, /part 1 has no name/],
    ];
    for (const [answer, status, message] of cases) assert.match(await refusal(answer, status), message);
    await app.queue.tick();
    assert.deepEqual((await readdir(app.folder)).sort(), before);
    assert.equal(app.sql.exec("SELECT id FROM jobs WHERE files LIKE '%a.csv%'").toArray().length, 0);
  });

  test('a job that runs takes no files, and one takes a hundred', async () => {
    const path = await made();
    const posted = (count: number) => {
      const form = new FormData();
      for (let at = 0; at < count; at++) form.append(`f${at}`, new File(['x'], 'x.csv'));
      return app.request(`${path}/parameters`, { method: 'POST', body: form });
    };
    assert.match(await refusal(posted(101), 413), /more than 100 files/);
    assert.equal((await posted(100)).status, 303);
    await post(`${path}/phase`, { PHASE: 'ABORT' });
    assert.match(
      await refusal(posted(1), 400),
      /The job is ABORTED: its parameters and its time can be changed/,
    );
    await app.queue.tick();
    const kept = await readdir(join(app.folder, path.split('/').at(-1)!, 'files'));
    assert.equal(kept.length, 100);
  });

  test('it can be made from JSON', async () => {
    answers = [() => new Response('rows')];
    const body = JSON.stringify({ query: QUERY, MAXREC: 3, PHASE: 'RUN' });
    const headers = { 'content-type': 'application/json' };
    const response = await app.request('/tap/async', { method: 'POST', body, headers });
    assert.equal(response.status, 303);
    await app.settled();
    assert.deepEqual(Object.fromEntries(requests[0]!.form), { QUERY, MAXREC: '3' });
    for (const wrong of ['[]', '{"a": {}}', '{', 'null', '{"QUERY": true}']) {
      const answer = app.request('/tap/async', { method: 'POST', body: wrong, headers });
      assert.match(await refusal(answer, 400), /not a JSON object of parameters such as/);
    }
  });

  test('DELETE and ACTION=DELETE destroy it, and lead to a list of nothing', async () => {
    for (const destroy of [
      (path: string) => app.request(path, { method: 'DELETE' }),
      (path: string) => post(path, { action: 'delete' }),
    ]) {
      const path = await made({ QUERY });
      const response = await destroy(path);
      assert.equal(response.status, 303);
      assert.equal(response.headers.get('location'), 'http://vo.example/tap/async?LAST=0');
      assert.match(await refusal(app.request(path), 404), /There is no job/);
    }
    assert.doesNotMatch(await text('/tap/async?LAST=0'), /jobref/);
    assert.match(await refusal(post(await made(), { ACTION: 'BURN' }), 400), /ACTION "BURN" is not DELETE/);
  });

  test('WAIT is over as soon as the phase changes, or is another than PHASE', async () => {
    const path = await made({ QUERY });
    const waiting = text(`${path}?WAIT=-1`);
    await post(`${path}/phase`, { PHASE: 'ABORT' });
    assert.match(await waiting, /<uws:phase>ABORTED</);
    assert.equal(await text(`${path}/phase?WAIT=100`), 'ABORTED');
    const other = await made({ QUERY });
    assert.equal(await text(`${other}/phase?WAIT=100&PHASE=QUEUED`), 'PENDING');
    assert.match(await refusal(app.request(`${other}?WAIT=soon`), 400), /WAIT "soon" is not a whole number/);
  });

  test('events tell every phase', async () => {
    const path = await made({ QUERY });
    const response = await app.request(path, { headers: { accept: 'text/event-stream' } });
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    await post(`${path}/phase`, { PHASE: 'RUN' });
    await post(`${path}/phase`, { PHASE: 'ABORT' });
    const events = (await response.text()).split('\n\n').filter((event) => event !== '');
    const phases = events.map((event) => JSON.parse(/^data: (.*)$/m.exec(event)![1]!).phase);
    assert.deepEqual([phases[0], phases.at(-1)], ['PENDING', 'ABORTED']);
    assert.ok(events.every((event) => event.startsWith('event: phase\n')));
    assert.match(await text(`${path}/events`), /"phase":"ABORTED"/);
    const last = /^id: (\d+)$/m.exec(events.at(-1)!)![1]!;
    const again = await app.request(`${path}/events`, { headers: { 'last-event-id': last } });
    assert.equal(again.status, 204);
  });
});

describe('sessions', () => {
  test('a list has the jobs of who asks, and no others', async () => {
    const made = await post('/tap/async', { QUERY });
    const setCookie = made.headers.get('set-cookie')!;
    assert.match(setCookie, /^almagest_session=[a-z2-9]{26}; .*HttpOnly; SameSite=Lax$/);
    const cookie = setCookie.split(';', 1)[0]!;
    const { pathname } = new URL(made.headers.get('location')!);
    assert.ok((await text('/tap/async', { cookie })).includes(pathname));
    assert.ok(!(await text('/soda/async', { cookie })).includes(pathname));
    assert.doesNotMatch(await text('/tap/async'), /jobref/);
    assert.doesNotMatch(await text('/tap/async', { cookie: `almagest_session=${randomId()}` }), /jobref/);
    assert.doesNotMatch(await text('/tap/async', { cookie: "almagest_session=' OR 1=1" }), /jobref/);
  });

  test('an id is known to those who were told it: others find nothing', async () => {
    const path = await made({ QUERY });
    for (const id of [randomId(), '1', '..%2f..', `${path.split('/').at(-1)}x`, "x' OR '1'='1"]) {
      assert.match(await refusal(app.request(`/tap/async/${id}`), 404), /There is no job/);
      assert.match(await refusal(post(`/tap/async/${id}/phase`, { PHASE: 'RUN' }), 404), /There is no job/);
      await refusal(app.request(`/tap/async/${id}`, { method: 'DELETE' }), 404);
    }
    const response = await app.request(path.replace('tap', 'soda'));
    assert.equal(response.status, 404);
    assert.match(await response.text(), /^Error: There is no job/);
  });
});

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
    answers = [() => new Response('rows')];
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
