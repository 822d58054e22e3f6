import assert from 'node:assert/strict';
import test from 'node:test';
import { nextReleaseName } from './release-name.ts';

const date = new Date('2026-11-21T23:59:59.999Z');

test('the first release of a day has its UTC date', () => {
  assert.equal(nextReleaseName([], date), '2026-11-21');
  assert.equal(nextReleaseName(['2026-11-20', '2026-11-20.3', '2026-11-22'], date), '2026-11-21');
});

test('later ones are numbered after the last, whatever became of those between', () => {
  assert.equal(nextReleaseName(['2026-11-21'], date), '2026-11-21.1');
  assert.equal(nextReleaseName(['2026-11-21', '2026-11-21.9', '2026-11-21.10'], date), '2026-11-21.11');
  assert.equal(nextReleaseName(['2026-11-21.2'], date), '2026-11-21.3');
});

test('other names in the folder do not count', () => {
  assert.equal(nextReleaseName(['latest.json', '2026-11-21.x', 'x2026-11-21'], date), '2026-11-21');
});
