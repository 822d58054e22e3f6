import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { eachFilled, emptyHistogram, type Histogram, MAX_ORDER } from './histogram.ts';
import { type Cell, cellsAtOrder, cellsBelow, orderOfCells, partitionCells } from './partitioning.ts';

const CELLS = 12 * 4 ** MAX_ORDER;

function histogramOf(rows: Iterable<readonly [cell: number, count: number]>): Histogram {
  const histogram = emptyHistogram();
  for (const [cell, count] of rows) histogram.add(cell, count);
  return histogram;
}

function cellsOf(counts: Histogram, most: number): Cell[] {
  return partitionCells([{ counts, most }]);
}

function rowsIn(histogram: Histogram, { order, pixel }: Cell): number {
  let rows = 0;
  eachFilled(histogram, (cell, count) => {
    if (Math.floor(cell / 4 ** (MAX_ORDER - order)) === pixel) rows += count;
  });
  return rows;
}

test('cells at the highest order are the index without its low bits', () => {
  const index = [0n, 1n, (1n << 38n) - 1n, 1n << 38n, 12n * 4n ** 29n - 1n, 0x1234_5678_9abc_def0n];
  const expected = index.map((cell) => Number(cell >> 38n));
  assert.deepEqual([...cellsAtOrder(MAX_ORDER, BigInt64Array.from(index))], expected);
});

test('no rows, no partitions', () => {
  assert.deepEqual(cellsOf(emptyHistogram(), 10), []);
});

test('few rows stay in the cells of order 0 that hold them', () => {
  const histogram = histogramOf([
    [0, 3],
    [CELLS - 1, 7],
  ]);
  assert.deepEqual(cellsOf(histogram, 10), [
    { order: 0, pixel: 0 },
    { order: 0, pixel: 11 },
  ]);
});

test('a crowded place is split down to the highest order and no further', () => {
  const histogram = histogramOf([
    [0, 100],
    [CELLS / 12 - 1, 1],
  ]);
  const cells = cellsOf(histogram, 10);
  assert.deepEqual(cells[0], { order: MAX_ORDER, pixel: 0 });
  assert.deepEqual(cells.at(-1), { order: 1, pixel: 3 });
  assert.equal(cells.length, 2);
});

test('few rows of many bytes are split as many rows are', () => {
  const rows = histogramOf([
    [0, 2],
    [CELLS / 48, 2],
    [CELLS - 1, 2],
  ]);
  const bytes = histogramOf([
    [0, 900],
    [CELLS / 48, 200],
    [CELLS - 1, 900],
  ]);
  const bounds = [
    { counts: rows, most: 10 },
    { counts: bytes, most: 1000 },
  ] as const;
  assert.deepEqual(partitionCells(bounds), [
    { order: 1, pixel: 0 },
    { order: 1, pixel: 1 },
    { order: 0, pixel: 11 },
  ]);
});

test('a cell is split further where it is counted further down', () => {
  const counts = emptyHistogram(16);
  counts.add(3, 8);
  counts.add(5, 6);
  counts.add(6, 5);
  assert.deepEqual(cellsBelow({ order: 10, pixel: 7 }, 2, [{ counts, most: 10 }]), [
    { order: 11, pixel: 28 },
    { order: 12, pixel: 117 },
    { order: 12, pixel: 118 },
  ]);
});

test('every row falls into exactly one partition, none is too large, none could be merged', () => {
  const places = fc.array(fc.tuple(fc.nat(CELLS - 1), fc.integer({ min: 1, max: 50 })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 200 }), (rows, maxRows) => {
      const histogram = histogramOf(rows);
      const cells = cellsOf(histogram, maxRows);
      const counts = cells.map((cell) => rowsIn(histogram, cell));
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        rows.reduce((sum, [, count]) => sum + count, 0),
      );
      for (const [cell] of rows) {
        const holds = ({ order, pixel }: Cell) => Math.floor(cell / 4 ** (MAX_ORDER - order)) === pixel;
        assert.equal(cells.filter(holds).length, 1);
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
