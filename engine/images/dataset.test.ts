import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { imageDataset } from '../../test/image-dataset.ts';
import { folderStorage } from '../storage/folder.ts';
import { datasetDigest, datasetKey } from './keys.ts';
import { CorruptDatasetError, readDataset, readDatasetOf } from './read-dataset.ts';
import { removeDataset, writeDataset } from './write-dataset.ts';

const root = await mkdtemp(join(tmpdir(), 'almagest-datasets-'));
after(() => rm(root, { recursive: true }));
const storage = folderStorage(root);

const DID = 'ivo://almagest.example/demo?orion';

test('a dataset is published from when its document is there until it is removed', async () => {
  assert.equal(await readDataset(storage, DID), null);
  await writeDataset(storage, imageDataset(DID));
  assert.deepEqual(await readDataset(storage, DID), imageDataset(DID));
  await removeDataset(storage, DID);
  assert.equal(await readDataset(storage, DID), null);
});

test('a dataset is found by the digest of its identifier, and by nothing else', async () => {
  const digest = await datasetDigest(DID);
  await writeDataset(storage, imageDataset(DID));
  assert.equal((await readDatasetOf(storage, digest))?.did, DID);
  for (const other of [await datasetDigest('x'), digest.toUpperCase(), digest.slice(1), '', '..', DID]) {
    assert.equal(await readDatasetOf(storage, other), null);
  }
  await storage.copy(datasetKey(digest), datasetKey('0'.repeat(64)));
  await assert.rejects(readDatasetOf(storage, '0'.repeat(64)), /describes another dataset/);
  await removeDataset(storage, DID);
  assert.equal(await readDatasetOf(storage, digest), null);
});

test('no identifier is a path', async () => {
  for (const did of ['../../etc/passwd', '/', '', '.', 'a\0b', `ivo://x/${'y'.repeat(100_000)}`, '¾😀']) {
    assert.equal(await readDataset(storage, did), null);
    await writeDataset(storage, imageDataset(did));
    assert.equal((await readDataset(storage, did))?.did, did);
    assert.match(
      datasetKey(await datasetDigest(did)),
      /^images\/datasets\/([0-9a-f]{2})\/\1[0-9a-f]{62}\.json$/,
    );
  }
});

test('a document that is damaged is none', async () => {
  const key = datasetKey(await datasetDigest(DID));
  const damaged: [string, RegExp][] = [
    ['{"version":1,', /is not JSON/],
    ['null', /is of version undefined, and this program reads 1/],
    [JSON.stringify({ ...imageDataset(DID), version: 2 }), /is of version 2/],
    [
      JSON.stringify(imageDataset('ivo://almagest.example/demo?other')),
      /describes another dataset, ivo:.*other/,
    ],
    [JSON.stringify({ version: 1, did: DID }), /lacks the file/],
  ];
  for (const [text, message] of damaged) {
    await storage.put(key, new TextEncoder().encode(text));
    await assert.rejects(
      readDataset(storage, DID),
      (error) =>
        error instanceof CorruptDatasetError &&
        error.key === key &&
        message.test(error.message) &&
        /almagest images rebuild/.test(error.message),
      text,
    );
  }
});
