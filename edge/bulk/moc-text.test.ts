import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoc } from './moc-text.ts';

const shifted = (order: number, cell: number): bigint => BigInt(cell) << BigInt(2 * (29 - order));

function rangesOf(text: string): bigint[][] {
  const parsed = parseMoc(text);
  assert.ok('value' in parsed, text);
  const { start, end } = parsed.value;
  return [...start].map((first, at) => [first, end[at]!]);
}

test('reads ASCII as MOC 2.0 and mocpy write it', () => {
  const expected = [
    [shifted(3, 17), shifted(3, 18)],
    [shifted(3, 20), shifted(3, 24)],
  ];
  assert.deepEqual(rangesOf('3/17 20-23'), expected);
  assert.deepEqual(rangesOf('3/17,20-23'), expected);
  assert.deepEqual(rangesOf('3/20-23 17 9/'), expected);
  assert.deepEqual(rangesOf('  4/80-95 3/17 29/'), expected);
});

test('joins what overlaps', () => {
  assert.deepEqual(rangesOf('1/0 2/0-3 2/2 29/5'), [[0n, shifted(1, 1)]]);
});

test('reads JSON', () => {
  assert.deepEqual(rangesOf('{"3": [17], "2": [6]}'), [
    [shifted(3, 17), shifted(3, 18)],
    [shifted(2, 6), shifted(2, 7)],
  ]);
  assert.deepEqual(rangesOf('{}'), []);
});

test('says what is wrong', () => {
  const faults: [string, RegExp][] = [
    ['17', /has "17", which is no MOC in ASCII/],
    ['3/17 x', /has "x"/],
    ['3/-4', /has "3\/-4"/],
    ['30/0', /has the order 30; orders go up to 29/],
    ['0/12', /has the cell 12 of order 0, whose last is 11/],
    ['0/5-4', /ends before it begins/],
    ['{"3": 17}', /is no MOC in JSON/],
    ['{"x": [1]}', /is no MOC in JSON/],
    ['{"3": [-1]}', /is no MOC in JSON/],
    ['{"3": [', /is no MOC in JSON/],
  ];
  for (const [text, message] of faults) {
    const parsed = parseMoc(text);
    assert.match('fault' in parsed ? parsed.fault : 'none', message, text);
  }
});
