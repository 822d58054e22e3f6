import assert from 'node:assert/strict';
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { type Bundle, bundleWorker } from './bundle.ts';
import { WORKERS } from './wrangler.ts';

/** KiB: limits of Workers, https://developers.cloudflare.com/workers/platform/limits/ */
const MOST_COMPRESSED = 10_000_000 / 1024;
const MOST_UPLOADED = 64_000_000 / 1024;

let folder: string;
let workerFolder: string;
let bundles: Bundle[];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almagest-bundle-'));
  workerFolder = join(folder, 'worker');
  bundles = await Promise.all([bundleWorker(workerFolder, 'edge'), bundleWorker(workerFolder, 'edge')]);
  bundles.push(await bundleWorker(workerFolder, 'edge'));
});

after(() => rm(folder, { recursive: true, force: true }));

for (const worker of WORKERS) {
  test(`${worker}: the worker stays within Cloudflare's size limits`, async (t) => {
    const { output } = await bundleWorker(join(folder, 'sizes'), worker);
    const sizes = output.match(/Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/);
    assert.ok(sizes, output);
    t.diagnostic(sizes[0]);
    assert.ok(Number(sizes[1]) < MOST_UPLOADED, sizes[0]);
    assert.ok(Number(sizes[2]) < MOST_COMPRESSED, sizes[0]);
  });
}

test('two processes that bundle at once, and one that comes later, share one bundle', async () => {
  assert.deepEqual(
    bundles.map(({ built }) => built),
    [true, true, false],
  );
  assert.equal(new Set(bundles.map(({ folder }) => folder)).size, 1);
  const names = await readdir(workerFolder);
  assert.equal(names.length, 1, names.join(', '));
});

test('the bundle knows the variables of wrangler.toml', () => {
  assert.equal(bundles[0]!.variables.MAX_RADIUS, '20');
});

test('a bundle of other sources is another one, and shares the modules that did not change', async () => {
  const [{ folder: earlier, modules }] = bundles as [Bundle];
  const renamed = join(workerFolder, 'edge-0000000000000000');
  await rename(earlier, renamed);
  const later = await bundleWorker(workerFolder, 'edge');
  assert.equal(later.built, true);
  const kernel = modules.find((name) => name.endsWith('healpix.wasm'))!;
  const [one, other] = await Promise.all([renamed, later.folder].map((path) => stat(join(path, kernel))));
  assert.equal(one!.ino, other!.ino);
});
