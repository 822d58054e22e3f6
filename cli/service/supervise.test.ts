import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type Bundle, bundleWorker } from './bundle.ts';
import { type SuperviseOptions, superviseWorkerd } from './supervise.ts';
import { startWorkerd } from './workerd.ts';

let folder: string;
let options: SuperviseOptions;
let lines: string[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almagest-supervise-'));
  const bundle: Bundle = await bundleWorker(join(folder, 'worker'), 'edge');
  lines = [];
  options = {
    bundle,
    bucketFolder: folder,
    runFolder: folder,
    listen: { host: '127.0.0.1', port: 0 },
    log: (line) => lines.push(line),
    title: 'the service',
    vital: true,
  };
});

after(() => rm(folder, { recursive: true, force: true }));

const isUp = (port: number) =>
  fetch(`http://127.0.0.1:${port}/capabilities`).then(
    ({ status }) => status === 200,
    () => false,
  );

test('a port that is taken is an error with the words of workerd', async () => {
  const first = await startWorkerd(options);
  try {
    await assert.rejects(
      startWorkerd({ ...options, listen: { host: '127.0.0.1', port: first.port } }),
      /did not start[\s\S]*Address already in use/,
    );
  } finally {
    await first.close();
  }
  assert.equal(await first.ended, 'exit code 0');
});

const noIPv6 = !Object.values(networkInterfaces()).some((found) =>
  found?.some(({ address }) => address === '::1'),
);

test('an IPv6 address can be listened on', { skip: noIPv6 && 'this machine has no IPv6' }, async () => {
  const workerd = await startWorkerd({ ...options, listen: { host: '::1', port: 0 } });
  try {
    assert.equal((await fetch(`http://[::1]:${workerd.port}/capabilities`)).status, 200);
  } finally {
    await workerd.close();
  }
});

test('the scheme that a proxy reports is the scheme of the addresses in answers', async () => {
  const workerd = await startWorkerd(options);
  try {
    const answer = await fetch(`http://127.0.0.1:${workerd.port}/capabilities`, {
      headers: { 'X-Forwarded-Proto': 'https' },
    });
    assert.match(await answer.text(), new RegExp(`https://127\\.0\\.0\\.1:${workerd.port}/`));
  } finally {
    await workerd.close();
  }
});

test('PUBLIC_URL is the root of the addresses in answers', async () => {
  const workerd = await startWorkerd({ ...options, variables: { PUBLIC_URL: 'https://vo.example.org/sky' } });
  try {
    const text = await (await fetch(`http://127.0.0.1:${workerd.port}/capabilities`)).text();
    assert.match(text, /https:\/\/vo\.example\.org\/sky\//);
    assert.doesNotMatch(text, /127\.0\.0\.1/);
  } finally {
    await workerd.close();
  }
});

test('a workerd that is killed comes back on its port; one that is closed does not', async () => {
  const service = await superviseWorkerd(options);
  assert.ok(await isUp(service.port));
  lines.length = 0;
  process.kill(-service.pid(), 'SIGKILL');
  while (!(await isUp(service.port))) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(lines, ['the service ended by itself (signal SIGKILL); it starts again in 0.1 s']);
  await service.close();
  assert.equal(await isUp(service.port), false);
});

test('closing while it waits for a restart ends it', async () => {
  const service = await superviseWorkerd(options);
  for (let kills = 1; kills <= 2; kills++) {
    lines.length = 0;
    process.kill(-service.pid(), 'SIGKILL');
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    if (kills === 1)
      while (!(await isUp(service.port))) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await service.close();
  assert.equal(await isUp(service.port), false);
});

test('closing while it starts again ends it', async () => {
  const service = await superviseWorkerd(options);
  lines.length = 0;
  process.kill(-service.pid(), 'SIGKILL');
  while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  // The delay before the first restart, and a little of the restart.
  await new Promise((resolve) => setTimeout(resolve, 105));
  await service.close();
  assert.equal(await isUp(service.port), false);
});

test('a restart that is asked for keeps the port and is not told as an end', async () => {
  const service = await superviseWorkerd(options);
  lines.length = 0;
  const before = service.pid();
  await service.restart({ database: null });
  assert.notEqual(service.pid(), before);
  assert.ok(await isUp(service.port));
  assert.deepEqual(lines, []);
  await service.close();
  assert.equal(await isUp(service.port), false);
});
