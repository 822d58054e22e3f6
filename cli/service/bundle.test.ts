import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type Bundle, bundleWorker } from './bundle.ts';

/** KiB: limits of Workers, https://developers.cloudflare.com/workers/platform/limits/ */
const MOST_COMPRESSED = 10_000_000 / 1024;
const MOST_UPLOADED = 64_000_000 / 1024;

let folder: string;
let bundles: Bundle[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almagest-bundle-'));
  const workerFolder = join(folder, 'worker');
  bundles = await Promise.all([bundleWorker(workerFolder), bundleWorker(workerFolder)]);
  bundles.push(await bundleWorker(workerFolder));
});

after(() => rm(folder, { recursive: true, force: true }));

test("the worker stays within Cloudflare's size limits", () => {
  const sizes = bundles[0]!.output.match(/Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/);
  assert.ok(sizes, bundles[0]!.output);
  assert.ok(Number(sizes[1]) < MOST_UPLOADED, sizes[0]);
  assert.ok(Number(sizes[2]) < MOST_COMPRESSED, sizes[0]);
});

test('two processes that bundle at once, and one that comes later, share one bundle', async () => {
  assert.deepEqual(
    bundles.map(({ built }) => built),
    [true, true, false],
  );
  assert.equal(new Set(bundles.map(({ folder }) => folder)).size, 1);
  const names = await readdir(join(folder, 'worker'));
  assert.equal(names.length, 1, names.join(', '));
});

test('the bundle knows the variables of wrangler.toml and hides nothing of them in the configuration', async () => {
  const [{ config, variables }] = bundles as [Bundle];
  assert.equal(variables.MAX_RADIUS, '20');
  const capnp = await readFile(config, 'utf8');
  for (const name of Object.keys(variables)) assert.match(capnp, new RegExp(`fromEnvironment = "${name}"`));
});
