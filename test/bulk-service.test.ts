import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Pointer } from '../engine/catalog/manifest.ts';
import type { ReleaseFile } from '../engine/catalog/release-files.ts';
import { demoBucket } from './demo-release.ts';
import { type RunningService, startService, startWranglerR2 } from './service.ts';

const CATALOG = 'dso.objects';

for (const [name, start] of [
  ['workerd with a disk service', startService],
  ["wrangler's R2", startWranglerR2],
] as const) {
  describe(`bulk downloads from ${name}`, () => {
    let service: RunningService;
    let bucketFolder: string;
    let release: string;
    let files: readonly ReleaseFile[];

    before(async () => {
      bucketFolder = await demoBucket();
      service = await start({ bucketFolder });
      const pointer = await readFile(join(bucketFolder, CATALOG, 'latest.json'), 'utf8');
      ({ release } = JSON.parse(pointer) as Pointer);
      ({ files } = (await (await ask('files.json')).json()) as { files: readonly ReleaseFile[] });
    });
    after(() => service.close());

    // Wrangler's local server compresses even what says no-transform; Cloudflare does not.
    const ask = (path: string, { headers, ...init }: RequestInit = {}) =>
      fetch(`${service.url}/bulk/${CATALOG}/latest/${path}`, {
        ...init,
        headers: { 'accept-encoding': 'identity', ...headers },
      });
    const stored = async (path: string) => readFile(join(bucketFolder, CATALOG, release, path));
    const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

    test('every file, with its size and checksum', async () => {
      assert.ok(files.length > 10);
      for (const { path, bytes, sha256 } of files) {
        const response = await ask(path);
        assert.equal(response.status, 200, path);
        assert.equal(response.headers.get('content-length'), String(bytes), path);
        assert.equal(response.headers.get('content-encoding'), null);
        assert.equal(
          createHash('sha256')
            .update(await bodyOf(response))
            .digest('hex'),
          sha256,
          path,
        );
        const head = await ask(path, { method: 'HEAD' });
        assert.equal(head.status, 200);
        assert.equal(head.headers.get('content-length'), String(bytes), path);
        assert.equal(head.headers.get('etag'), `"${sha256}"`);
      }
    });

    test('ranges, that of the whole file among them', async () => {
      for (const path of ['hats.properties', files.find((file) => file.rows !== undefined)!.path]) {
        const whole = await stored(path);
        for (const [from, to] of [
          [0, whole.length],
          [0, 1],
          [whole.length - 8, whole.length],
          [10, 500],
        ] as const) {
          const response = await ask(path, { headers: { range: `bytes=${from}-${to - 1}` } });
          assert.equal(response.status, 206, path);
          assert.equal(response.headers.get('content-range'), `bytes ${from}-${to - 1}/${whole.length}`);
          assert.equal(response.headers.get('content-length'), String(to - from));
          assert.deepEqual(await bodyOf(response), whole.subarray(from, to));
        }
        const reaching = await ask(path, { headers: { range: `bytes=0-${whole.length + 1000}` } });
        assert.equal(reaching.status, 206);
        assert.deepEqual(await bodyOf(reaching), whole);
        const beyond = await ask(path, { headers: { range: `bytes=${whole.length}-` } });
        assert.equal(beyond.status, 416);
        await beyond.arrayBuffer();
      }
    });

    test('columns and rows of a file have a size and ranges as well', async () => {
      const { path } = files.find((file) => file.rows !== undefined)!;
      const query = `${path}?${new URLSearchParams({ columns: 'id,type', filters: 'magnitude<13' })}`;
      const whole = await bodyOf(await ask(query));
      assert.equal(whole.subarray(-4).toString(), 'PAR1');
      const head = await ask(query, { method: 'HEAD' });
      assert.equal(head.headers.get('content-length'), String(whole.length));
      const end = await ask(query, { headers: { range: `bytes=${whole.length - 100}-${whole.length - 1}` } });
      assert.equal(end.status, 206);
      assert.deepEqual(await bodyOf(end), whole.subarray(-100));
      const refused = await ask(`${path}?filters=magnitude<<13`);
      assert.equal(refused.status, 400);
      assert.match(await refused.text(), /a condition is a column/);
    });

    test('clients that leave in the middle trouble nobody', async () => {
      const { path } = files.reduce((a, b) => (a.bytes > b.bytes ? a : b));
      for (let times = 0; times < 20; times++) {
        const leaving = new AbortController();
        const response = await ask(path, { signal: leaving.signal });
        const reader = response.body!.getReader();
        await reader.read();
        leaving.abort();
        await reader.closed.catch(() => {});
      }
      const response = await ask(path);
      assert.deepEqual(await bodyOf(response), await stored(path));
    });
  });
}
