import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, beforeEach } from 'node:test';
import type { R2Bucket } from '@cloudflare/workers-types';
import { createTestHarness, unstable_readConfig } from 'wrangler';
import { quietEnvironment } from '../../cli/service/wrangler.ts';
import type { ExportReport } from '../../engine/catalog/reports.ts';

const config = join(import.meta.dirname, 'wrangler.toml');
const { name, main, compatibility_date, compatibility_flags, r2_buckets, triggers, vars } =
  unstable_readConfig({ config });
const EXPORT_CRON = '30 1 * * *';
const CHECK_CRON = '0 6 * * *';
const TOKEN = 'ghp_0123456789abcdef';
const MORNING = new Date('2026-11-21T06:00:00Z');

interface Received {
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let answer = { status: 204, body: '' };
const received: Received[] = [];
const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  received.push({ path: request.url, method: request.method, headers: request.headers, body });
  response.writeHead(answer.status).end(answer.body);
});
let folder: string;
let harness: ReturnType<typeof createTestHarness>;
let worker: ReturnType<typeof harness.getWorker<{ BUCKET: R2Bucket }>>;

before(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'almagest-schedule-'));
  Object.assign(process.env, quietEnvironment(folder));
  harness = createTestHarness({
    workers: [
      {
        config: {
          name: name!,
          main: main!,
          compatibility_date: compatibility_date!,
          compatibility_flags,
          r2_buckets,
          triggers,
          vars: {
            ...vars,
            EXPORT_URL: `${address}/repos/survey/exports/dispatches`,
            EXPORT_AUTHORIZATION: `Bearer ${TOKEN}`,
            ALERT_URL: `${address}/alerts`,
          },
        },
      },
    ],
  });
  await harness.listen();
  worker = harness.getWorker();
});
after(async () => {
  await harness.close();
  receiver.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  received.length = 0;
  harness.clearLogs();
  const { BUCKET } = await worker.getEnv();
  await BUCKET.delete((await BUCKET.list()).objects.map(({ key }) => key));
});

/** What became of a cron event, and what the worker has printed. */
async function cron(cron: string): Promise<{ outcome: string; printed: string }> {
  const { outcome } = await worker.scheduled({ cron, scheduledTime: MORNING });
  const printed = harness
    .getLogs()
    .map((entry) => entry.message)
    .join('\n');
  return { outcome, printed };
}

async function keepReports(catalog: string, ...reports: Partial<ExportReport>[]): Promise<void> {
  const { BUCKET } = await worker.getEnv();
  const whole = reports.map(
    (report): ExportReport => ({
      release: null,
      started: '2026-11-21T01:30:04.000Z',
      seconds: 8,
      rows: 10,
      bytes: 1000,
      partitions: { written: 1, copied: 3 },
      outcome: report.release ? 'released' : 'unchanged',
      ...report,
    }),
  );
  await BUCKET.put(`${catalog}/reports.json`, JSON.stringify({ version: 1, reports: whole }));
  await BUCKET.put(`${catalog}/latest.json`, '{"release":"2026-11-20"}');
}

test('each cron of the configuration is that of a task', () => {
  assert.deepEqual(triggers.crons, [vars.EXPORT_CRON, vars.CHECK_CRON]);
  assert.deepEqual(triggers.crons, [EXPORT_CRON, CHECK_CRON]);
  assert.doesNotMatch(readFileSync(config, 'utf8'), /^EXPORT_AUTHORIZATION/m);
});

test('at night the export is started by a POST', async () => {
  answer = { status: 204, body: '' };
  const { outcome, printed } = await cron(EXPORT_CRON);
  assert.equal(outcome, 'ok', printed);
  assert.equal(received.length, 1);
  const [{ method, path, headers, body }] = received as [Received];
  assert.deepEqual([method, path], ['POST', '/repos/survey/exports/dispatches']);
  assert.equal(headers.authorization, `Bearer ${TOKEN}`);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['user-agent'], 'Almagest');
  assert.deepEqual(JSON.parse(body), { ref: 'main' });
  assert.match(printed, /^The nightly export was started: 127\.0\.0\.1:\d+ has accepted it$/m);
});

test('an export that could not be started is a failed event, and an alert, without the secret', async () => {
  answer = { status: 401, body: `${'Bad credentials '.repeat(18)}${TOKEN}, ${TOKEN}` };
  const { outcome, printed } = await cron(EXPORT_CRON);
  assert.equal(outcome, 'exception');
  assert.match(
    printed,
    /could not be started: EXPORT_URL \(127\.0\.0\.1:\d+\) answered 401: Bad credentials/,
  );
  assert.match(printed, /Mend EXPORT_URL, EXPORT_AUTHORIZATION or EXPORT_BODY/);
  assert.doesNotMatch(printed, /ghp_/);
  assert.deepEqual(
    received.map(({ path }) => path),
    ['/repos/survey/exports/dispatches', '/alerts'],
    'what is refused is not tried again',
  );
  const [, { body, headers }] = received as [Received, Received];
  assert.match(JSON.parse(body).text, /^Almagest: the nightly export could not be started/);
  assert.doesNotMatch(body, /ghp_/);
  assert.equal(headers.authorization, undefined);
  assert.match(printed, /Nobody was alerted: ALERT_URL .* answered 401/);
});

test('in the morning every catalogue has been exported', async () => {
  await keepReports('survey.stars', { release: '2026-11-21' }, { outcome: 'failed' });
  await keepReports('survey.galaxies', {});
  const { BUCKET } = await worker.getEnv();
  await BUCKET.put('images/files/plates/m13.fits', 'no catalogue');
  const { outcome, printed } = await cron(CHECK_CRON);
  assert.equal(outcome, 'ok', printed);
  assert.match(printed, /survey\.galaxies: the export of 2026-11-21 01:30 UTC found no change\n/);
  assert.match(printed, /survey\.stars: the export of 2026-11-21 01:30 UTC made 2026-11-21$/m);
  assert.equal(received.length, 0);
});

test('a failed, a missing and a damaged report are a failed event that says what to do', async () => {
  answer = { status: 200, body: 'ok' };
  await keepReports('survey.stars', { outcome: 'failed', message: 'the disk is full' });
  await keepReports('survey.late', { release: '2026-11-20', started: '2026-11-20T01:30:00Z' });
  await keepReports('survey.fine', {});
  const { BUCKET } = await worker.getEnv();
  await BUCKET.put('survey.never/latest.json', '{"release":"2026-11-20"}');
  await BUCKET.put('survey.broken/reports.json', '{"version":1');
  const { outcome, printed } = await cron(CHECK_CRON);
  assert.equal(outcome, 'exception');
  for (const line of [
    'survey.broken: survey.broken/reports.json is damaged: is not JSON',
    'survey.late: no export that began after 2026-11-21 01:00 UTC has ended; the last one, of 2026-11-20 01:30 UTC, made 2026-11-20',
    'survey.never: no export was ever reported',
    'survey.stars: the export of 2026-11-21 01:30 UTC failed: the disk is full',
  ]) {
    assert.ok(printed.includes(`${line}\n`), `${line}\nin\n${printed}`);
  }
  assert.doesNotMatch(printed, /survey\.fine/);
  assert.match(printed, /run "almagest export"/);
  assert.match(JSON.parse(received[0]!.body).text, /survey\.stars: .* failed: the disk is full/);
});

test('a bucket without a catalogue, and a cron that nobody knows, are failed events', async () => {
  const empty = await cron(CHECK_CRON);
  assert.equal(empty.outcome, 'exception');
  assert.match(empty.printed, /no catalogue is in the bucket/);
  const unknown = await cron('0 0 1 1 *');
  assert.equal(unknown.outcome, 'exception');
  assert.match(unknown.printed, /nothing is to be done at "0 0 1 1 \*"/);
});
