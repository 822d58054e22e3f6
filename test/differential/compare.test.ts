import assert from 'node:assert/strict';
import test from 'node:test';
import type { Answer, Value } from './answers.ts';
import { difference } from './compare.ts';
import { EXACT, LIBRARY, type Tolerance } from './questions/question.ts';

const answer = (...rows: (readonly Value[])[]): Answer => ({ columns: ['x', 'y'], rows, overflow: false });

function differ(a: Answer, b: Answer, tolerance: Tolerance = EXACT, order: 'any' | 'given' = 'any'): boolean {
  const said = difference(a, b, order, tolerance);
  assert.equal(said === null, difference(b, a, order, tolerance) === null);
  return said !== null;
}

test('rows are the same in any order, unless there is one', () => {
  const [a, b] = [answer([1, 'a'], [2, 'b'], [2, 'b']), answer([2, 'b'], [1, 'a'], [2, 'b'])];
  assert.equal(differ(a, b), false);
  assert.equal(differ(a, b, EXACT, 'given'), true);
});

test('a row too many, too few or twice is a difference', () => {
  assert.match(difference(answer([1, 'a']), answer(), 'any', EXACT)!, /1 rows, and 0; only one has 1, "a"/);
  assert.ok(differ(answer([1, 'a'], [1, 'a'], [2, 'b']), answer([1, 'a'], [2, 'b'], [2, 'b'])));
});

test('so are columns, overflow, nulls, empty texts and other types', () => {
  assert.ok(differ(answer(), { ...answer(), columns: ['x'] }));
  assert.ok(differ(answer(), { ...answer(), overflow: true }));
  for (const other of [null, '', 0, false, 1n, '1', Number.NaN]) {
    assert.ok(differ(answer([1, 'a']), answer([other, 'a'])), String(other));
  }
  assert.ok(differ(answer([[1, 2], 'a']), answer([[1, 2, 3], 'a'])));
});

test('numbers differ by their last bits, as far as is allowed', () => {
  const next = 1 + Number.EPSILON;
  assert.equal(differ(answer([1, 'a']), answer([next, 'a'])), true);
  assert.equal(differ(answer([1, 'a']), answer([next, 'a']), LIBRARY), false);
  assert.equal(differ(answer([1, 'a']), answer([1 + 3 * Number.EPSILON, 'a']), LIBRARY), true);
  assert.equal(differ(answer([[1, 1e-13], 'a']), answer([[1, 0], 'a']), { ulps: 0, absolute: 1e-12 }), false);
  assert.equal(differ(answer([Number.NaN, 'a']), answer([Number.NaN, 'a'])), false);
});
