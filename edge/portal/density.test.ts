import assert from 'node:assert/strict';
import test from 'node:test';
import { rowsPerCell } from './density.ts';

const group = (rows: number, first: bigint, last: bigint) => ({
  rows,
  first: String(first),
  last: String(last),
  offset: 0,
  bytes: 0,
  crc32: 0,
});

const BASE_CELL = 4n ** 29n;

test('rows of a group within one cell are all there', () => {
  const counts = rowsPerCell([group(10, 5n, 90n)], 3);
  assert.equal(counts.length, 768);
  assert.equal(counts[0], 10);
  assert.equal(
    counts.reduce((sum, rows) => sum + rows),
    10,
  );
});

test('a group over several cells is shared out by its range', () => {
  const counts = rowsPerCell([group(40, 0n, 4n * BASE_CELL - 1n)], 0);
  assert.deepEqual([...counts], [10, 10, 10, 10, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('the whole sky keeps its rows, to the last cell', () => {
  const counts = rowsPerCell([group(1200, 0n, 12n * BASE_CELL - 1n)], 3);
  assert.ok(Math.abs(counts.reduce((sum, rows) => sum + rows) - 1200) < 1e-6);
  assert.ok(Math.abs(counts[767]! - 1200 / 768) < 1e-6);
});
