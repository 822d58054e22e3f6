import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rowGroupRows } from './parquet-file.ts';

test('row groups are of even size and within the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (rows) => {
      const perGroup = rowGroupRows(rows, 100 * rows);
      assert.ok(perGroup >= 1 && perGroup <= 1024);
      const last = rows % perGroup || perGroup;
      assert.ok(last > perGroup - Math.ceil(rows / perGroup), `${last} rows in the last of ${perGroup}`);
    }),
  );
});

test('a table without rows has a size of row group too', () => {
  assert.equal(rowGroupRows(0, 0), 1);
});

test('row groups of wide rows have about a megabyte', () => {
  assert.equal(rowGroupRows(100_000, 100_000 * 8192), 128);
  assert.equal(rowGroupRows(100_000, 100_000 * 1024), 1021);
  assert.equal(rowGroupRows(10, 10 * 2 ** 21), 1, 'one row at least');
});
