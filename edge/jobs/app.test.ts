import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { jobsUnderTest, QUERY } from '../../test/jobs-under-test.ts';
import { randomId } from './job.ts';

const { app, answerWith, json, made, post, refusal, requests, text } = jobsUnderTest();

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
    answerWith(
      () =>
        new Response('a,b\r\n1,2\r\n', {
          headers: { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="result.csv"' },
        }),
    );
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
    answerWith(() => new Response('rows'));
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
    answerWith(() => new Response('rows'));
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
