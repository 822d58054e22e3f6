import assert from 'node:assert/strict';
import test from 'node:test';
import type { ImageLink } from '../../engine/images/dataset.ts';
import { datasetDigest, datasetKey } from '../../engine/images/keys.ts';
import { readDataset } from '../../engine/images/read-dataset.ts';
import { linkImage, unlinkImage } from './link.ts';
import { rebuildImages } from './rebuild.ts';
import { removeImage } from './remove.ts';
import { didOf, type TestArchive, withArchive } from './test-archive.ts';
import { HEADER, imageFile } from './test-images.ts';

const DID = didOf('m31');

/** An archive with two images. */
function withImages(use: (archive: TestArchive) => Promise<void>): Promise<void> {
  return withArchive(async (archive) => {
    await archive.file('m31.fits', imageFile());
    await archive.file('m33.fits', imageFile(HEADER, 1));
    const added = await archive.add([archive.path('')]);
    assert.deepEqual(
      added.map(({ outcome }) => outcome),
      ['added', 'added'],
    );
    await use(archive);
  });
}

function link({ client, storage }: TestArchive, target: string, changes = {}): Promise<ImageLink> {
  const options = { did: DID, semantics: 'progenitor', target, description: null, contentType: null };
  return linkImage(client, storage, { ...options, ...changes });
}

test('related files are linked by address or brought into the bucket, and taken away again', () =>
  withImages(async (archive) => {
    const { client, storage } = archive;
    const weights = await archive.file('weights/m31 w.fits', imageFile(HEADER, 7));
    await link(archive, 'https://example.org/raw/1.fits', { description: 'Raw' });
    await link(archive, weights, { semantics: '#weight' });
    await link(archive, weights, { semantics: '#auxiliary' });
    const { links } = (await readDataset(storage, DID))!;
    const key = `images/links/${await datasetDigest(DID)}/m31_w.fits`;
    assert.deepEqual(links, [
      {
        semantics: '#progenitor',
        key: null,
        url: 'https://example.org/raw/1.fits',
        description: 'Raw',
        contentType: 'image/fits',
        bytes: null,
      },
      {
        semantics: '#auxiliary',
        key,
        url: null,
        description: null,
        contentType: 'image/fits',
        bytes: imageFile().length,
      },
    ]);
    assert.deepEqual(await storage.get(key), imageFile(HEADER, 7));

    // What is told of the image anew does not touch its links.
    await archive.add([archive.path('m31.fits')], { collection: 'survey', authority: archive.authority });
    assert.equal((await readDataset(storage, DID))!.links.length, 2);

    assert.equal(await unlinkImage(client, storage, DID, 'nothing'), false);
    assert.equal(await unlinkImage(client, storage, DID, 'm31 w.fits'), true);
    assert.equal(await storage.get(key), null);
    assert.equal(await unlinkImage(client, storage, DID, 'https://example.org/raw/1.fits'), true);
    assert.deepEqual((await readDataset(storage, DID))!.links, []);
  }));

test('a link that cannot be is refused', () =>
  withImages(async (archive) => {
    const cases: [target: string, changes: object, message: RegExp][] = [
      ['https://a.example/x', { did: didOf('m32') }, /there is no image ivo:.*m32: "almagest images list"/],
      ['https://a.example/x', { semantics: 'progenitors' }, /"progenitors" is no term.*#progenitor\?/],
      ['https://a.example/x', { semantics: '#this' }, /"#this" is no term for a related file/],
      [archive.path('absent.fits'), {}, /absent\.fits: there is no such file/],
      [archive.path(''), {}, /: it is no file/],
    ];
    for (const [target, changes, message] of cases) {
      await assert.rejects(link(archive, target, changes), message);
    }
    await link(archive, 'https://a.example/x', { semantics: 'http://a.example/terms#own' });
    assert.equal((await readDataset(archive.storage, DID))!.links.length, 1);
  }));

test('rebuild makes documents and pictures again and tells what is missing and what is stray', () =>
  withImages(async (archive) => {
    const { client, storage, fits } = archive;
    await link(archive, await archive.file('w/w.fits', imageFile(HEADER, 7)));
    const rebuild = (removeStrays = false) => rebuildImages({ client, storage, fits, removeStrays });
    const nothing = { images: 2, documents: 0, pictures: 0, strays: [], missing: [] };
    assert.deepEqual(await rebuild(), nothing);

    const before = (await readDataset(storage, DID))!;
    const key = datasetKey(await datasetDigest(DID));
    await storage.put(key, new TextEncoder().encode('{"version": 1'));
    await storage.remove(datasetKey(await datasetDigest(didOf('m33'))));
    await storage.remove(before.preview!.key);
    assert.deepEqual(await rebuild(), { ...nothing, documents: 2, pictures: 1 });
    assert.deepEqual(await readDataset(storage, DID), before);
    assert.equal((await storage.size(before.preview!.key))!, before.preview!.bytes);

    const strays = [
      datasetKey('ab'.repeat(32)),
      `images/previews/${'cd'.repeat(32)}`,
      'images/files/survey/left.fits',
    ];
    for (const stray of strays) {
      await storage.put(stray.includes('.') ? stray : `${stray}/preview.jpg`, Uint8Array.of(1));
    }
    assert.deepEqual(await rebuild(), { ...nothing, strays });
    assert.notEqual(await storage.get(strays[2]!), null);
    assert.deepEqual(await rebuild(true), { ...nothing, strays });
    assert.deepEqual(await rebuild(), nothing);

    await storage.put(before.file.key, imageFile().subarray(0, 2880));
    assert.deepEqual((await rebuild()).missing, [before.file.key]);
    await archive.client.query('DELETE FROM almagest.images');
    assert.equal((await rebuild()).strays.length, 7);
  }));

test('an image that is removed takes its links with it', () =>
  withImages(async (archive) => {
    const { client, storage } = archive;
    const { key } = await link(archive, await archive.file('w/w.fits', imageFile(HEADER, 7)));
    assert.equal(await removeImage(client, storage, DID), true);
    assert.equal(await storage.get(key!), null);
    const { rows } = await client.query(
      'SELECT (SELECT count(*) FROM almagest.image_links)::int AS links, (SELECT count(*) FROM ivoa.obscore)::int AS rows',
    );
    assert.deepEqual(rows[0], { links: 0, rows: 1 });
    assert.notEqual(await readDataset(storage, didOf('m33')), null);
  }));
