import assert from 'node:assert/strict';
import test from 'node:test';
import type { ListedRelease } from './list-releases.ts';
import { judgeReleases, type RetentionPolicy } from './retention.ts';

const now = new Date('2026-11-21T12:00:00Z');

function listed(release: string, about: Partial<ListedRelease> = {}): ListedRelease {
  const created = `${release.slice(0, 10)}T01:00:00.000Z`;
  return {
    catalog: 'survey.stars',
    release,
    state: 'complete',
    latest: false,
    pinned: false,
    created,
    published: created,
    rows: 1,
    bytes: 1,
    partitions: 1,
    unchanged: 0,
    ...about,
  };
}

const unfinished = (release: string) =>
  listed(release, { state: 'unfinished', created: null, published: null });
const latest = (release: string) => listed(release, { latest: true });

/** Names of those that go. */
function removed(releases: ListedRelease[], policy: Partial<RetentionPolicy> = {}, at = now): string[] {
  return judgeReleases(releases, { keep: 1, keepDays: 0, ...policy }, at)
    .filter(({ remove }) => remove)
    .map(({ listed }) => listed.release);
}

const week = ['2026-11-01', '2026-11-10', '2026-11-15', '2026-11-18'].map((name) => listed(name));

test('those beyond the newest go, but never the latest', () => {
  assert.deepEqual(removed([...week, latest('2026-11-20')], { keep: 2 }), [
    '2026-11-01',
    '2026-11-10',
    '2026-11-15',
  ]);
  assert.deepEqual(removed([...week, latest('2026-11-20')], { keep: 9 }), []);
  const all = week.map(({ release }) => release);
  assert.deepEqual(removed([...week, latest('2026-11-20')], { keep: 0 }), all);
  assert.deepEqual(removed([latest('2026-11-20')], { keep: 0 }), []);
});

test('those that were the latest lately stay, however long ago they were made', () => {
  const releases = [...week, latest('2026-11-20')];
  // The one of the 15th was replaced on the 18th, 3.5 days ago; that of the 10th on the 15th.
  assert.deepEqual(removed(releases, { keepDays: 4 }), ['2026-11-01', '2026-11-10']);
  assert.deepEqual(removed(releases, { keepDays: 7 }), ['2026-11-01']);
  assert.deepEqual(removed(releases, { keepDays: 30 }), []);
});

test('one that was the latest until a moment ago stays', () => {
  const releases = [listed('2026-11-01'), latest('2026-11-21')];
  const published = Date.parse('2026-11-21T01:00:00Z');
  assert.deepEqual(removed(releases, {}, new Date(published + 59 * 60_000)), []);
  assert.deepEqual(removed(releases, {}, new Date(published + 61 * 60_000)), ['2026-11-01']);
});

test('a clock that went backwards removes nothing that is not old by it', () => {
  assert.deepEqual(removed([listed('2026-11-22'), latest('2026-11-22.1')]), []);
});

test('a pinned one stays', () => {
  assert.deepEqual(
    removed([listed('2026-11-01', { pinned: true }), ...week.slice(1), latest('2026-11-20')]),
    ['2026-11-10', '2026-11-15', '2026-11-18'],
  );
});

test('those newer than the latest stay, for somebody has sent readers back', () => {
  const releases = [listed('2026-11-01'), latest('2026-11-10'), listed('2026-11-12'), listed('2026-11-13')];
  assert.deepEqual(removed(releases), ['2026-11-01']);
});

test('nothing that is complete goes where no release is the latest', () => {
  assert.deepEqual(removed(week), []);
});

test('a damaged one is old too, once it is', () => {
  const damaged = { state: 'unreadable', created: null, published: null, rows: null } as const;
  assert.deepEqual(removed([listed('2026-11-01', damaged), latest('2026-11-20')]), ['2026-11-01']);
});

test('what a killed export left goes when another one was made, or after a week', () => {
  assert.deepEqual(removed([unfinished('2026-11-19'), latest('2026-11-20')]), ['2026-11-19']);
  assert.deepEqual(removed([latest('2026-11-20'), unfinished('2026-11-21')]), []);
  assert.deepEqual(removed([latest('2026-11-01'), unfinished('2026-11-13'), unfinished('2026-11-15')]), [
    '2026-11-13',
  ]);
  assert.deepEqual(
    removed([unfinished('2026-11-13'), unfinished('2026-11-21')]),
    ['2026-11-13'],
    'with no release',
  );
});
