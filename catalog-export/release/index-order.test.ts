import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { orderByIndex } from './index-order.ts';

const cells = fc.oneof(fc.bigInt(0n, 12n * 4n ** 29n - 1n), fc.bigInt(0n, 5n));

test('rows come in the order of their cells, rows of one cell in their own order', () => {
  fc.assert(
    fc.property(fc.array(cells), (values) => {
      const rows = values.map((_, row) => row);
      const expected = rows.toSorted((a, b) => Number(values[a]! - values[b]!) || a - b);
      assert.deepEqual([...orderByIndex(BigInt64Array.from(values))], expected);
    }),
  );
});
