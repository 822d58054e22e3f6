import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Hono } from 'hono';
import { sha256Of } from '../../engine/catalog/sha256.ts';
import type { ImageDataset } from '../../engine/images/dataset.ts';
import { datasetDigest } from '../../engine/images/keys.ts';
import { removeDataset, writeDataset } from '../../engine/images/write-dataset.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { appOver } from '../../test/app.ts';
import { imageDataset } from '../../test/image-dataset.ts';

const BYTES = Uint8Array.from({ length: 5000 }, (_, at) => at % 251);

describe('files of images', () => {
  let folder: string;
  let storage: Storage;
  let app: Hono;
  let dataset: ImageDataset;
  let digest: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-files-'));
    storage = folderStorage(folder);
    app = appOver(storage);
    const link = { semantics: '#auxiliary', description: null, bytes: null };
    dataset = imageDataset('ivo://almagest.example/plates?é 1', {
      file: {
        key: 'images/files/plates/é 1.fits',
        name: 'é 1.fits',
        mediaType: 'image/fits',
        bytes: BYTES.length,
        sha256: await sha256Of(BYTES),
      },
      preview: {
        key: 'images/previews/0/preview.png',
        mediaType: 'image/png',
        bytes: 4000,
        width: 2,
        height: 3,
      },
      links: [
        { ...link, key: 'images/links/0/log.txt', url: null, contentType: 'text/plain' },
        { ...link, key: 'images/links/0/page.html', url: null, contentType: 'text/html' },
        { ...link, key: null, url: 'http://elsewhere.example/a.fits', contentType: null },
      ],
    });
    digest = await datasetDigest(dataset.did);
    await storage.put(dataset.file.key, BYTES);
    await storage.put('images/previews/0/preview.png', BYTES.subarray(0, 4000));
    await storage.put('images/links/0/log.txt', BYTES.subarray(0, 10));
    await storage.put('images/links/0/page.html', BYTES.subarray(0, 10));
    await storage.put('images/files/plates/other.fits', BYTES);
    await writeDataset(storage, dataset);
  });
  after(() => rm(folder, { recursive: true }));

  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

  test('the file is what was given, with its name and checksum', async () => {
    const response = await app.request(`/images/${digest}/${encodeURIComponent('é 1.fits')}`);
    assert.equal(response.status, 200);
    assert.deepEqual(await bytesOf(response), BYTES);
    const { headers } = response;
    assert.equal(headers.get('content-type'), 'image/fits');
    assert.equal(headers.get('content-length'), '5000');
    assert.equal(headers.get('etag'), `"${dataset.file.sha256}"`);
    assert.match(headers.get('repr-digest')!, /^sha-256=:/);
    assert.equal(
      headers.get('content-disposition'),
      'attachment; filename="__1.fits"; filename*=UTF-8\'\'%C3%A9%201.fits',
    );
  });

  test('ranges, conditions and HEAD', async () => {
    const path = `/images/${digest}/${encodeURIComponent('é 1.fits')}`;
    const part = await app.request(path, { headers: { range: 'bytes=10-19' } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), 'bytes 10-19/5000');
    assert.deepEqual(await bytesOf(part), BYTES.slice(10, 20));
    const beyond = await app.request(path, { headers: { range: 'bytes=5000-' } });
    assert.equal(beyond.status, 416);
    const etag = `"${dataset.file.sha256}"`;
    assert.equal((await app.request(path, { headers: { 'if-none-match': etag } })).status, 304);
    const head = await app.request(path, { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), '5000');
    assert.equal(await head.text(), '');
  });

  test('pictures and related files; browsers show what does no harm', async () => {
    const preview = await app.request(`/images/${digest}/pictures/preview.png`);
    assert.equal(preview.headers.get('content-type'), 'image/png');
    assert.match(preview.headers.get('content-disposition')!, /^inline/);
    assert.equal((await bytesOf(preview)).length, 4000);
    const log = await app.request(`/images/${digest}/links/log.txt`);
    assert.equal(log.headers.get('content-length'), '10');
    assert.match(log.headers.get('content-disposition')!, /^inline/);
    const page = await app.request(`/images/${digest}/links/page.html`);
    assert.match(page.headers.get('content-disposition')!, /^attachment/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  });

  test('404: whatever no published document names', async () => {
    const names = [
      'other.fits',
      'preview.png',
      'pictures/log.txt',
      'links/preview.png',
      'links/a.fits',
      'links/..%2Flog.txt',
      '..%2F..%2F..%2Fimages%2Ffiles%2Fplates%2Fother.fits',
      '%2e%2e/%2e%2e/files/plates/other.fits',
      '',
    ];
    for (const name of names) {
      assert.equal((await app.request(`/images/${digest}/${name}`)).status, 404, name);
    }
    for (const other of [
      '0'.repeat(64),
      digest.toUpperCase(),
      'datasets',
      'files',
      '..%2F..',
      'a'.repeat(2000),
    ]) {
      const response = await app.request(`/images/${other}/plates`);
      assert.equal(response.status, 404, other);
    }
    const path = dataset.file.key.split('/').map(encodeURIComponent).join('/');
    assert.equal((await app.request(`/${path}`)).status, 404);
    assert.equal((await app.request(`/bulk/${path}`)).status, 404);
    const wrong = await app.request(`/images/${digest}/é.fits`);
    assert.match(await wrong.text(), /has no file "é\.fits" here\. What there is of this kind: é 1\.fits\./);
  });

  test('nothing of a dataset is there any more once it is removed', async () => {
    const gone = imageDataset('ivo://almagest.example/plates?gone', { file: dataset.file });
    await writeDataset(storage, gone);
    const path = `/images/${await datasetDigest(gone.did)}/${encodeURIComponent('é 1.fits')}`;
    assert.equal((await app.request(path)).status, 200);
    await removeDataset(storage, gone.did);
    const response = await app.request(path);
    assert.equal(response.status, 404);
    assert.match(await response.text(), /not published any more/);
  });
});
