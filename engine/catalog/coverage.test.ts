import assert from 'node:assert/strict';
import test from 'node:test';
import { coverageOf } from './coverage.ts';
import { COVERAGE_MAX_ORDER, type Coverage } from './manifest.ts';
import type { Release } from './release.ts';

const releaseWith = (coverage: Coverage) => ({ manifest: { coverage } }) as Release;

test('coverage is ranges of order-29 cells, worked out once', () => {
  const release = releaseWith({ order: 10, ranges: [0, 2, 5, 12 * 4 ** 10] });
  assert.deepEqual(coverageOf(release), {
    start: BigInt64Array.of(0n, 5n << 38n),
    end: BigInt64Array.of(2n << 38n, 12n << 58n),
    full: Uint8Array.of(1, 1),
  });
  assert.equal(coverageOf(release), coverageOf(release));
});

test('of every order that a manifest may have', () => {
  for (let order = 0; order <= COVERAGE_MAX_ORDER; order++) {
    const { start, end } = coverageOf(releaseWith({ order, ranges: [7, 9, 11, 12 * 4 ** order] }));
    const shift = BigInt(2 * (29 - order));
    assert.deepEqual([...start], [7n << shift, 11n << shift]);
    assert.deepEqual([...end], [9n << shift, 12n << 58n]);
  }
});

test('a release without rows covers nothing', () => {
  assert.equal(coverageOf(releaseWith({ order: 10, ranges: [] })).start.length, 0);
});
