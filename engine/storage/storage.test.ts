import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import type { R2Bucket } from '@cloudflare/workers-types';
import { getPlatformProxy } from 'wrangler';
import { quietEnvironment, workerdExecutable } from '../../cli/service/wrangler.ts';
import { startS3 } from '../../test/s3-endpoint.ts';
import { diskServiceStorage } from './disk-service.ts';
import { folderStorage } from './folder.ts';
import { r2Storage } from './r2.ts';
import { s3Storage } from './s3.ts';
import type { Storage } from './storage.ts';
import { writableDiskStorage } from './writable-disk-service.ts';

const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
const OBJECTS: Record<string, Uint8Array> = {
  'a.b/latest.json': new TextEncoder().encode('{}'),
  'a.b/2026-11-20/dataset/Norder=0/Dir=0/Npix=3.parquet': bytes,
  'a.b/2026-11-20/empty': new Uint8Array(),
  'a.b/2026-11-2/other': bytes,
  'top level & more': bytes,
};
const KEY = 'a.b/2026-11-20/dataset/Norder=0/Dir=0/Npix=3.parquet';
const LARGE = manyBytes(3_000_000);

/** [offset, length] in the object of that key. */
const RANGES = [
  [0, 4],
  [0, 256],
  [0, 1000],
  [100, 56],
  [250, 6],
  [250, 100],
  [255, 1],
  [256, 10],
  [1000, 1],
  [10, 0],
] as const;

async function streamed(stream: ReturnType<Storage['stream']>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(await stream).arrayBuffer());
}

function manyBytes(length: number): Uint8Array<ArrayBuffer> {
  const many = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) many[at] = (at * 2654435761) >>> 24;
  return many;
}

function breakingOff(length: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= length) return controller.error(new Error('the line broke off'));
      controller.enqueue(LARGE);
      sent += LARGE.length;
    },
  });
}

interface Opened {
  /** What is tested. */
  readonly storage: Storage;
  /** What fills it: another way in where the storage is read-only. */
  readonly writer: Storage;
  close(): Promise<void>;
}

async function openFolder(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-storage-'));
  const storage = folderStorage(folder);
  return { storage, writer: storage, close: () => rm(folder, { recursive: true }) };
}

/** A bucket of wrangler's local R2, which is workerd's. */
async function openR2(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-storage-'));
  const configPath = join(folder, 'wrangler.toml');
  Object.assign(process.env, quietEnvironment(folder));
  await writeFile(
    configPath,
    'name = "storage-test"\ncompatibility_date = "2026-10-20"\n[[r2_buckets]]\nbinding = "BUCKET"\nbucket_name = "test"\n',
  );
  const { env, dispose } = await getPlatformProxy<{ BUCKET: R2Bucket }>({
    configPath,
    persist: false,
    envFiles: [],
  });
  const storage = r2Storage(env.BUCKET);
  return {
    storage,
    writer: storage,
    async close() {
      await dispose();
      await rm(folder, { recursive: true });
    },
  };
}

/** Wrangler's S3 service; ours is a folder of the bucket, and beside it is a namesake. */
async function openS3(): Promise<Opened> {
  const { location, close } = await startS3();
  await s3Storage({ ...location, prefix: 'some/folder-2' }).put('not ours', bytes);
  const storage = s3Storage({ ...location, prefix: 'some/folder' });
  return { storage, writer: storage, close };
}

/** workerd with a socket straight on its disk service. */
async function openDiskService(writable: boolean): Promise<Opened> {
  const { writer, close, folder } = await folderWithPath();
  const config = join(folder, '..', `${folder.split('/').at(-1)}.capnp`);
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ( name = "bucket", disk = ( path = "${folder}", writable = ${writable} ) ) ],
  sockets = [ ( name = "http", address = "127.0.0.1:0", http = (), service = "bucket" ) ] );`,
  );
  const child = spawn(workerdExecutable(), ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [line] = await new Promise<string[]>((resolve) => {
    (child.stdio[3] as Readable).once('data', (data) => resolve(String(data).split('\n')));
  });
  const { port } = JSON.parse(line!) as { port: number };
  const fetcher = {
    fetch: (url: string, init?: RequestInit) =>
      fetch(url.replace('http://disk', `http://127.0.0.1:${port}`), {
        ...init,
        duplex: 'half',
      } as RequestInit),
  };
  const storage = writable ? writableDiskStorage(fetcher) : diskServiceStorage(fetcher);
  return {
    storage,
    writer: writable ? storage : writer,
    async close() {
      child.kill();
      await ended;
      await rm(config);
      await close();
    },
  };
}

async function folderWithPath() {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-storage-'));
  return { folder, writer: folderStorage(folder), close: () => rm(folder, { recursive: true }) };
}

for (const [name, open, writable] of [
  ['a folder', openFolder, true],
  ["wrangler's R2", openR2, true],
  ['an S3 service', openS3, true],
  ["workerd's disk service", () => openDiskService(false), false],
  ["workerd's disk service, writable", () => openDiskService(true), true],
] as const) {
  describe(`storage in ${name}`, () => {
    let opened: Opened;
    let storage: Storage;

    before(async () => {
      opened = await open();
      storage = opened.storage;
      for (const [key, content] of Object.entries(OBJECTS)) await opened.writer.put(key, content);
    });
    after(() => opened.close());

    test('gives objects whole', async () => {
      for (const [key, content] of Object.entries(OBJECTS)) {
        assert.deepEqual(new Uint8Array((await storage.get(key))!), content, key);
      }
    });

    test('streams objects and ranges of them', async () => {
      for (const [key, content] of Object.entries(OBJECTS)) {
        assert.deepEqual(await streamed(storage.stream(key)), content, key);
      }
      for (const [offset, length] of RANGES) {
        const part = await streamed(storage.stream(KEY, { offset, length }));
        assert.deepEqual(part, bytes.slice(offset, offset + length), `${offset} + ${length}`);
      }
    });

    test('streams in pieces, and is not read to the end for a reader that leaves', async () => {
      await opened.writer.put('large/object', LARGE);
      assert.deepEqual(await streamed(storage.stream('large/object')), LARGE);
      const range = { offset: 1_000_001, length: 1_500_000 };
      assert.deepEqual(
        await streamed(storage.stream('large/object', range)),
        LARGE.slice(range.offset, range.offset + range.length),
      );
      const reader = (await storage.stream('large/object'))!.getReader();
      const { value } = await reader.read();
      assert.ok(value!.length < LARGE.length);
      await reader.cancel();
      await opened.writer.remove('large');
    });

    test('tells sizes', async () => {
      for (const [key, content] of Object.entries(OBJECTS)) {
        assert.equal(await storage.size(key), content.length, key);
      }
    });

    test('gives ranges, and what there is of a range that reaches past the end', async () => {
      for (const [offset, length] of RANGES) {
        const part = await storage.get(KEY, { offset, length });
        assert.deepEqual(
          new Uint8Array(part!),
          bytes.slice(offset, offset + length),
          `${offset} + ${length}`,
        );
      }
      assert.equal((await storage.get('a.b/2026-11-20/empty', { offset: 0, length: 8 }))!.length, 0);
    });

    test('gives null for what is not an object', async () => {
      for (const key of [
        'absent',
        'a.b',
        'a.b/2026-11-20',
        `${KEY}/below`,
        'a.b/2026-11-20/dataset/Norder=1',
      ]) {
        assert.equal(await storage.get(key), null, key);
        assert.equal(await storage.get(key, { offset: 0, length: 1 }), null, key);
        assert.equal(await storage.get(key, { offset: 0, length: 0 }), null, key);
        assert.equal(await storage.size(key), null, key);
        assert.equal(await storage.stream(key), null, key);
        assert.equal(await storage.stream(key, { offset: 0, length: 1 }), null, key);
        assert.equal(await storage.stream(key, { offset: 0, length: 0 }), null, key);
      }
    });

    test('lists the children of a folder', async () => {
      assert.deepEqual(await storage.list(''), ['a.b', 'top level & more']);
      assert.deepEqual(await storage.list('a.b'), ['2026-11-2', '2026-11-20', 'latest.json']);
      assert.deepEqual(await storage.list('a.b/2026-11-20/dataset/Norder=0'), ['Dir=0']);
      assert.deepEqual(await storage.list('absent'), []);
    });

    test('replaces an object', async () => {
      await opened.writer.put('a.b/latest.json', bytes.subarray(0, 7));
      assert.deepEqual(new Uint8Array((await storage.get('a.b/latest.json'))!), bytes.slice(0, 7));
    });

    if (writable) {
      test('writes a stream as it comes, whatever its pieces', async () => {
        for (const length of [0, 3_000_000, 2 ** 24 + 1]) {
          const content = manyBytes(length);
          await storage.putStream('streams/object', new Blob([content]).stream());
          const stored = new Uint8Array((await storage.get('streams/object'))!);
          assert.ok(Buffer.from(stored).equals(content), `${length}`);
        }
        await storage.remove('streams');
      });

      test('leaves the old object where a stream breaks off', async () => {
        await storage.put('streams/object', bytes);
        for (const length of [10, 2 ** 24 + 10]) {
          await assert.rejects(storage.putStream('streams/object', breakingOff(length)), /broke off/);
          assert.deepEqual(new Uint8Array((await storage.get('streams/object'))!), bytes);
        }
        assert.deepEqual(await storage.list('streams'), ['object']);
        await storage.remove('streams');
      });

      test('copies an object, which then has a life of its own', async () => {
        await storage.copy(KEY, 'copies/to/one');
        await storage.copy('copies/to/one', 'copies/to/two');
        await storage.copy('copies/to/one', 'copies/to/two');
        assert.deepEqual(await storage.list('copies/to'), ['one', 'two']);
        await storage.put('copies/to/one', bytes.subarray(0, 3));
        assert.deepEqual(new Uint8Array((await storage.get('copies/to/two'))!), bytes);
        assert.deepEqual(new Uint8Array((await storage.get(KEY))!), bytes);
        await storage.copy('copies/to/one', 'copies/to/two');
        assert.deepEqual(new Uint8Array((await storage.get('copies/to/two'))!), bytes.slice(0, 3));
        await storage.copy('a.b/2026-11-20/empty', 'copies/empty');
        assert.equal(await storage.size('copies/empty'), 0);
        await storage.remove('copies');
      });

      test('refuses to copy what is not there', async () => {
        await assert.rejects(storage.copy('absent', 'copies/absent'), /there is no .*absent to copy/);
        await assert.rejects(storage.copy('a.b', 'copies/absent'), /there is no .*a\.b to copy/);
        assert.equal(await storage.get('copies/absent'), null);
      });
    }

    test(writable ? 'removes objects and folders, and not their namesakes' : 'refuses to write', async () => {
      if (writable) {
        await storage.remove('a.b/2026-11-2');
        assert.deepEqual(await storage.list('a.b'), ['2026-11-20', 'latest.json']);
        await storage.remove('a.b/latest.json');
        await storage.remove('a.b/latest.json');
        assert.deepEqual(await storage.list('a.b'), ['2026-11-20']);
      } else {
        await assert.rejects(storage.put('a.b/x', bytes), /read-only/);
        await assert.rejects(storage.putStream('a.b/x', new Blob([bytes]).stream()), /read-only/);
        await assert.rejects(storage.copy(KEY, 'a.b/x'), /read-only/);
        await assert.rejects(storage.remove('a.b'), /read-only/);
      }
    });
  });
}
