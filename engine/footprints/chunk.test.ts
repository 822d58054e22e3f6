import assert from 'node:assert/strict';
import test from 'node:test';
import { randomNumbers } from '../../test/sky-shapes.ts';
import { type Cells, encodeChunk, slotsInCells } from './chunk.ts';

test('the entries of cells are found, wherever they are in a chunk', () => {
  const random = randomNumbers(5);
  for (const [entries, most] of [
    [0, 10],
    [1, 3],
    [255, 40],
    [256, 1e15],
    [257, 2],
    [5000, 700],
    [8192, 4.5e15],
  ] as const) {
    const cell = Float64Array.from({ length: entries }, () => Math.floor(random() * most)).sort();
    const slot = Uint32Array.from({ length: entries }, () => Math.floor(random() * 2 ** 32));
    const bytes = encodeChunk({ cell, slot });
    const moved = new Uint8Array(bytes.length + 3).subarray(3);
    moved.set(bytes);
    for (let nth = 0; nth < 50; nth++) {
      const ends = Array.from({ length: 2 * (1 + (nth % 4)) }, () => Math.floor(random() * most)).sort(
        (a, b) => a - b,
      );
      const cells: Cells = ends.flatMap((end, at) => (at % 2 === 0 ? [[end, ends[at + 1]!] as const] : []));
      const apart = cells.filter(([first], at) => at === 0 || first > cells[at - 1]![1]);
      const expected = [...slot].filter((_, at) =>
        apart.some(([first, last]) => cell[at]! >= first && cell[at]! <= last),
      );
      assert.deepEqual(slotsInCells(moved, entries, apart), expected);
    }
    assert.deepEqual(slotsInCells(bytes, entries, [[0, Number.MAX_SAFE_INTEGER]]), [...slot]);
  }
});
