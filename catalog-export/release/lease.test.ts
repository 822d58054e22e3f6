import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { folderStorage } from '../../engine/storage/folder.ts';
import { MACHINE } from '../../engine/storage/machine.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { type LeaseOptions, withLease } from './lease.ts';
import { putJson } from './put-json.ts';

const catalog = 'survey.stars';
const times = { lifetime: 1000, renewal: 100 };

let folder: string;
let storage: Storage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almagest-lease-'));
  storage = folderStorage(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = (more: Partial<LeaseOptions> = {}): LeaseOptions => ({
  storage,
  catalog,
  purpose: 'export',
  times,
  ...more,
});

/** A claim of somebody else. */
const claim = (more: object = {}) => ({
  purpose: 'export',
  state: 'held',
  host: 'elsewhere',
  machine: 'another machine',
  process: 17,
  since: '2026-11-21T01:00:00.000Z',
  expires: new Date(Date.now() + 500).toISOString(),
  beat: 1,
  ...more,
});
const OTHER = `${catalog}/lease-0123`;

test('one at a time has the lease, and gives it back', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = withLease(options(), async (lease) => {
    await lease.check();
    resolve();
    await delay(300);
    await lease.check();
  });
  await promise;
  await assert.rejects(
    withLease(options(), async () => assert.fail('not while the first one has it')),
    /another export of survey\.stars is running \(process \d+ on .*, since 20.*\): wait until it has ended, or stop it/,
  );
  await assert.rejects(
    withLease(options({ purpose: 'gc' }), async () => {}),
    /the export of survey\.stars is running/,
  );
  assert.equal(await withLease(options({ catalog: 'survey.galaxies' }), async () => 7), 7, 'others are free');
  await first;
  assert.equal(await withLease(options(), async () => 8), 8);
  assert.deepEqual(await storage.list(catalog), []);
});

test('of many that come at once one at a time has it, and somebody does', async () => {
  let holders = 0;
  let most = 0;
  let done = 0;
  const attempts = Array.from({ length: 12 }, async () =>
    withLease(options(), async (lease) => {
      holders += 1;
      most = Math.max(most, holders);
      await delay(50);
      await lease.check();
      holders -= 1;
      done += 1;
    }).catch((error: Error) => assert.match(error.message, /another export of survey\.stars is running/)),
  );
  await Promise.all(attempts);
  assert.equal(most, 1);
  assert.ok(done >= 1);
  assert.deepEqual(await storage.list(catalog), [], 'nobody left a claim');
});

test('a task that fails gives it back', async () => {
  await assert.rejects(
    withLease(options(), async () => Promise.reject(new Error('no space left'))),
    /no space left/,
  );
  assert.deepEqual(await storage.list(catalog), []);
});

test('a process of this machine that is gone has lost it at once', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  await putJson(storage, OTHER, claim({ machine: MACHINE, process: pid }));
  assert.equal(await withLease(options(), async () => storage.size(OTHER)), null, 'its claim is removed');
});

test('one that could not be given back does not stand in the way of the process that had it', async () => {
  const stuck = { ...storage, remove: () => Promise.reject(new Error('no route')) };
  assert.equal(await withLease(options({ storage: stuck }), async () => 5), 5);
  assert.equal((await storage.list(catalog)).length, 1);
  assert.equal(await withLease(options(), async () => 6), 6);
  assert.deepEqual(await storage.list(catalog), []);
});

test('another machine has it until its time is over, however the task there ended', async () => {
  await putJson(storage, OTHER, claim());
  await assert.rejects(
    withLease(options(), async () => {}),
    /process 17 on elsewhere, .*one that was killed counts until 20/,
  );
  assert.notEqual(await storage.size(OTHER), null);
  await delay(600);
  assert.equal(await withLease(options(), async () => 9), 9);
  assert.deepEqual(await storage.list(catalog), []);
});

for (const [clock, expires] of [
  ['behind', '2001-01-01T00:00:00.000Z'],
  ['ahead', '2099-01-01T00:00:00.000Z'],
]) {
  test(`another machine, whose clock is ${clock}, has it for as long as it renews it`, async () => {
    let beat = 1;
    await putJson(storage, OTHER, claim({ expires }));
    const renewal = setInterval(() => void putJson(storage, OTHER, claim({ expires, beat: ++beat })), 50);
    const waits: string[] = [];
    const onWait = (message: string) => waits.push(message);
    await assert.rejects(
      withLease(options({ onWait }), async () => {}),
      /another export .* on elsewhere/,
    );
    assert.deepEqual(waits, ['Waiting to see whether elsewhere is still at work']);
    clearInterval(renewal);
    await delay(100);
    assert.equal(await withLease(options(), async () => 10), 10, 'and no longer');
  });
}

test('a claim that cannot be read is watched, and then removed', async () => {
  await storage.put(OTHER, new TextEncoder().encode('{'));
  assert.equal(await withLease(options(), async () => storage.size(OTHER)), null);
});

test('it is renewed while the task runs', async () => {
  await withLease(options(), async (lease) => {
    const [name] = await storage.list(catalog);
    const read = async () => JSON.parse(new TextDecoder().decode((await storage.get(`${catalog}/${name}`))!));
    const before = await read();
    await delay(400);
    const after = await read();
    assert.ok(after.beat > before.beat && after.expires > before.expires);
    await lease.check();
  });
});

test('one who was taken for dead learns it before the last step', async () => {
  await assert.rejects(
    withLease(options(), async (lease) => {
      for (const name of await storage.list(catalog)) await storage.remove(`${catalog}/${name}`);
      await delay(250);
      await lease.check();
    }),
    /stood still for so long that another program took its place/,
  );
  await assert.rejects(
    withLease(options(), async (lease) => {
      await putJson(storage, OTHER, claim());
      await lease.check();
    }),
    /another program took its place/,
  );
  await storage.remove(OTHER);
  await withLease(options(), async (lease) => {
    await putJson(storage, OTHER, claim({ state: 'asked' }));
    await lease.check();
  });
});

test('a bucket that cannot be written is an error, and nothing is done', async () => {
  const readOnly = { ...storage, put: () => Promise.reject(new Error('read-only')) };
  await assert.rejects(
    withLease(options({ storage: readOnly }), async () => assert.fail('done')),
    /read-only/,
  );
});
