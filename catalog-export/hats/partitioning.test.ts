import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  type Cell,
  cellsAtMaxOrder,
  emptyHistogram,
  MAX_ORDER,
  orderOfCells,
  partitionCells,
  partitionOfCell,
} from './partitioning.ts';

const CELLS = 12 * 4 ** MAX_ORDER;

function histogramOf(rows: Iterable<readonly [cell: number, count: number]>): Uint32Array {
  const histogram = emptyHistogram();
  for (const [cell, count] of rows) histogram[cell]! += count;
  return histogram;
}

function rowsIn(histogram: Uint32Array, { order, pixel }: Cell): number {
  const cells = 4 ** (MAX_ORDER - order);
  return histogram.subarray(pixel * cells, (pixel + 1) * cells).reduce((sum, count) => sum + count, 0);
}

test('cells at the highest order are the index without its low bits', () => {
  const index = [0n, 1n, (1n << 38n) - 1n, 1n << 38n, 12n * 4n ** 29n - 1n, 0x1234_5678_9abc_def0n];
  const expected = index.map((cell) => Number(cell >> 38n));
  assert.deepEqual([...cellsAtMaxOrder(BigInt64Array.from(index))], expected);
});

test('no rows, no partitions', () => {
  assert.deepEqual(partitionCells(emptyHistogram(), 10), []);
});

test('few rows stay in the cells of order 0 that hold them', () => {
  const histogram = histogramOf([
    [0, 3],
    [CELLS - 1, 7],
  ]);
  assert.deepEqual(partitionCells(histogram, 10), [
    { order: 0, pixel: 0 },
    { order: 0, pixel: 11 },
  ]);
});

test('a crowded place is split down to the highest order and no further', () => {
  const histogram = histogramOf([
    [0, 100],
    [CELLS / 12 - 1, 1],
  ]);
  const cells = partitionCells(histogram, 10);
  assert.deepEqual(cells[0], { order: MAX_ORDER, pixel: 0 });
  assert.deepEqual(cells.at(-1), { order: 1, pixel: 3 });
  assert.equal(cells.length, 2);
});

test('every row falls into exactly one partition, none is too large, none could be merged', () => {
  const places = fc.array(fc.tuple(fc.nat(CELLS - 1), fc.integer({ min: 1, max: 50 })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 200 }), (rows, maxRows) => {
      const histogram = histogramOf(rows);
      const cells = partitionCells(histogram, maxRows);
      const owner = partitionOfCell(cells);
      const counts = cells.map((cell) => rowsIn(histogram, cell));
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        rows.reduce((sum, [, count]) => sum + count, 0),
      );
      for (const [cell] of rows) {
        const { order, pixel } = cells[owner[cell]!]!;
        assert.equal(Math.floor(cell / 4 ** (MAX_ORDER - order)), pixel);
      }
      for (const [at, { order, pixel }] of cells.entries()) {
        assert.ok(counts[at]! > 0 && (counts[at]! <= maxRows || order === MAX_ORDER));
        if (order > 0) {
          const parent = { order: order - 1, pixel: Math.floor(pixel / 4) };
          assert.ok(rowsIn(histogram, parent) > maxRows);
        }
      }
      const firsts = cells.map(({ order, pixel }) => pixel * 4 ** (MAX_ORDER - order));
      assert.deepEqual(
        firsts,
        firsts.toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 15 },
  );
});

test('so many cells are those of one order', () => {
  for (let order = 0; order <= 29; order += 1) assert.equal(orderOfCells(12 * 4 ** order), order);
});
