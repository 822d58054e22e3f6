import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { countsAtOrder, eachFilled, emptyHistogram, MAX_ORDER, sumsOf } from './histogram.ts';

const CELLS = 4 ** 6;
const counted = fc.array(fc.tuple(fc.nat(CELLS - 1), fc.integer({ min: 1, max: 2 ** 31 })), {
  maxLength: 40,
});

test('cells that have a count are shown in their order, once each, as long as they are wanted', () => {
  fc.assert(
    fc.property(counted, fc.nat(40), (pairs, most) => {
      const histogram = emptyHistogram(CELLS);
      for (const [cell] of pairs) histogram.add(cell, 2);
      const expected = [...new Set(pairs.map(([cell]) => cell))].sort((a, b) => a - b);
      const all: number[] = [];
      eachFilled(histogram, (cell, count) => {
        assert.equal(count, histogram.at(cell));
        all.push(cell);
      });
      assert.deepEqual(all, expected);
      const some: number[] = [];
      const wereAll = histogram.every((cell) => some.push(cell) < most);
      assert.deepEqual(some, expected.slice(0, Math.max(1, most)));
      assert.equal(wereAll, expected.length < Math.max(1, most));
    }),
  );
});

test('sums are those of all cells inside, also beyond 32 bits', () => {
  fc.assert(
    fc.property(counted, (pairs) => {
      const histogram = emptyHistogram(CELLS);
      const distinct = new Map(pairs);
      for (const [cell, count] of distinct) histogram.add(cell, count);
      const sum = sumsOf(histogram);
      for (let levels = 0; levels <= 6; levels += 1) {
        const expected = new Float64Array(4 ** (6 - levels));
        for (const [cell, count] of distinct) expected[Math.floor(cell / 4 ** levels)]! += count;
        assert.deepEqual(
          Float64Array.from(expected, (_, cell) => sum(levels, cell)),
          expected,
        );
      }
    }),
    { numRuns: 20 },
  );
});

test('the counts of another order are those of the whole sky', () => {
  const sky = emptyHistogram();
  sky.add(0, 3);
  sky.add(4 ** MAX_ORDER, 5);
  sky.add(12 * 4 ** MAX_ORDER - 1, 7);
  assert.deepEqual([...countsAtOrder(sky, 0)], [3, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
});
