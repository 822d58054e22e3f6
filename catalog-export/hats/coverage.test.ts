import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { CellRanges } from '../../engine/healpix-wasm/kernel.ts';
import { mocAscii, mocOfRanges, readMocAscii } from '../../engine/healpix-wasm/moc.ts';
import { coverageOfMoc, mocFiles, mocOfHistogram } from './coverage.ts';
import { emptyHistogram, type Histogram, MAX_ORDER } from './histogram.ts';

const CELLS = 12 * 4 ** MAX_ORDER;

function histogramOf(cells: Iterable<number>): Histogram {
  const histogram = emptyHistogram();
  for (const cell of cells) histogram.add(cell, 7);
  return histogram;
}

/** The occupied cells, each a range; it is MAX_ORDER's MOC once it goes through mocOfRanges. */
function cellsAsRanges(cells: readonly number[]): CellRanges {
  const shift = BigInt(2 * (29 - MAX_ORDER));
  const sorted = [...new Set(cells)].sort((a, b) => a - b);
  return {
    start: BigInt64Array.from(sorted, (cell) => BigInt(cell) << shift),
    end: BigInt64Array.from(sorted, (cell) => BigInt(cell + 1) << shift),
    full: new Uint8Array(sorted.length).fill(1),
  };
}

test('no rows, an empty MOC', () => {
  const moc = mocOfHistogram(emptyHistogram());
  assert.equal(mocAscii(moc), '10/');
  assert.deepEqual(coverageOfMoc(moc), { order: 10, ranges: [] });
});

test('a sky full of rows is one range of the finest order, to its last cell', () => {
  const moc = mocOfHistogram(histogramOf(Array(CELLS).keys()), 1);
  assert.equal(mocAscii(moc), '0/0-11 10/');
  assert.deepEqual(coverageOfMoc(moc), { order: 10, ranges: [0, CELLS] });
});

test('it is the finest MOC with few enough ranges, and holds every row', () => {
  const clumps = fc
    .array(fc.tuple(fc.nat(CELLS - 1), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 70 })), {
      maxLength: 20,
    })
    .map((runs) =>
      runs
        .flatMap(([first, count, step]) => Array.from({ length: count }, (_, i) => first + i * step))
        .filter((cell) => cell < CELLS),
    );
  fc.assert(
    fc.property(clumps, fc.integer({ min: 6, max: 120 }), (cells, maxRanges) => {
      const { order, ranges } = mocOfHistogram(histogramOf(cells), maxRanges);
      const exact = cellsAsRanges(cells);
      assert.ok(ranges.start.length <= maxRanges);
      assert.deepEqual(ranges, mocOfRanges(exact, order).ranges);
      if (order < MAX_ORDER) assert.ok(mocOfRanges(exact, order + 1).ranges.start.length > maxRanges);
    }),
    { numRuns: 25 },
  );
});

test('the manifest has the MOC itself, or a coarser one around it', () => {
  const cells = Array.from({ length: 100 }, (_, i) => i * 100_003);
  const moc = mocOfHistogram(histogramOf(cells));
  const shift = BigInt(2 * (29 - MAX_ORDER));
  assert.deepEqual(coverageOfMoc(moc), {
    order: MAX_ORDER,
    ranges: [...moc.ranges.start].flatMap((start) => [Number(start >> shift), Number(start >> shift) + 1]),
  });
  const { order, ranges } = coverageOfMoc(moc, 60);
  assert.ok(order < MAX_ORDER && ranges.length <= 120);
  for (const cell of cells) {
    const parent = Math.floor(cell / 4 ** (MAX_ORDER - order));
    assert.ok(
      ranges.some((first, at) => at % 2 === 0 && first <= parent && parent < ranges[at + 1]!),
      `cell ${cell}`,
    );
  }
});

test('the three files say the same', () => {
  const moc = mocOfHistogram(histogramOf([5, 6, 7, 4, 99]));
  const files = new Map(mocFiles(moc).map(({ path, bytes }) => [path, bytes]));
  const text = (path: string) => new TextDecoder().decode(files.get(path));
  assert.equal(text('moc.txt'), '9/1 10/99');
  assert.deepEqual(readMocAscii(text('moc.txt')), moc);
  assert.deepEqual(JSON.parse(text('moc.json')), { 9: [1], 10: [99] });
  const view = new DataView(files.get('moc.fits')!.buffer, 5760);
  assert.deepEqual([view.getBigInt64(0), view.getBigInt64(8)], [4n ** 10n + 1n, 4n ** 11n + 99n]);
});
