import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type CopyRows, rowsOf } from './copy-binary.ts';
import { type Part, type PartLimits, partsOf } from './parts.ts';

/** Rows of two fields: a key, and so many bytes. */
function rowBytes(key: number, length: number): Buffer {
  const row = Buffer.alloc(2 + 4 + 8 + 4 + length, 7);
  row.writeInt16BE(2, 0);
  row.writeInt32BE(8, 2);
  row.writeBigInt64BE(BigInt(key), 6);
  row.writeInt32BE(length, 14);
  return row;
}

async function* inBlocks(rows: readonly Buffer[], blockRows: number): AsyncGenerator<CopyRows> {
  for (let at = 0; at < rows.length; at += blockRows) {
    yield rowsOf(Buffer.concat(rows.slice(at, at + blockRows)));
  }
}

async function cut(rows: readonly Buffer[], limits: PartLimits, blockRows = 100): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of partsOf(inBlocks(rows, blockRows), [0], limits)) parts.push(part);
  return parts;
}

const LENGTHS = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 1000 });

test('the parts are the rows, in their order, within the limits, however the blocks fall', async () => {
  const limits = fc.record({
    rows: fc.integer({ min: 1, max: 200 }),
    bytes: fc.integer({ min: 100, max: 9000 }),
  });
  await fc.assert(
    fc.asyncProperty(LENGTHS, limits, fc.integer({ min: 1, max: 300 }), async (lengths, limits, block) => {
      const rows = lengths.map((length, key) => rowBytes(key, length));
      const parts = await cut(rows, limits, block);
      assert.deepEqual(Buffer.concat(parts.map(({ bytes }) => bytes)), Buffer.concat(rows));
      for (const part of parts) {
        assert.equal(rowsOf(part.bytes).count, part.rows);
        assert.ok(part.rows <= limits.rows && part.bytes.length <= limits.bytes);
      }
      assert.deepEqual(await cut(rows, limits, block + 1), parts);
    }),
  );
});

test('a row larger than a part is one', async () => {
  const rows = [10, 5000, 10].map((length, key) => rowBytes(key, length));
  const parts = await cut(rows, { rows: 10, bytes: 1000 });
  assert.deepEqual(
    parts.map(({ rows }) => rows),
    [1, 1, 1],
  );
});

test('no rows are no part', async () => {
  assert.deepEqual(await cut([], { rows: 10, bytes: 1000 }), []);
});

test('parts are neither tiny nor all as large as can be', async () => {
  const rows = Array.from({ length: 100_000 }, (_, key) => rowBytes(key, 20));
  const parts = await cut(rows, { rows: 2000, bytes: 1e9 }, 5000);
  const sizes = parts.slice(0, -1).map(({ rows }) => rows);
  assert.ok(Math.min(...sizes) >= 500);
  const mean = 100_000 / parts.length;
  assert.ok(mean > 600 && mean < 1600, `${mean}`);
});

test('a row that comes, goes or changes leaves nearly all parts as they were', async () => {
  const limits = { rows: 400, bytes: 1e9 };
  const rows = Array.from({ length: 20_000 }, (_, at) => rowBytes(2 * at, 20));
  const before = new Set((await cut(rows, limits)).map(({ bytes }) => bytes.toString('latin1')));
  const changedParts = async (changed: readonly Buffer[]) =>
    (await cut(changed, limits)).filter(({ bytes }) => !before.has(bytes.toString('latin1'))).length;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 19_999 }), async (at) => {
      assert.ok((await changedParts(rows.toSpliced(at, 0, rowBytes(2 * at - 1, 20)))) <= 8);
      assert.ok((await changedParts(rows.toSpliced(at, 1))) <= 8);
      assert.equal(await changedParts(rows.toSpliced(at, 1, rowBytes(2 * at, 21))), 1);
    }),
    { numRuns: 30 },
  );
});
