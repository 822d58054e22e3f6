import assert from 'node:assert/strict';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { type Extent, extentEnd, extentList } from './extents.ts';

const folder = mkdtempSync(join(tmpdir(), 'almagest-extents-'));
after(() => rmSync(folder, { recursive: true }));

const GROUPS = 5;
const counts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: GROUPS, maxLength: GROUPS });

test('each group has its extents in order, however few of them memory holds', () => {
  const file = openSync(join(folder, 'spill'), 'w+');
  fc.assert(
    fc.property(fc.array(counts, { maxLength: 30 }), fc.integer({ min: 1, max: 3000 }), (all, memory) => {
      let end = 0;
      let appended = 0;
      const list = extentList(
        GROUPS,
        file,
        (bytes) => {
          const offset = end;
          writeSync(file, bytes, 0, bytes.length, offset);
          end += bytes.length;
          appended += 1;
          return offset;
        },
        memory,
      );
      const expected: Extent[][] = Array.from({ length: GROUPS }, () => []);
      for (const rows of all) {
        const rowBytes = rows.map((count) => 7 * count);
        const offset = end;
        for (const [group, count] of rows.entries()) {
          if (count === 0) continue;
          expected[group]!.push({ offset: end, rows: count, bytes: rowBytes[group]! });
          end = extentEnd(end, count, rowBytes[group]!);
        }
        list.add(offset, Uint32Array.from(rows), Uint32Array.from(rowBytes));
      }
      assert.deepEqual(
        expected.map((_, group) => list.of(group)),
        expected,
      );
      if (all.length > memory / 24 / GROUPS + 1) assert.ok(appended > 0);
    }),
  );
});
