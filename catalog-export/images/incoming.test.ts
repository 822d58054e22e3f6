import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { s3Storage } from '../../engine/storage/s3.ts';
import { startS3 } from '../../test/s3-endpoint.ts';
import { type Incoming, incomingFiles } from './incoming.ts';
import { imageFile } from './test-images.ts';

/** The bytes of a file, or why there are none. */
async function contentOf(incoming: Incoming): Promise<Uint8Array | string> {
  if ('refused' in incoming) return incoming.refused;
  try {
    const file = await incoming.open();
    const bytes = await file.read(0, file.size);
    await file.close();
    return bytes;
  } catch (error) {
    return (error as Error).message;
  }
}

test('files come from the web, unpacked where they are compressed', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/a/m31.fits?x=1') response.end(imageFile());
    else if (request.url === '/m33.fits.gz') response.end(gzipSync(imageFile()));
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const addresses = [`${root}/a/m31.fits?x=1`, `${root}/m33.fits.gz`, `${root}/absent.fits`];
    const files = await incomingFiles(addresses);
    assert.deepEqual(
      files.map((file) => 'path' in file && file.path),
      ['m31.fits', 'm33.fits.gz', 'absent.fits'],
    );
    assert.deepEqual(await Promise.all(files.map(contentOf)), [
      imageFile(),
      imageFile(),
      'the server answered 404 Not Found',
    ]);
  } finally {
    server.close();
  }
  const [unreachable] = await incomingFiles([`${root}/m31.fits`]);
  assert.match(String(await contentOf(unreachable!)), /^it cannot be reached \(ECONNREFUSED\)$/);
});

test('a pipe or a folder that is named like a file is none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-incoming-'));
  try {
    execFileSync('mkfifo', [join(folder, 'a.fits'), join(folder, 'b.fits.gz')]);
    await mkdir(join(folder, 'c.fits'));
    const found = await Promise.all((await incomingFiles([folder])).map(contentOf));
    assert.deepEqual(found, ['it is no file', 'it is no file', 'it is no file']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('files come from S3: an object, or all FITS files below an address', async () => {
  const { location, close } = await startS3();
  const env = {
    AWS_ACCESS_KEY_ID: location.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: location.credentials.secretAccessKey,
    AWS_ENDPOINT_URL: location.endpoint,
  };
  const incoming = (address: string) => incomingFiles([address], env);
  try {
    const storage = s3Storage(location);
    for (const key of ['2026/n1/a.fits', '2026/n2/b.fits.fz', '2026/notes.txt', 'plate']) {
      await storage.put(key, imageFile());
    }
    const below = await incoming('s3://survey/2026');
    assert.deepEqual(
      below.map((file) => 'path' in file && [file.label, file.path]),
      [
        ['s3://survey/2026/n1/a.fits', 'n1/a.fits'],
        ['s3://survey/2026/n2/b.fits.fz', 'n2/b.fits.fz'],
      ],
    );
    assert.deepEqual(await contentOf(below[0]!), imageFile());
    assert.deepEqual(await contentOf((await incoming('s3://survey/plate'))[0]!), imageFile());
    assert.match(
      String(await contentOf((await incoming('s3://survey/2027'))[0]!)),
      /there is no such object, and below it are no FITS files/,
    );
  } finally {
    await close();
  }
  const [refused] = await incomingFiles(['s3://survey/2026'], {});
  assert.match(String(await contentOf(refused!)), /AWS_ACCESS_KEY_ID is not set/);
});
