import assert from 'node:assert/strict';
import test from 'node:test';
import { compareReleases, isReleaseName, releaseDay } from './release-name.ts';

test('a release is named after its day, and its number on that day', () => {
  assert.ok(['2026-11-20', '2026-11-20.1', '2026-11-20.12'].every(isReleaseName));
  assert.ok(
    !['', 'latest', '2026-11-2', '2026-11-20.', '2026-11-20.x', 'x2026-11-20', 7].some(isReleaseName),
  );
  assert.deepEqual(releaseDay('2026-11-20'), { day: '2026-11-20', number: 0 });
  assert.deepEqual(releaseDay('2026-11-20.12'), { day: '2026-11-20', number: 12 });
});

test('releases are ordered by day and then by number, not by letters', () => {
  const made = ['2025-12-31.4', '2026-11-20', '2026-11-20.2', '2026-11-20.10', '2026-11-21'];
  assert.deepEqual(made.toReversed().sort(compareReleases), made);
  assert.equal(compareReleases('2026-11-20', '2026-11-20'), 0);
});
