import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestKey, pointerKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import { removedReleases } from '../../engine/catalog/removed-releases.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { collectGarbage, type GcOptions } from './gc.ts';
import { withLease } from './lease.ts';
import { listReleases } from './list-releases.ts';
import { pinnedReleases, pinRelease, unpinRelease } from './pins.ts';
import {
  currentRelease,
  DEC,
  exportTable,
  ID,
  RA,
  stars,
  type TestCatalog,
  tableOf,
  withTable,
} from './test-catalog.ts';

const table = tableOf([ID, RA, DEC]);
const CATALOG = 'survey.stars';
const MADE = ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
const NOW = new Date('2026-12-24T00:00:00Z');

/** A catalogue with four releases. */
function withReleases(use: (catalog: TestCatalog) => Promise<void>): Promise<void> {
  return withTable(table, stars(20), async (catalog) => {
    for (const [at, release] of MADE.entries()) {
      await catalog.client.query(`DELETE FROM survey.stars WHERE id = ${at}`);
      const { report } = await exportTable(catalog, table, { date: new Date(`${release}T01:00:00Z`) });
      assert.equal(report.release, release);
    }
    await use(catalog);
  });
}

const collect = (storage: Storage, more: Partial<GcOptions> = {}) =>
  collectGarbage({ storage, catalog: CATALOG, policy: { keep: 2, keepDays: 0 }, now: NOW, ...more });

const left = async (storage: Storage) => (await listReleases(storage, CATALOG)).map(({ release }) => release);

test('removes what the policy does not keep, and nothing else', () =>
  withReleases(async (catalog) => {
    const { storage } = catalog;
    const heard: string[] = [];
    const verdicts = await collect(storage, { onRemoved: ({ release }) => heard.push(release) });
    assert.deepEqual(
      verdicts.map(({ listed, remove, reason }) => [listed.release, remove, reason]),
      [
        ['2026-11-17', true, 'not the latest since 2026-11-18'],
        ['2026-11-18', true, 'not the latest since 2026-11-19'],
        ['2026-11-19', false, 'among the 2 newest'],
        ['2026-11-20', false, 'the latest'],
      ],
    );
    assert.deepEqual(heard, ['2026-11-17', '2026-11-18']);
    assert.deepEqual(await storage.list(CATALOG), [
      '2026-11-19',
      '2026-11-20',
      'latest.json',
      'removed.json',
      'reports.json',
    ]);
    assert.equal(await currentRelease(catalog, table), '2026-11-20');
    assert.deepEqual(
      (await removedReleases(storage, CATALOG)).map(({ release }) => release),
      ['2026-11-17', '2026-11-18'],
    );
    assert.deepEqual(
      (await collect(storage)).filter(({ remove }) => remove),
      [],
    );
  }));

test('a name that was removed is not given again', () =>
  withReleases(async (catalog) => {
    await collect(catalog.storage, { policy: { keep: 0, keepDays: 0 } });
    assert.deepEqual(await left(catalog.storage), ['2026-11-20']);
    const date = new Date('2026-11-17T05:00:00Z');
    await assert.rejects(exportTable(catalog, table, { date, release: '2026-11-18' }), {
      message: /there is, or was, a release of that name/,
    });
  }));

test('a dry run removes nothing and says the same', () =>
  withReleases(async ({ storage }) => {
    const planned = await collect(storage, { dryRun: true });
    assert.deepEqual(await left(storage), MADE);
    assert.deepEqual(
      (await collect(storage)).map(({ listed, remove }) => [listed.release, remove]),
      planned.map(({ listed, remove }) => [listed.release, remove]),
    );
  }));

test('a pinned release stays until it is not pinned any more', () =>
  withReleases(async ({ storage }) => {
    await pinRelease(storage, CATALOG, '2026-11-17');
    await pinRelease(storage, CATALOG, '2026-11-17');
    assert.deepEqual(await pinnedReleases(storage, CATALOG), ['2026-11-17']);
    await collect(storage);
    assert.deepEqual(await left(storage), ['2026-11-17', '2026-11-19', '2026-11-20']);
    await unpinRelease(storage, CATALOG, '2026-11-17');
    await collect(storage);
    assert.deepEqual(await left(storage), ['2026-11-19', '2026-11-20']);
    await assert.rejects(
      pinRelease(storage, CATALOG, '2026-11-17'),
      /has no release 2026-11-17 that could be pinned/,
    );
    await assert.rejects(pinRelease(storage, CATALOG, '../x'), /has no release/);
    await assert.rejects(unpinRelease(storage, CATALOG, '2026-11-17'), /is not pinned/);
  }));

test('while an export runs nothing is removed, and while gc runs nothing is exported', () =>
  withReleases(async (catalog) => {
    const { storage } = catalog;
    await withLease({ storage, catalog: CATALOG, purpose: 'export' }, () =>
      assert.rejects(collect(storage), { message: /the export of survey\.stars is running/ }),
    );
    await withLease({ storage, catalog: CATALOG, purpose: 'gc' }, () =>
      assert.rejects(exportTable(catalog, table), { message: /the gc of survey\.stars is running/ }),
    );
    assert.deepEqual(await left(storage), MADE);
  }));

test('nothing is removed where it cannot be told which release is in use', () =>
  withReleases(async ({ storage }) => {
    const point = (text: string) => storage.put(pointerKey(CATALOG), new TextEncoder().encode(text));
    await point('{');
    await assert.rejects(collect(storage), {
      message: /its latest\.json is missing or damaged; export it again/,
    });
    await point('{"release":"2026-11-21","published":"2026-11-21T00:00:00Z"}');
    await assert.rejects(collect(storage), { message: /names release 2026-11-21, which is not there/ });
    await storage.remove(pointerKey(CATALOG));
    await assert.rejects(collect(storage), { message: /latest\.json is missing/ });
    await point('{"release":"2026-11-20","published":"2026-11-20T00:00:00Z"}');
    await storage.put(`${CATALOG}/pins.json`, new TextEncoder().encode('[]'));
    await assert.rejects(collect(storage), { message: /pins\.json is damaged: has no list of releases/ });
    assert.deepEqual((await storage.list(CATALOG)).slice(0, 4), MADE);
  }));

test('a bucket that fails half-way leaves no release with holes, and the next call removes the rest', () =>
  withReleases(async ({ storage }) => {
    const failing: Storage = {
      ...storage,
      remove: async (key) => {
        if (key === releasePrefix(CATALOG, '2026-11-17')) throw new Error('the disk is gone');
        await storage.remove(key);
      },
    };
    await assert.rejects(collect(failing), { message: 'the disk is gone' });
    assert.equal(await storage.size(manifestKey(CATALOG, '2026-11-17')), null);
    assert.deepEqual(
      (await listReleases(storage, CATALOG)).map(({ release, state }) => [release, state]),
      MADE.map((release) => [release, release === '2026-11-17' ? 'unfinished' : 'complete']),
    );
    await collect(storage);
    assert.deepEqual(await left(storage), ['2026-11-19', '2026-11-20']);
  }));

test('a list tells what is known of each release', () =>
  withReleases(async ({ storage }) => {
    await storage.put(manifestKey(CATALOG, '2026-11-18'), new TextEncoder().encode('{}'));
    await storage.remove(manifestKey(CATALOG, '2026-11-19'));
    const [first, second, third, last] = await listReleases(storage, CATALOG);
    assert.deepEqual(
      [first!.state, first!.rows, first!.latest, first!.created],
      ['complete', 19, false, '2026-11-17T01:00:00.000Z'],
    );
    assert.ok(first!.partitions! > 0 && first!.bytes! > 0 && first!.published! > first!.created!);
    assert.deepEqual([second!.state, second!.rows], ['unreadable', null]);
    assert.match(second!.problem!, /manifest\.json is damaged: has version undefined/);
    assert.equal(third!.state, 'unfinished');
    assert.deepEqual([last!.state, last!.rows, last!.latest], ['complete', 16, true]);
    assert.deepEqual(await listReleases(storage, 'survey.nothing'), []);
  }));
