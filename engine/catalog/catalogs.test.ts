import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { coneSearch } from '../cone/cone-search.ts';
import { CorruptReleaseError, ReleaseRemovedError, StorageError } from '../errors.ts';
import { type Manifest, manifestKey, pointerKey, releasePrefix } from './manifest.ts';

const CATALOG = 'dso.objects';

describe('catalogues of a bucket', () => {
  let bucket: ScratchBucket;
  beforeEach(async () => {
    bucket = await scratchBucket();
  });
  afterEach(() => bucket.remove());

  const write = (key: string, text: string) => bucket.storage.put(key, new TextEncoder().encode(text));

  /** Another release of the catalogue, which is complete but not the latest. */
  async function addRelease(release: string, edit = (manifest: Manifest): Manifest => manifest) {
    const manifest = await bucket.latest(CATALOG);
    await bucket.writeJson(manifestKey(CATALOG, release), edit({ ...manifest, release }));
  }

  const point = (release: string) => bucket.writeJson(pointerKey(CATALOG), { release, published: '' });

  test('are the folders with a pointer', async () => {
    await write('no.pointer/2026-01-01/manifest.json', '{}');
    await write('notes.txt', 'not a catalogue');
    assert.deepEqual(await bucket.engine().catalogs.list(), [CATALOG, 'hipparcos.stars']);
  });

  test('may be none at all', async () => {
    await bucket.storage.remove(CATALOG);
    await bucket.storage.remove('hipparcos.stars');
    const { catalogs } = bucket.engine();
    assert.deepEqual(await catalogs.list(), []);
    assert.equal(await catalogs.open(CATALOG), null);
  });

  test('do not exist under names that are none', async () => {
    const { catalogs } = bucket.engine();
    for (const name of [
      'absent.table',
      '',
      'dso',
      '../dso.objects',
      'dso.objects/',
      'a.b/../../x',
      'a.b.c',
      '.',
    ]) {
      assert.equal(await catalogs.open(name), null, name);
    }
    for (const release of ['2000-01-01', '', '..', 'latest', '2026-11-20/..']) {
      assert.equal(await catalogs.open(CATALOG, release), null, release);
    }
  });

  test('are read once for many that open them at a time, and then remembered', async () => {
    const { catalogs } = bucket.engine({ pointerLifetime: 60_000 });
    const opened = await Promise.all(Array.from({ length: 20 }, () => catalogs.open(CATALOG)));
    assert.equal(new Set(opened).size, 1);
    await catalogs.open(CATALOG);
    assert.equal(bucket.reads.length, 2, 'the pointer and the manifest');
  });

  test('show a new release once the pointer is swapped and the old one is forgotten', async () => {
    const { catalogs } = bucket.engine({ pointerLifetime: 2000 });
    const before = await catalogs.open(CATALOG);
    await addRelease('2099-01-01.2');
    await point('2099-01-01.2');
    assert.equal(await catalogs.open(CATALOG), before);
    await delay(2100);
    assert.equal((await catalogs.open(CATALOG))!.manifest.release, '2099-01-01.2');
    assert.equal(await catalogs.open(CATALOG, before!.manifest.release), before, 'old releases stay');
  });

  test('go on with the latest when a release is removed, and call nothing damaged', async () => {
    const old = (await bucket.latest(CATALOG)).release;
    const engine = bucket.engine({ pointerLifetime: 60_000 });
    const opened = (await engine.catalogs.open(CATALOG))!;
    const cone = { lon: 10, lat: 40, radius: 30 };
    const search = () =>
      coneSearch(engine, opened, { cone, columns: ['id'], limit: 10, sorted: false, separation: false });
    await addRelease('2099-01-01');
    await point('2099-01-01');
    await bucket.storage.remove(manifestKey(CATALOG, old));
    await bucket.storage.remove(releasePrefix(CATALOG, old));
    await assert.rejects(Promise.resolve(search().batches.next()), (error: ReleaseRemovedError) => {
      assert.ok(error instanceof ReleaseRemovedError && error instanceof StorageError);
      assert.match(
        error.advice,
        /the release .* of dso\.objects was removed\. Ask again: dso\.objects has a later one/,
      );
      return true;
    });
    assert.equal((await engine.catalogs.open(CATALOG))!.manifest.release, '2099-01-01');
    assert.equal(await engine.catalogs.open(CATALOG, old), null);
    await assert.rejects(engine.catalogs.file(opened, 'moc.fits'), ReleaseRemovedError);
  });

  test('go on with the latest when the one that is remembered was removed', async () => {
    const old = (await bucket.latest(CATALOG)).release;
    const { catalogs } = bucket.engine({ pointerLifetime: 60_000 });
    // Known by its pointer alone.
    assert.deepEqual(await catalogs.list(), [CATALOG, 'hipparcos.stars']);
    await addRelease('2099-01-01');
    await point('2099-01-01');
    await bucket.storage.remove(releasePrefix(CATALOG, old));
    assert.equal((await catalogs.open(CATALOG))!.manifest.release, '2099-01-01');
  });

  test('show no release without a manifest', async () => {
    await write(`${releasePrefix(CATALOG, '2099-01-01')}/hats.properties`, 'unfinished');
    const { catalogs } = bucket.engine();
    assert.equal(await catalogs.open(CATALOG, '2099-01-01'), null);
    await point('2099-01-01');
    await assert.rejects(catalogs.open(CATALOG), (error: CorruptReleaseError) => {
      assert.ok(error instanceof CorruptReleaseError);
      assert.equal(error.key, manifestKey(CATALOG, '2099-01-01'));
      assert.match(error.message, /manifest\.json is missing/);
      return true;
    });
  });

  for (const [what, text] of Object.entries({
    empty: '',
    'cut off': '{"release": "2026-',
    'not UTF-8': '\ud800',
    'not an object': '[]',
    'without a release': '{"published": "2026-11-20T00:00:00Z"}',
    'naming a path': '{"release": "../other"}',
  })) {
    test(`say which pointer is ${what}`, async () => {
      await write(pointerKey(CATALOG), text);
      const { catalogs } = bucket.engine();
      await assert.rejects(catalogs.open(CATALOG), { name: 'CorruptReleaseError', key: pointerKey(CATALOG) });
      assert.deepEqual(await catalogs.list(), [CATALOG, 'hipparcos.stars'], 'the others are served');
    });
  }

  for (const [problem, edit] of Object.entries<(manifest: Manifest) => unknown>({
    'version 2: 3 is understood; export the catalogue again': (manifest) => ({ ...manifest, version: 2 }),
    'files\\.bytes is not a count': ({ files: _, ...manifest }) => manifest,
    'files\\.sha256 is not a SHA-256': (manifest) => ({
      ...manifest,
      files: { ...manifest.files, sha256: 'x' },
    }),
    'snapshot is not a snapshot of PostgreSQL': (manifest) => ({ ...manifest, snapshot: '7' }),
    'state is neither null nor a text': ({ state: _, ...manifest }) => manifest,
    'describes another release': (manifest) => ({ ...manifest, release: '1999-01-01' }),
    'rows is not a count': (manifest) => ({ ...manifest, rows: 'many' }),
    'rows is not the sum': (manifest) => ({ ...manifest, rows: manifest.rows + 1 }),
    'table has no columns': (manifest) => ({ ...manifest, table: { ...manifest.table, columns: [] } }),
    'leaves is not a list': ({ leaves: _, ...manifest }) => manifest,
    'leaves are not in ascending order': (manifest) => ({
      ...manifest,
      leaves: [
        { ...manifest.leaves[0]!, first: '9', rows: 0 },
        { ...manifest.leaves[0]!, first: '8' },
      ],
    }),
    'leaves\\[0\\]\\.crc32 is not a CRC-32': (manifest) => ({
      ...manifest,
      leaves: manifest.leaves.map(({ crc32: _, ...leaf }) => leaf),
    }),
    'it has only one of skymap and coverage': (manifest) => ({ ...manifest, skymap: null }),
    'dso\\.objects has positions, but not a skymap': (manifest) => ({
      ...manifest,
      skymap: null,
      coverage: null,
    }),
    'dso\\.objects has a skymap, but not positions': (manifest) => ({
      ...manifest,
      table: {
        ...manifest.table,
        columns: manifest.table.columns.map((column) => ({ ...column, ucd: null })),
      },
    }),
    'margin is neither null nor a number of arcseconds': (manifest) => ({ ...manifest, margin: 0 }),
    'it has a margin, but no skymap': (manifest) => ({
      ...manifest,
      margin: 10,
      skymap: null,
      coverage: null,
    }),
    'coverage is no MOC': ({ coverage: _, ...manifest }) => manifest,
    'coverage\\.ranges are not in ascending order': (manifest) => ({
      ...manifest,
      coverage: { ...manifest.coverage!, ranges: manifest.coverage!.ranges.toReversed() },
    }),
    'coverage\\.ranges go beyond the last cell': (manifest) => ({
      ...manifest,
      coverage: { ...manifest.coverage!, order: 0 },
    }),
    'coverage leaves out cell \\d+ of the skymap': (manifest) => ({
      ...manifest,
      coverage: { ...manifest.coverage!, ranges: manifest.coverage!.ranges.slice(4) },
    }),
    'footprints is no index': (manifest) => ({ ...manifest, footprints: { version: 1, blocks: [] } }),
    'footprints has version 0': (manifest) => withFootprints(manifest, {}, { version: 0 }),
    'footprints has blocks that have no size': (manifest) => withFootprints(manifest, {}, { blocks: [-1] }),
    'footprints\\.reach is no angle': (manifest) => withFootprints(manifest, {}, { reach: '1' }),
    'footprints has a cell that there is not': (manifest) => withFootprints(manifest, { first: [0, 48] }),
    'footprints is not in ascending order': (manifest) => withFootprints(manifest, { first: [9, 8] }),
  })) {
    test(`say what is wrong with a manifest: ${problem}`, async () => {
      await bucket.editManifest(CATALOG, edit as (manifest: Manifest) => Manifest);
      await assert.rejects(bucket.engine().catalogs.open(CATALOG), {
        name: 'CorruptReleaseError',
        message: new RegExp(`^dso\\.objects/.*/manifest\\.json .*${problem}`),
      });
    });
  }

  test('may hold no rows', async () => {
    await addRelease('2099-01-01', (manifest) => ({
      ...manifest,
      rows: 0,
      partitions: 0,
      bytes: 0,
      leaves: [],
      skymap: { ...manifest.skymap!, rows: manifest.skymap!.rows.map(() => 0) },
    }));
    await point('2099-01-01');
    const engine = bucket.engine();
    const release = (await engine.catalogs.open(CATALOG))!;
    const cone = { lon: 0, lat: 0, radius: 180 };
    for (const sorted of [false, true]) {
      const query = { cone, columns: ['id'], limit: 10, sorted, separation: true };
      const { batches } = coneSearch(engine, release, query);
      assert.deepEqual(await batches.next(), { done: true, value: { overflow: false } });
    }
  });

  test('say so when the bucket cannot be read', async () => {
    const storage = {
      ...bucket.storage,
      get: () => Promise.reject(new Error('no route to host')),
      list: () => Promise.reject(new Error('no route to host')),
    };
    const { catalogs } = bucket.engine({ storage });
    await assert.rejects(catalogs.open(CATALOG), (error: StorageError) => {
      assert.ok(error instanceof StorageError);
      assert.match(error.message, /dso\.objects\/latest\.json.*no route to host/);
      return true;
    });
    await assert.rejects(catalogs.list(), { name: 'StorageError' });
  });
});

function withFootprints(manifest: Manifest, chunks: object, others: object = {}): object {
  const pair = { order: [1, 1], first: [0, 1], entries: [1, 1], bytes: [14, 14], crc32: [0, 0] };
  return { ...manifest, footprints: { version: 1, blocks: [8], chunks: { ...pair, ...chunks }, ...others } };
}
