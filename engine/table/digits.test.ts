import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Bytes, writeInt64, writeInteger } from './digits.ts';

function written(write: (to: Bytes) => number): string {
  const bytes = new Uint8Array(32);
  return Buffer.from(bytes.subarray(0, write(bytes))).toString('latin1');
}

/** Integers of every length, and those next to powers of ten and two. */
const integers = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc
    .tuple(fc.constantFrom(2n, 10n), fc.nat(62), fc.bigInt({ min: -2n, max: 2n }), fc.constantFrom(1n, -1n))
    .map(([base, exponent, step, sign]) => BigInt.asIntN(64, sign * base ** BigInt(exponent) + step)),
  fc.tuple(fc.bigInt(), fc.nat(62)).map(([bits, shift]) => BigInt.asIntN(64, bits) >> BigInt(shift)),
);

test('64-bit integers are written as String writes them', () => {
  fc.assert(
    fc.property(integers, (value) => {
      const [lower, upper] = new Int32Array(BigInt64Array.of(value).buffer);
      assert.equal(
        written((to) => writeInt64(upper!, lower! >>> 0, to, 0)),
        String(value),
      );
    }),
    { numRuns: 50_000 },
  );
});

test('integers that a double holds are written as String writes them', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -1100, max: 1100 })),
      (value) => {
        assert.equal(
          written((to) => writeInteger(value, to, 0)),
          String(value),
        );
      },
    ),
    { numRuns: 50_000 },
  );
});
