import assert from 'node:assert/strict';
import { cp, mkdtemp } from 'node:fs/promises';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { decodeLeaf, encodeLeaf } from '../../engine/catalog/leaf.ts';
import { leafPath, type Manifest } from '../../engine/catalog/manifest.ts';
import type { ReleaseFile, ReleaseFiles } from '../../engine/catalog/release-files.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { putJson } from './put-json.ts';
import { sha256 } from './release-writer.ts';
import {
  DEC,
  exported,
  ID,
  RA,
  silent,
  stars,
  type TestCatalog,
  tableOf,
  withTable,
} from './test-catalog.ts';
import { type Fault, verifyFiles } from './verify-files.ts';

const table = tableOf([ID, RA, DEC]);
const PREFIX = 'survey.stars/2026-11-21';

/** A release that can be damaged, and what it takes to make the damage consistent one step further. */
interface Damaged {
  readonly manifest: Manifest;
  readonly list: ReleaseFiles;
  readonly read: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  readonly write: (path: string, bytes: Uint8Array) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** A new list of files, which the manifest vouches for, and what else is new in that. */
  readonly relist: (files: readonly ReleaseFile[], more?: Partial<Manifest>) => Promise<void>;
  readonly rewriteManifest: (manifest: object) => Promise<void>;
}

/** What is found after a release was damaged, in a copy of the bucket. */
async function faultsAfter(
  { bucket }: TestCatalog,
  manifest: Manifest,
  damage: (release: Damaged) => Promise<void>,
): Promise<readonly Fault[]> {
  const copy = await mkdtemp(`${bucket}-`);
  await cp(bucket, copy, { recursive: true });
  const storage = folderStorage(copy);
  const read = async (path: string) => (await storage.get(`${PREFIX}/${path}`))!;
  const list: ReleaseFiles = JSON.parse(new TextDecoder().decode(await read('files.json')));
  const rewriteManifest = (changed: object) => putJson(storage, `${PREFIX}/manifest.json`, changed);
  await damage({
    manifest,
    list,
    read,
    write: (path, bytes) => storage.put(`${PREFIX}/${path}`, bytes),
    remove: (path) => storage.remove(`${PREFIX}/${path}`),
    rewriteManifest,
    async relist(files, more) {
      await putJson(storage, `${PREFIX}/files.json`, { ...list, files });
      const bytes = await read('files.json');
      await rewriteManifest({ ...manifest, ...more, files: { bytes: bytes.length, sha256: sha256(bytes) } });
    },
  });
  return (await verifyFiles(storage, 'survey.stars', '2026-11-21', silent)).faults;
}

const dataFile = ({ list }: Damaged) => list.files.find(({ rows }) => rows !== undefined)!;

test('a release that is whole has no faults, and every byte of it was read', () =>
  withTable(table, stars(3000), async (catalog) => {
    await exported(catalog, table);
    const { faults, objects, bytes, manifest } = await verifyFiles(
      catalog.storage,
      'survey.stars',
      '2026-11-21',
      silent,
    );
    assert.deepEqual(faults, []);
    assert.equal(manifest!.rows, 3000);
    assert.ok(objects > 15 && bytes > manifest!.bytes);
  }));

test('one without rows is whole too', () =>
  withTable(table, [], async (catalog) => {
    await exported(catalog, table);
    assert.deepEqual((await verifyFiles(catalog.storage, 'survey.stars', '2026-11-21', silent)).faults, []);
  }));

const changedAt = (bytes: Uint8Array, at: number) => {
  const changed = bytes.slice();
  changed[at]! ^= 1;
  return changed;
};

test('what is wrong with a release is told', async (t) => {
  const damages: Record<string, [(release: Damaged) => Promise<void>, RegExp]> = {
    'a bit of a data file': [
      async (release) => {
        const { path } = dataFile(release);
        await release.write(path, changedAt(await release.read(path), 100));
      },
      /^dataset\/.*\.parquet is damaged: its SHA-256 differs from the one in the list of files$/,
    ],
    'a data file that is cut': [
      async (release) => {
        const { path } = dataFile(release);
        await release.write(path, (await release.read(path)).subarray(0, 500));
      },
      /^dataset\/.*\.parquet has 500 bytes instead of [\d,]+$/,
    ],
    'a data file that is gone': [
      (release) => release.remove(dataFile(release).path),
      /^dataset\/.*\.parquet is missing$/,
    ],
    'a leaf that is gone': [({ remove }) => remove('index/0.arrow'), /^index\/0\.arrow is missing$/],
    'an object too many': [
      ({ write }) => write('dataset/Norder=0/Dir=0/Npix=77.parquet', new Uint8Array(4)),
      /^dataset\/Norder=0\/Dir=0\/Npix=77\.parquet lies in the release, but is not in files\.json$/,
    ],
    'a folder too many': [
      ({ write }) => write('written/a.json', new Uint8Array(4)),
      /^written lies in the release, but is not in files\.json$/,
    ],
    'no list of files': [({ remove }) => remove('files.json'), /^files\.json is missing$/],
    'another list of files': [
      ({ list, write }) =>
        write('files.json', new TextEncoder().encode(JSON.stringify({ ...list, more: 1 }))),
      /^files\.json is not the one that the manifest was written with: its SHA-256 differs$/,
    ],
    'a list of files that is cut': [
      async ({ read, write }) => write('files.json', (await read('files.json')).subarray(0, 100)),
      /^files\.json is damaged: is not JSON$/m,
    ],
    'no manifest': [
      ({ remove }) => remove('manifest.json'),
      /^manifest\.json is missing: the release was never finished, or is being removed$/,
    ],
    'another manifest': [
      ({ manifest, rewriteManifest }) => rewriteManifest({ ...manifest, release: '2026-11-20' }),
      /^manifest\.json describes another release: survey\.stars 2026-11-20$/,
    ],
    'a manifest of another version': [
      ({ manifest, rewriteManifest }) => rewriteManifest({ ...manifest, version: 2 }),
      /^manifest\.json is damaged: has version 2: 3 is understood/,
    ],
    'a file of other rows than the list says': [
      ({ list, relist }) =>
        relist(list.files.map((file) => (file.rows ? { ...file, rows: file.rows + 1 } : file))),
      /^dataset\/.*\.parquet has \d+ rows instead of the \d+ in files\.json$/m,
    ],
    'a manifest of another number of files': [
      ({ manifest, rewriteManifest }) => rewriteManifest({ ...manifest, partitions: 99 }),
      /^manifest\.json tells of 99 partitions, and the data files have \d+$/,
    ],
    'another leaf, which the manifest does not describe': [
      async ({ list, read, write, relist }) => {
        const bytes = changedAt(await read('index/0.arrow'), 700);
        await write('index/0.arrow', bytes);
        await relist(
          list.files.map((file) =>
            file.path === 'index/0.arrow' ? { ...file, sha256: sha256(bytes) } : file,
          ),
        );
      },
      /^index\/0\.arrow is not the leaf that the manifest describes$/,
    ],
    'a leaf that tells of other row groups': [
      async ({ manifest, list, read, write, relist }) => {
        const leaf = decodeLeaf(await read(leafPath(0)), 4);
        leaf.offset[0]! += 1;
        const bytes = encodeLeaf(leaf);
        await write(leafPath(0), bytes);
        const [first, ...others] = manifest.leaves;
        const files = list.files.map((file) =>
          file.path === leafPath(0) ? { ...file, bytes: bytes.length, sha256: sha256(bytes) } : file,
        );
        await relist(files, { leaves: [{ ...first!, bytes: bytes.length, crc32: crc32(bytes) }, ...others] });
      },
      /^dataset\/.*\.parquet has other row groups than those that the index tells of$/,
    ],
    'what is no Parquet file': [
      async ({ list, write, relist, ...release }) => {
        const file = dataFile({ list, write, relist, ...release });
        const bytes = new Uint8Array(file.bytes);
        await write(file.path, bytes);
        await relist(
          list.files.map((other) => (other === file ? { ...file, sha256: sha256(bytes) } : other)),
        );
      },
      /^dataset\/.*\.parquet is no Parquet file$/,
    ],
  };
  await withTable(table, stars(3000), async (catalog) => {
    const manifest = await exported(catalog, table);
    for (const [what, [damage, expected]] of Object.entries(damages)) {
      await t.test(what, async () => {
        const faults = await faultsAfter(catalog, manifest, damage);
        assert.ok(faults.length > 0, 'no fault found');
        assert.match(faults.map(({ path, problem }) => `${path} ${problem}`).join('\n'), expected);
      });
    }
  });
});
