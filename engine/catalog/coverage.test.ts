import assert from 'node:assert/strict';
import test from 'node:test';
import { coverageOf } from './coverage.ts';
import type { Coverage } from './manifest.ts';
import type { Release } from './release.ts';

const releaseWith = (coverage: Coverage) => ({ manifest: { coverage } }) as Release;

test('coverage is ranges of order-29 cells, worked out once', () => {
  const release = releaseWith({ order: 28, ranges: [0, 2, 5, 12 * 4 ** 28] });
  assert.deepEqual(coverageOf(release), {
    start: BigInt64Array.of(0n, 20n),
    end: BigInt64Array.of(8n, 12n << 58n),
    full: Uint8Array.of(1, 1),
  });
  assert.equal(coverageOf(release), coverageOf(release));
});

test('a release without rows covers nothing', () => {
  assert.equal(coverageOf(releaseWith({ order: 10, ranges: [] })).start.length, 0);
});
