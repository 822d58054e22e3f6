import assert from 'node:assert/strict';
import test from 'node:test';
import { Int32, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { nearest } from './nearest.ts';

test('keeps the nearest, in order, ties as they came', () => {
  const piece = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (pieces, limit) => {
      const collected = nearest(limit);
      let id = 0;
      const rows = pieces.map((separations) => separations.map((separation) => ({ separation, id: id++ })));
      for (const all of rows) {
        const piece = all.filter(({ separation }) => separation <= collected.horizon);
        if (piece.length === 0) continue;
        const ids = vectorFromArray(
          piece.map((row) => row.id),
          new Int32(),
        ).data[0]!;
        collected.add(
          [ids],
          Float64Array.from(piece, (row) => row.separation),
        );
      }
      const expected = rows
        .flat()
        .sort((a, b) => a.separation - b.separation || a.id - b.id)
        .slice(0, limit);
      const kept = collected.take();
      assert.deepEqual(
        [...(kept?.separation ?? [])],
        expected.map((row) => row.separation),
      );
      assert.deepEqual(
        [...(kept?.columns[0]?.values ?? [])],
        expected.map((row) => row.id),
      );
    }),
  );
});
