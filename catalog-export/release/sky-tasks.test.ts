import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyHistogram, MAX_ORDER } from '../hats/histogram.ts';
import { type Cell, cellsAtOrder, firstIndex, partitionCells } from '../hats/partitioning.ts';
import { rowsAt } from './copy-binary.ts';
import { readExtents } from './keyed-rows.ts';
import { BUCKET_ORDER, BUCKETS, type Buckets, crowdedCells, tasksOf } from './sky-tasks.ts';
import { openSpill, type Spill } from './spill.ts';

const ROW_BYTES = 50;

/** Rows of some bytes each, collected by bucket. */
async function withBuckets(
  keys: BigInt64Array,
  use: (buckets: Buckets, spill: Spill) => Promise<void> | void,
): Promise<void> {
  const spill = await openSpill(BUCKETS, 10_000);
  try {
    for (let from = 0; from < keys.length; from += 100) {
      const some = keys.slice(from, from + 100);
      const starts = Uint32Array.from({ length: some.length + 1 }, (_, row) => ROW_BYTES * row);
      const rows = rowsAt(Buffer.alloc(ROW_BYTES * some.length), starts);
      await spill.add({ rows, keys: some }, cellsAtOrder(BUCKET_ORDER, some));
    }
    await use({ file: spill.file, extents: await spill.finish() }, spill);
  } finally {
    await spill.close();
  }
}

/** Repeatable keys: half of them anywhere, half in one cell of order 5. */
function someKeys(count: number): BigInt64Array {
  let state = 7n;
  return BigInt64Array.from({ length: count }, (_, row) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    const place = state >> 4n;
    return row % 2 === 0 ? place % (12n * 4n ** 29n) : (1234n << 48n) + (place % 4n ** 24n);
  });
}

const holds = (cell: Cell, key: bigint) =>
  key >= firstIndex(cell) && key < firstIndex({ ...cell, pixel: cell.pixel + 1 });

for (const mostBytes of [100, 20_000, 1e9]) {
  test(`tasks have all rows of their partitions, if buckets above ${mostBytes} bytes are taken apart`, async () => {
    const keys = someKeys(5000);
    const counts = emptyHistogram();
    for (const cell of cellsAtOrder(MAX_ORDER, keys)) counts.add(cell, 1);
    const cells = partitionCells([{ counts, most: 100 }]);
    assert.ok(
      cells.some(({ order }) => order > BUCKET_ORDER + 1) && cells.some(({ order }) => order < BUCKET_ORDER),
    );
    await withBuckets(keys, async (buckets, spill) => {
      const opened = new Set([spill]);
      const done: Cell[] = [];
      let rows = 0;
      for await (const task of tasksOf(cells, buckets, opened, mostBytes)) {
        assert.ok('extents' in task.source);
        const found = readExtents(task.source.file, task.source.extents);
        assert.ok(found.keys.every((key) => task.cells.some((cell) => holds(cell, key))));
        assert.ok(task.cells.length === 1 || found.rows.bytes.length <= mostBytes);
        rows += found.keys.length;
        done.push(...task.cells);
        await task.done();
      }
      assert.deepEqual(done, cells);
      assert.equal(rows, keys.length);
      assert.deepEqual([...opened], [spill], 'what was opened for them is closed');
    });
  });
}

test('a crowded cell is split further than any other', () => {
  const crowded = { order: MAX_ORDER, pixel: 5_000_000 };
  const keys = BigInt64Array.from({ length: 1000 }, (_, row) => firstIndex(crowded) + (BigInt(row) << 26n));
  const limits = { rows: 300, bytes: 40 * 1024 };
  return withBuckets(keys, (buckets) => {
    const cells = crowdedCells(crowded, buckets, limits);
    assert.ok(cells.length > 3 && cells.every(({ order }) => order > MAX_ORDER));
    const rows = cells.map((cell) => keys.filter((key) => holds(cell, key)).length);
    assert.ok(rows.every((count) => count > 0 && count <= limits.rows));
    assert.equal(
      rows.reduce((sum, count) => sum + count, 0),
      keys.length,
    );
  });
});

test('more rows in one place than memory takes are refused', () => {
  const crowded = { order: MAX_ORDER, pixel: 5 };
  const keys = new BigInt64Array(100_000).fill(firstIndex(crowded) + 77n);
  return withBuckets(keys, (buckets) => {
    assert.throws(() => crowdedCells(crowded, buckets, { rows: 10, bytes: 1000 }, 2 ** 20), {
      message:
        /^5 MB of rows lie within two arcseconds .* 1 MB is the most that one partition takes: publish/,
    });
    assert.equal(crowdedCells(crowded, buckets, { rows: 10, bytes: 1000 }).length, 1);
  });
});
