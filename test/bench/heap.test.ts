import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { freePort } from '../../cli/postgres/server.ts';
import { openHeap } from './heap.ts';
import { measured, plainBundle } from './service.ts';

const PAGE = 65_536;
const WORKER = `
const memory = new WebAssembly.Memory({ initial: 16 });
const held = [];
export default {
  fetch({ url }) {
    const { pathname } = new URL(url);
    if (pathname === '/wasm') memory.grow(800);
    if (pathname === '/buffer') held.push(new Uint8Array(30e6));
    if (pathname === '/garbage') new Uint8Array(20e6);
    return new Response('');
  },
};`;

test('memory of an isolate: array buffers and WebAssembly memories by the byte, garbage apart', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-heap-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'worker.js'), WORKER);
  const port = await freePort();
  const service = await measured({
    bundle: plainBundle(folder),
    bucketFolder: folder,
    listen: { host: '127.0.0.1', port: 0 },
    flags: [`--inspector-addr=127.0.0.1:${port}`],
    log: () => {},
  });
  const ask = async (path: string) => void (await (await fetch(service.url + path)).text());
  await ask('/');
  const heap = await openHeap(port);
  t.after(async () => {
    await heap.close();
    await service.close();
  });

  const start = await heap.held();
  assert.equal(start.wasm, 16 * PAGE);
  await ask('/wasm');
  await ask('/buffer');
  const grown = await heap.held();
  assert.equal(grown.wasm, 816 * PAGE);
  assert.ok(grown.buffers - start.buffers >= 30e6 && grown.buffers - start.buffers < 31e6);
  assert.equal(grown.total, grown.objects + grown.buffers + grown.wasm);
  await ask('/garbage');
  const after = await heap.held();
  assert.ok(after.buffers - grown.buffers < 1e6, 'garbage is not held');
});
