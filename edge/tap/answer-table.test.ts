import assert from 'node:assert/strict';
import test from 'node:test';
import type { Release } from '../../engine/catalog/release.ts';
import { releaseHeader } from './answer-table.ts';

const release = (catalog: string) => ({ manifest: { catalog, release: '2026-11-21' } }) as Release;

test('the header names releases in letters that a header may have, and not too many', () => {
  assert.equal(
    releaseHeader([release('a.b'), release('étoiles.Ω 1')]),
    'a.b@2026-11-21, %C3%A9toiles.%CE%A9%201@2026-11-21',
  );
  const many = releaseHeader(Array.from({ length: 1000 }, (_, at) => release(`survey.table${at}`)));
  assert.match(many, /, survey\.table49@2026-11-21, and 950 more$/);
  assert.ok(many.length < 4000);
});
