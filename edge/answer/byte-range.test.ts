import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rangeOf } from './byte-range.ts';

const part = (offset: number, length: number) => ({ offset, length });

test('one range', () => {
  assert.deepEqual(rangeOf('bytes=0-3', 10), part(0, 4));
  assert.deepEqual(rangeOf('bytes=9-9', 10), part(9, 1));
  assert.deepEqual(rangeOf('bytes=4-', 10), part(4, 6));
  assert.deepEqual(rangeOf('bytes=4-100', 10), part(4, 6));
  assert.deepEqual(rangeOf('bytes=-3', 10), part(7, 3));
  assert.deepEqual(rangeOf('bytes=-30', 10), part(0, 10));
  assert.deepEqual(rangeOf('Bytes = 0 - 0', 10), part(0, 1));
});

test('a range beyond the end', () => {
  for (const header of ['bytes=10-', 'bytes=10-12', 'bytes=-0', 'bytes=99999999999999999999-']) {
    assert.equal(rangeOf(header, 10), 'unsatisfiable', header);
  }
  assert.equal(rangeOf('bytes=0-', 0), 'unsatisfiable');
  assert.equal(rangeOf('bytes=-1', 0), 'unsatisfiable');
});

test('what is ignored: other units, several ranges, nonsense', () => {
  for (const header of [
    undefined,
    '',
    'rows=0-3',
    'bytes=0-1,4-5',
    'bytes=5-2',
    'bytes=-',
    'bytes=a-b',
    'bytes',
    '0-3',
  ]) {
    assert.equal(rangeOf(header, 10), 'whole', header);
  }
});
