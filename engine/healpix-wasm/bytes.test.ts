import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet';
import { kernel } from '../../test/sky.ts';

test('the CRC-32 is that of zlib, for every length', () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 13);
  for (let length = 0; length < 300; length++) {
    const part = bytes.subarray(length, 2 * length);
    assert.equal(kernel.crc32(part), crc32(part), `${length} bytes`);
  }
  assert.equal(kernel.crc32(bytes), crc32(bytes));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      assert.equal(kernel.crc32(bytes), crc32(bytes));
    }),
  );
});

/** A Snappy block of literals and copies, as its format description has them, and what it decompresses to. */
const blocks = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 80 }),
      fc.record({ back: fc.nat({ max: 5000 }), length: fc.integer({ min: 1, max: 64 }) }),
    ),
    { maxLength: 60 },
  )
  .map((elements) => {
    const plain: number[] = [];
    const tags: number[] = [];
    for (const element of elements) {
      if (element instanceof Uint8Array) {
        const { length } = element;
        tags.push(...(length <= 60 ? [(length - 1) << 2] : [60 << 2, length - 1]), ...element);
        plain.push(...element);
      } else if (plain.length > 0) {
        const offset = 1 + (element.back % plain.length);
        tags.push(((element.length - 1) << 2) | 2, offset & 255, offset >> 8);
        for (let i = 0; i < element.length; i++) plain.push(plain[plain.length - offset]!);
      }
    }
    const header = plain.length < 128 ? [plain.length] : [(plain.length & 127) | 128, plain.length >> 7];
    return { plain: Uint8Array.from(plain), block: Uint8Array.from([...header, ...tags]) };
  });

test('Snappy blocks are decompressed as hyparquet does it', () => {
  fc.assert(
    fc.property(blocks, ({ plain, block }) => {
      const theirs = new Uint8Array(plain.length);
      if (plain.length > 0) snappyUncompress(block, theirs);
      assert.deepEqual(theirs, plain);
      assert.deepEqual(Uint8Array.from(kernel.snappy(block, plain.length)), plain);
    }),
  );
});

test('damaged Snappy blocks are refused, whatever is wrong with them', () => {
  const refused = {
    name: 'KernelError',
    message: /bytes of Snappy are damaged, or not \d+ bytes compressed/,
  };
  const block = Uint8Array.of(5, 4 << 2, 1, 2, 3, 4, 5);
  assert.deepEqual([...kernel.snappy(block, 5)], [1, 2, 3, 4, 5]);
  assert.throws(() => kernel.snappy(block, 4), refused);
  assert.throws(() => kernel.snappy(block, 6), refused);
  assert.throws(() => kernel.snappy(new Uint8Array(0), 0), refused);
  fc.assert(
    fc.property(blocks, fc.nat(), fc.nat({ max: 255 }), ({ plain, block }, at, value) => {
      if (block.length > 1) assert.throws(() => kernel.snappy(block.subarray(0, -1), plain.length), refused);
      const changed = Uint8Array.from(block);
      changed[at % block.length] = value;
      try {
        assert.equal(kernel.snappy(changed, plain.length).length, plain.length);
      } catch (error) {
        assert.match(String(error), refused.message);
      }
      assert.deepEqual(Uint8Array.from(kernel.snappy(block, plain.length)), plain);
    }),
  );
});
