import assert from 'node:assert/strict';
import test from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { decodeLeaf, encodeLeaf, type Leaf, leafRowGroups } from './leaf.ts';

const uint32 = fc.integer({ min: 0, max: 0xffffffff });

/** Leaves of `columns` columns. */
function leaves(columns: number): fc.Arbitrary<Leaf> {
  const group = fc.record({
    order: fc.integer({ min: 0, max: 29 }),
    pixel: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    group: uint32,
    rows: uint32,
    offset: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    bytes: fc.array(uint32, { minLength: columns, maxLength: columns }),
    crc32: fc.array(uint32, { minLength: columns, maxLength: columns }),
  });
  const cell = fc.bigInt({ min: 0n, max: 12n * 4n ** 29n - 1n });
  return fc.array(fc.tuple(group, cell, cell), { minLength: 1, maxLength: 20 }).map((drawn) => {
    const cells = drawn.flatMap(([, a, b]) => [a, b]).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const groups = drawn.map(([one]) => one);
    return {
      first: BigInt64Array.from(groups, (_, at) => cells[2 * at]!),
      last: BigInt64Array.from(groups, (_, at) => cells[2 * at + 1]!),
      order: Uint8Array.from(groups, ({ order }) => order),
      pixel: Float64Array.from(groups, ({ pixel }) => pixel),
      group: Uint32Array.from(groups, ({ group }) => group),
      rows: Uint32Array.from(groups, ({ rows }) => rows),
      offset: Float64Array.from(groups, ({ offset }) => offset),
      columns,
      chunkBytes: Uint32Array.from(groups.flatMap(({ bytes }) => bytes)),
      chunkCrc32: Uint32Array.from(groups.flatMap(({ crc32 }) => crc32)),
    };
  });
}

test('a leaf is read as it was written', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }).chain((columns) => leaves(columns)),
      (leaf) => assert.deepEqual(decodeLeaf(encodeLeaf(leaf), leaf.columns), leaf),
    ),
  );
});

test('a leaf is an Arrow stream that others read', () => {
  const [leaf] = fc.sample(leaves(3), 1) as [Leaf];
  const table = tableFromIPC(encodeLeaf(leaf));
  assert.equal(table.numRows, leaf.first.length);
  const { first, chunk_bytes } = table.get(0)!.toJSON();
  assert.equal(first, leaf.first[0]);
  assert.deepEqual([...chunk_bytes], [...leaf.chunkBytes.subarray(0, 3)]);
});

test('a leaf of another table is refused', () => {
  const [leaf] = fc.sample(leaves(3), 1) as [Leaf];
  assert.throws(() => decodeLeaf(encodeLeaf(leaf), 4), /its columns are not/);
  assert.throws(() => decodeLeaf(new Uint8Array([1, 2, 3]), 3));
});

test('a leaf is about 32 kB, however many columns there are', () => {
  assert.equal(leafRowGroups(11), 254);
  assert.equal(leafRowGroups(2000), 16);
});
