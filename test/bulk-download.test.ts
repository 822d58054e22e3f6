import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { recipesOn } from './recipes.ts';
import { type RunningService, startService } from './service.ts';

const run = promisify(execFile);
const CATALOG = 'hipparcos.stars';
const CUT_FILE = /Npix=0\.parquet$/;

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let service: RunningService;
let line: Server;
let url: string;
let folder: string;
/** Connections that are still to be cut, and the ranges that were asked for of the file whose connections they are. */
let cuts = 3;
const ranges: (string | undefined)[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'almagest-download-'));
  service = await startService();
  const { hostname, port } = new URL(service.url);
  line = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const isCut = method === 'GET' && CUT_FILE.test(path!);
    if (isCut) ranges.push(headers.range);
    request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      let left = isCut && cuts > 0 ? 70_000 : Number.POSITIVE_INFINITY;
      answer.on('data', (piece: Buffer) => {
        if (left <= 0) return;
        const sent = piece.subarray(0, left);
        left -= sent.length;
        if (left > 0) return outgoing.write(sent);
        cuts -= 1;
        return outgoing.write(sent, () => outgoing.destroy());
      });
      answer.on('end', () => outgoing.end());
    }).end();
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  url = `http://127.0.0.1:${(line.address() as AddressInfo).port}`;
});
after(async () => {
  line?.closeAllConnections();
  line?.close();
  await service?.close();
  await rm(folder, { recursive: true });
});

test('a release is downloaded over a line that breaks three times, by the recipe on the page', {
  skip: !hasCurl() && 'there is no curl here',
}, async () => {
  const page = await (await fetch(`${url}/bulk/${CATALOG}`)).text();
  const recipe = recipesOn(page).find(({ title }) => title.startsWith('curl: download all'))!;
  const failures: unknown[] = [];
  for (;;) {
    try {
      await run('bash', ['-e', '-c', recipe.code], { cwd: folder, timeout: 60_000 });
      break;
    } catch (error) {
      failures.push(error);
      assert.ok(failures.length <= 3, String(error));
    }
  }
  assert.equal(cuts, 0);
  assert.equal(failures.length, 3, 'a download that is not whole is noticed');
  assert.deepEqual(ranges, [undefined, 'bytes=70000-', 'bytes=140000-', 'bytes=210000-']);

  const release = (await (
    await fetch(`${url}/bulk/${CATALOG}/latest`, { headers: { accept: 'application/json' } })
  ).json()) as { release: string };
  const { files } = (await (await fetch(`${url}/bulk/${CATALOG}/${release.release}/files.json`)).json()) as {
    files: { path: string; sha256: string }[];
  };
  const wanted = files.filter(({ path }) => !path.startsWith('index/'));
  assert.ok(wanted.length > 12);
  for (const { path, sha256 } of wanted) {
    const bytes = await readFile(join(folder, CATALOG, path));
    assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256, path);
  }
});
