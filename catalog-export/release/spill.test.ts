import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { type CopyRows, rowsAt } from './copy-binary.ts';
import { type KeyedRows, readExtents, readSorted } from './keyed-rows.ts';
import { openSpill } from './spill.ts';

/** Rows of these texts, which are no rows of PostgreSQL: a spill does not look into them. */
function block(texts: readonly string[]): CopyRows {
  const starts = [0];
  for (const text of texts) starts.push(starts.at(-1)! + Buffer.byteLength(text));
  return rowsAt(Buffer.from(texts.join('')), Uint32Array.from(starts));
}

function textsOf({ rows, keys }: KeyedRows): [bigint, string][] {
  return Array.from(keys, (key, row) => [
    key,
    `${rows.bytes.subarray(rows.starts[row]!, rows.starts[row + 1]!)}`,
  ]);
}

test('each group gets its rows in order, however little memory there is', async () => {
  const texts = Array.from({ length: 500 }, (_, n) => `row ${n}; ${'.'.repeat(n % 7)}`);
  for (const memory of [1, 100, 1000, 1e6]) {
    const spill = await openSpill(3, memory);
    try {
      for (let first = 0; first < 500; first += 20) {
        const keys = BigInt64Array.from({ length: 20 }, (_, row) => BigInt(first + row) << 40n);
        const groups = Uint32Array.from({ length: 20 }, (_, row) => 2 * (row % 2));
        await spill.add({ rows: block(texts.slice(first, first + 20)), keys }, groups);
      }
      const extents = await spill.finish();
      const found = [0, 1, 2].map((group) => textsOf(readExtents(spill.file, extents(group))));
      const expected = [0, 1, 2].map((group) =>
        texts.flatMap((text, n) => (2 * (n % 2) === group ? [[BigInt(n) << 40n, text]] : [])),
      );
      assert.deepEqual(found, expected, `${memory} bytes`);
    } finally {
      await spill.close();
    }
  }
});

test('rows are sorted by their keys, then by their bytes', async () => {
  const spill = await openSpill(2, 1e6);
  try {
    const keys = BigInt64Array.of(7n, 3n << 60n, 7n, 0n, 7n);
    await spill.add({ rows: block(['b', 'x', 'abc', 'y', 'ab']), keys }, Uint32Array.of(0, 1, 1, 0, 0));
    const extents = await spill.finish();
    const sorted = readSorted(spill.file, [...extents(1), ...extents(0)]);
    assert.deepEqual(textsOf(sorted), [
      [0n, 'y'],
      [7n, 'ab'],
      [7n, 'abc'],
      [7n, 'b'],
      [3n << 60n, 'x'],
    ]);
    sorted.free();
  } finally {
    await spill.close();
  }
});

test('the temporary file has no name, and one that a killed process left is removed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-spill-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  await writeFile(join(folder, `almagest-export-${gone}-1`), '');
  await writeFile(join(folder, `almagest-export-${process.pid}-1`), '');
  await writeFile(join(folder, 'almagest-export-of-mine'), '');
  const spill = await openSpill(1, 1);
  try {
    await spill.add({ rows: block(['abc']), keys: BigInt64Array.of(5n) }, Uint32Array.of(0));
    const extents = await spill.finish();
    const left = [`almagest-export-${process.pid}-1`, 'almagest-export-of-mine'];
    assert.deepEqual((await readdir(folder)).sort(), left.sort());
    assert.deepEqual(textsOf(readExtents(spill.file, extents(0))), [[5n, 'abc']]);
  } finally {
    await spill.close();
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(folder, { recursive: true });
  }
});
