import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { type JobsApp, type JobsAppOptions, jobsAppOver } from '../../../test/jobs-app.ts';
import { type Job, randomId } from '../job.ts';
import { isRefusal, type JobChange, type NewJob } from './types.ts';

async function appFor(t: TestContext, options: JobsAppOptions): Promise<JobsApp> {
  const app = await jobsAppOver(options);
  t.after(() => app.close());
  return app;
}

const answer = (text: string, status = 200) => new Response(text, { status });

function newJob(change: Partial<NewJob> = {}): NewJob {
  return {
    id: randomId(),
    type: 'tap',
    owner: 'me',
    client: 'me',
    root: 'http://vo.example',
    runId: null,
    executionDuration: 60,
    destruction: Date.now() + 86_400_000,
    parameters: [['QUERY', 'SELECT 1']],
    webhook: null,
    ...change,
  };
}

async function made({ queue }: JobsApp, change: Partial<NewJob> = {}): Promise<string> {
  const job = await queue.create(newJob(change));
  assert.ok(!isRefusal(job));
  return job.id;
}

async function changed({ queue }: JobsApp, id: string, change: JobChange): Promise<Job> {
  const job = await queue.change(id, change);
  assert.ok(!isRefusal(job), JSON.stringify(job));
  return job;
}

async function refused({ queue }: JobsApp, id: string, change: JobChange): Promise<string> {
  const refusal = await queue.change(id, change);
  assert.ok(isRefusal(refusal));
  return `${refusal.status} ${refusal.message}`;
}

/** Requests wait until they are let go, in the order in which they came. */
function gate() {
  const waiting: { text: string; open: (response: Response) => void }[] = [];
  return {
    waiting,
    run: async (request: Request) => {
      const text = String((await request.formData()).get('QUERY'));
      const { promise, resolve, reject } = Promise.withResolvers<Response>();
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
      waiting.push({ text, open: resolve });
      return promise;
    },
    async arrived(count: number) {
      while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('a job goes from PENDING by QUEUED and EXECUTING to COMPLETED, and its result is stored', async (t) => {
  const app = await appFor(t, {
    run: async (request) => {
      assert.equal(request.url, 'http://vo.example/job');
      assert.equal(request.headers.get('almagest-job-seconds'), '90');
      return answer(`rows of ${(await request.formData()).get('QUERY')}`);
    },
  });
  const id = await made(app);
  assert.equal((await app.queue.read(id))!.phase, 'PENDING');
  assert.equal((await changed(app, id, { phase: 'RUN' })).phase, 'EXECUTING');
  await app.settled();
  const job = (await app.queue.read(id))!;
  assert.equal(job.phase, 'COMPLETED');
  assert.ok(job.created <= job.started! && job.started! <= job.ended!);
  assert.equal(job.results[0]!.bytes, 16);
  assert.equal(await readFile(join(app.folder, job.results[0]!.key), 'utf8'), 'rows of SELECT 1');
});

test('so many jobs run at once, and clients take turns', async (t) => {
  const { run, waiting, arrived } = gate();
  const app = await appFor(t, { run, settings: { JOBS_RUNNING: '2' } });
  for (const [client, query] of ['a1', 'a2', 'a3', 'b1', 'c1'].map((query) => [query[0]!, query] as const)) {
    await changed(app, await made(app, { client, parameters: [['QUERY', query]] }), { phase: 'RUN' });
  }
  for (let at = 0; at < 5; at += 1) {
    await arrived(Math.min(at + 2, 5));
    waiting[at]!.open(answer('done'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await app.settled();
  assert.deepEqual(
    waiting.map(({ text }) => text),
    ['a1', 'a2', 'b1', 'a3', 'c1'],
  );
});

test('what fails is an ERROR with the words of its worker; what fails for another reason is tried once more', async (t) => {
  const answers = [answer('No column vmagg.', 400), answer('No database.', 503), answer('Still none.', 503)];
  const app = await appFor(t, { run: async () => answers.shift()! });
  const first = await made(app);
  await changed(app, first, { phase: 'RUN' });
  await app.settled();
  assert.deepEqual((await app.queue.read(first))!.error, { type: 'fatal', message: 'No column vmagg.' });

  const second = await made(app);
  await changed(app, second, { phase: 'RUN' });
  await app.settled();
  assert.equal((await app.queue.read(second))!.phase, 'QUEUED');
  app.sql.exec('UPDATE jobs SET due = 0 WHERE id = ?', second);
  await app.queue.tick();
  await app.settled();
  const { phase, error } = (await app.queue.read(second))!;
  assert.deepEqual([phase, error], ['ERROR', { type: 'transient', message: 'Still none.' }]);
});

test('a result that breaks off, or is too long, is none', async (t) => {
  const broken = new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode('half'));
      controller.error(new Error('Network connection lost.'));
    },
  });
  const answers = [new Response(broken), answer('x'.repeat(101))];
  const app = await appFor(t, { run: async () => answers.shift()!, settings: { JOB_RESULT_BYTES: '100' } });
  const first = await made(app);
  await changed(app, first, { phase: 'RUN' });
  await app.settled();
  assert.equal((await app.queue.read(first))!.phase, 'QUEUED');
  const second = await made(app);
  await changed(app, second, { phase: 'RUN' });
  await app.settled();
  assert.match((await app.queue.read(second))!.error!.message, /more than 100 bytes/);
  const left = await readdir(app.folder, { recursive: true });
  assert.deepEqual(
    left.filter((name) => name.includes('results')),
    [],
  );
});

test('ABORT and destruction end what runs; nothing of it is left', async (t) => {
  const { run, arrived } = gate();
  const app = await appFor(t, { run });
  const ids = [await made(app), await made(app)] as const;
  for (const id of ids) await changed(app, id, { phase: 'RUN' });
  await arrived(2);
  assert.equal((await changed(app, ids[0], { phase: 'ABORT' })).phase, 'ABORTED');
  assert.equal(await app.queue.remove(ids[1]), true);
  assert.equal(await app.queue.remove(ids[1]), false);
  await app.settled();
  assert.equal((await app.queue.read(ids[0]))!.error, null);
  assert.equal(await app.queue.read(ids[1]), null);
  assert.deepEqual(await readdir(app.folder), []);
  assert.deepEqual(app.sql.exec('SELECT * FROM doomed').toArray(), []);
});

test('a job that takes longer than its time is ABORTED, and says so', async (t) => {
  const app = await appFor(t, { run: gate().run });
  const id = await made(app, { executionDuration: 1 });
  await changed(app, id, { phase: 'RUN' });
  await app.settled();
  const { phase, error } = (await app.queue.read(id))!;
  assert.equal(phase, 'ABORTED');
  assert.match(error!.message, /longer than its executionDuration, 1 s/);
});

test('at its destruction a job goes with its results', async (t) => {
  const app = await appFor(t, { run: async () => answer('rows') });
  const id = await made(app);
  await changed(app, id, { phase: 'RUN' });
  await app.settled();
  assert.ok(existsSync(join(app.folder, id)));
  assert.equal((await changed(app, id, { destruction: Date.now() - 1 })).id, id);
  assert.equal(await app.queue.read(id), null);
  assert.ok(!existsSync(join(app.folder, id)));
});

test('jobs that ran when the service was stopped begin once more, and not a third time', async (t) => {
  const { run, arrived, waiting } = gate();
  const app = await appFor(t, { run });
  const id = await made(app);
  await changed(app, id, { phase: 'RUN' });
  await arrived(1);
  app.restart();
  assert.equal((await app.queue.read(id))!.phase, 'QUEUED');
  await app.queue.tick();
  await arrived(2);
  assert.equal((await app.queue.read(id))!.phase, 'EXECUTING');
  // The attempt of the queue that is gone has no say any more.
  waiting[0]!.open(answer('too late'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await app.queue.read(id))!.phase, 'EXECUTING');
  app.restart();
  const { phase, error } = (await app.queue.read(id))!;
  assert.deepEqual([phase, error!.type], ['ERROR', 'transient']);
  assert.match(error!.message, /stopped while the job ran/);
  waiting[1]!.open(answer('too late'));
  await app.settled();
  assert.equal((await app.queue.read(id))!.phase, 'ERROR');
});

test('phases that may not follow are refused, and so are changes of what has begun', async (t) => {
  const app = await appFor(t, { run: async () => answer('rows') });
  const id = await made(app, { parameters: [] });
  await changed(app, id, { parameters: [['QUERY', 'SELECT 2']], executionDuration: 5, runId: 'mine' });
  await changed(app, id, { phase: 'RUN' });
  await app.settled();
  assert.match(await refused(app, id, { phase: 'RUN' }), /^400 The job is COMPLETED: PHASE=RUN is for/);
  assert.match(await refused(app, id, { phase: 'ABORT' }), /^400 The job is COMPLETED: there is nothing/);
  assert.match(
    await refused(app, id, { parameters: [['QUERY', 'x']] }),
    /^400 The job is COMPLETED: its parameters/,
  );
  assert.match(await refused(app, id, { executionDuration: 7 }), /^400/);
  assert.match(
    await refused(app, id, { webhook: 'https://example.org' }),
    /^400 The job is COMPLETED: there will be no note/,
  );
  assert.match(await refused(app, randomId(), { phase: 'RUN' }), /^404 There is no job/);
});

test('the queue has its limits', async (t) => {
  const { run } = gate();
  const app = await appFor(t, { run, settings: { JOBS_RUNNING: '1', JOBS_QUEUED: '1', JOBS_KEPT: '3' } });
  await changed(app, await made(app), { phase: 'RUN' });
  await changed(app, await made(app), { phase: 'RUN' });
  const third = await made(app);
  assert.match(await refused(app, third, { phase: 'RUN' }), /^503 1 jobs wait already/);
  const fourth = await app.queue.create(newJob());
  assert.ok(isRefusal(fourth) && fourth.status === 503);
});

test('results of all jobs together have a limit, which deleting makes room in', async (t) => {
  const app = await appFor(t, { run: async () => answer('x'.repeat(60)), settings: { JOBS_BYTES: '100' } });
  const [first, second] = [await made(app), await made(app)] as const;
  for (const id of [first, second]) {
    await changed(app, id, { phase: 'RUN' });
    await app.settled();
  }
  assert.equal((await app.queue.read(first))!.phase, 'COMPLETED');
  assert.match((await app.queue.read(second))!.error!.message, /has more than \d\d bytes/);
  await made(app, { parameters: [['QUERY', 'y'.repeat(30)]] });
  const refused = await app.queue.create(newJob());
  assert.ok(isRefusal(refused) && refused.status === 503);
  await app.queue.remove(first);
  await made(app);
});

test('who waits hears of a change of phase at once, and of nothing when the time is over', async (t) => {
  const app = await appFor(t, { run: gate().run });
  const id = await made(app);
  const waiting = app.queue.changed(id, 0, 60_000);
  await changed(app, id, { phase: 'ABORT' });
  assert.equal((await waiting)!.phase, 'ABORTED');
  assert.equal((await app.queue.changed(id, 1, 10))!.phase, 'ABORTED');
  const destroyed = app.queue.changed(id, 1, 60_000);
  await app.queue.remove(id);
  assert.equal(await destroyed, null);
});

test('ten thousand jobs are listed by phase, age and number, in the order of their creation', async (t) => {
  const app = await appFor(t, { run: gate().run });
  await made(app, { owner: 'somebody else' });
  const first = await made(app);
  const own = ['id', 'run_id', 'created', 'phase'];
  const [row] = app.sql.exec('SELECT * FROM jobs WHERE id = ?', first).toArray();
  const others = Object.keys(row!).filter((name) => !own.includes(name));
  app.sql.exec(
    `WITH RECURSIVE numbers (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM numbers WHERE n < 9999)
     INSERT INTO jobs (${[...own, ...others].join(', ')})
     SELECT 'id' || n, n, n, CASE WHEN n % 2 THEN 'COMPLETED' ELSE 'ERROR' END, ${others.join(', ')}
     FROM numbers, (SELECT * FROM jobs WHERE id = ?)`,
    first,
  );
  await app.queue.remove(first);
  const list = async (filter: object) =>
    (await app.queue.list('tap', 'me', { phases: null, after: null, last: null, ...filter })).map(
      ({ runId }) => Number(runId),
    );
  const all = await list({});
  assert.equal(all.length, 10_000);
  assert.ok(all.every((runId, at) => runId === at));
  assert.deepEqual(await list({ last: 2 }), [9998, 9999]);
  assert.deepEqual(await list({ last: 0 }), []);
  assert.deepEqual(await list({ after: 9997 }), [9998, 9999]);
  assert.deepEqual(await list({ phases: ['ERROR'], after: 9990, last: 3 }), [9994, 9996, 9998]);
  assert.equal((await list({ phases: ['ERROR', 'COMPLETED'] })).length, 10_000);
  assert.deepEqual(await list({ phases: ['ARCHIVED'] }), []);
  assert.deepEqual(await app.queue.list('soda', 'me', { phases: null, after: null, last: null }), []);
});

test('the note at the end is sent, and sent again where it did not arrive', async (t) => {
  const faults: (string | null)[] = ['The address answered 500.', null];
  const app = await appFor(t, { run: async () => answer('rows'), notify: async () => faults.shift()! });
  const id = await made(app, { webhook: 'https://example.org/done' });
  assert.deepEqual((await app.queue.read(id))!.notification, { state: 'waiting', reason: null });
  await changed(app, id, { phase: 'RUN' });
  await app.settled();
  const { notification } = (await app.queue.read(id))!;
  assert.deepEqual(notification, { state: 'waiting', reason: 'The address answered 500.' });
  await app.queue.tick();
  assert.equal(faults.length, 1, 'it is not sent before its time');
  app.sql.exec('UPDATE jobs SET webhook_due = 0');
  await app.queue.tick();
  await app.settled();
  assert.deepEqual((await app.queue.read(id))!.notification, { state: 'sent', reason: null });
});
