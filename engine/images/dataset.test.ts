import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { folderStorage } from '../storage/folder.ts';
import type { ImageDataset } from './dataset.ts';
import { datasetDigest, datasetKey } from './keys.ts';
import { CorruptDatasetError, readDataset, readDatasetOf } from './read-dataset.ts';
import { removeDataset, writeDataset } from './write-dataset.ts';

const root = await mkdtemp(join(tmpdir(), 'almagest-datasets-'));
after(() => rm(root, { recursive: true }));
const storage = folderStorage(root);

const DID = 'ivo://almagest.example/demo?orion';

function dataset(did: string): ImageDataset {
  return {
    version: 1,
    did,
    collection: 'demo',
    added: '2026-11-21T20:00:00Z',
    observation: {
      obs_id: 'orion',
      obs_title: 'Orion',
      obs_collection: 'demo',
      dataproduct_type: 'image',
      dataproduct_subtype: null,
      calib_level: 2,
      obs_creator_did: null,
      obs_release_date: null,
      target_name: 'Orion',
      target_class: null,
      facility_name: 'Almagest',
      instrument_name: 'simulation',
      s_ra: 84,
      s_dec: -1,
      s_fov: 10,
      s_region: [80, -5, 88, -5, 88, 5, 80, 5],
      s_resolution: null,
      s_pixel_scale: 60,
      s_xel1: 480,
      s_xel2: 600,
      t_min: null,
      t_max: null,
      t_exptime: null,
      t_resolution: null,
      t_xel: null,
      em_min: null,
      em_max: null,
      em_res_power: null,
      em_xel: null,
      em_filter_name: null,
      o_ucd: 'phot.flux',
      o_unit: null,
      pol_states: null,
      pol_xel: null,
    },
    file: {
      key: 'images/files/demo/orion.fits',
      name: 'orion.fits',
      mediaType: 'image/fits',
      bytes: 2880,
      sha256: '0'.repeat(64),
    },
    hdu: {
      index: 0,
      kind: 'image',
      cards: `${'SIMPLE  =                    T'.padEnd(80)}`,
      headerOffset: 0,
      dataOffset: 2880,
      dataBytes: 0,
    },
    primary: null,
    preview: null,
    thumbnail: null,
    links: [],
    moc: '3/42',
  };
}

test('a dataset is published from when its document is there until it is removed', async () => {
  assert.equal(await readDataset(storage, DID), null);
  await writeDataset(storage, dataset(DID));
  assert.deepEqual(await readDataset(storage, DID), dataset(DID));
  await removeDataset(storage, DID);
  assert.equal(await readDataset(storage, DID), null);
});

test('a dataset is found by the digest of its identifier, and by nothing else', async () => {
  const digest = await datasetDigest(DID);
  await writeDataset(storage, dataset(DID));
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
    await writeDataset(storage, dataset(did));
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
    [JSON.stringify({ ...dataset(DID), version: 2 }), /is of version 2/],
    [JSON.stringify(dataset('ivo://almagest.example/demo?other')), /describes another dataset, ivo:.*other/],
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
