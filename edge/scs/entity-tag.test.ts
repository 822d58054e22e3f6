import assert from 'node:assert/strict';
import test from 'node:test';
import { matchesTag } from './entity-tag.ts';

test('the comparison is weak, and lists count', () => {
  assert.equal(matchesTag('W/"a"', 'W/"a"'), true);
  assert.equal(matchesTag('"a"', 'W/"a"'), true);
  assert.equal(matchesTag('"x", W/"a" , "y"', 'W/"a"'), true);
  assert.equal(matchesTag('*', 'W/"a"'), true);
});

test('another tag, none, or nonsense does not match', () => {
  assert.equal(matchesTag(undefined, 'W/"a"'), false);
  assert.equal(matchesTag('', 'W/"a"'), false);
  assert.equal(matchesTag('W/"b"', 'W/"a"'), false);
  assert.equal(matchesTag('a', 'W/"a"'), false);
});
