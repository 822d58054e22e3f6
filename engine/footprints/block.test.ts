import assert from 'node:assert/strict';
import test from 'node:test';
import {
  Bool,
  type Data,
  type DataType,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import { takeRows } from '../table/rows.ts';
import { blockColumn, encodeBlock } from './block.ts';

const COLUMNS: readonly (readonly [DataType, readonly unknown[]])[] = [
  [new Utf8(), ['a', null, 'Ångström', '']],
  [new Utf8(), ['same', 'same', 'same', 'same']],
  [new Utf8(), [null, null, null, null]],
  [new Float64(), [1.5, -0, Number.POSITIVE_INFINITY, null]],
  [new Float64(), [0, -0, 0, 0]],
  [new Float64(), [7, 7, 7, 7]],
  [new Int32(), [1, 2, 3, 4]],
  [new Int64(), [2n ** 60n, -1n, null, 0n]],
  [new Bool(), [true, false, null, true]],
  [new Bool(), [true, true, true, true]],
  [new List(new Field('item', new Float64(), true)), [[1, 2.5, null], [], null, [4]]],
];

test('columns of a block come back as they were, each by itself', () => {
  const data = COLUMNS.map(([type, values]): Data => vectorFromArray(values as unknown[], type).data[0]!);
  const block = encodeBlock(data);
  assert.equal(block.length % 8, 0);
  // Elsewhere in a buffer, as in a cache.
  const moved = new Uint8Array(block.length + 64).subarray(16, 16 + block.length);
  moved.set(block);
  for (const [at, [type]] of [...COLUMNS.entries()].reverse()) {
    const column = blockColumn(moved, at, type);
    const found = column.length === 1 ? takeRows(column, new Uint32Array(4)) : column;
    assert.equal(found.nullCount, data[at]!.nullCount);
    assert.deepEqual(
      new Vector([found]).toArray().toString(),
      new Vector([data[at]!]).toArray().toString(),
      `column ${at}`,
    );
    assert.deepEqual(
      JSON.stringify([...new Vector([found])], text),
      JSON.stringify([...new Vector([data[at]!])], text),
    );
  }
});

const text = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

test('a value that all rows have is kept once', () => {
  const rows = (value: string) => vectorFromArray(Array(128).fill(value), new Utf8()).data[0]!;
  const [same, other] = [encodeBlock([rows('application/x-votable+xml')]), encodeBlock([rows('')])];
  assert.ok(same.length < other.length + 64);
});
