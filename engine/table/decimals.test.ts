import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { float32Writer, float64Writer, NUMBER_BYTES, type WriteNumber } from './decimals.ts';

const RUNS = 20_000;

/** A number as `write` writes it, one after another with the same memory of decimals. */
function writing<Values extends Float64Array | Float32Array>(
  values: Values,
  writer: (values: Values, infinite: (value: number) => string) => WriteNumber,
): (value: number) => string {
  const write = writer(values, (value) => `infinite ${value}`);
  const bytes = new Uint8Array(NUMBER_BYTES);
  return (value) => {
    values[0] = value;
    return Buffer.from(bytes.subarray(0, write(0, bytes, 0))).toString('latin1');
  };
}

const text64 = writing(new Float64Array(1), float64Writer);
const text32 = writing(new Float32Array(1), float32Writer);

const shortest64 = (value: number) => (Object.is(value, -0) ? '-0' : String(value));

/** The nearest decimal of the fewest digits that reads back as the same single-precision number. */
function shortest32(value: number): string {
  if (value === 0) return shortest64(value);
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

/** The double so many steps above. */
function above(value: number, steps: number): number {
  const [double, bits] = [new Float64Array([value]), new BigInt64Array(1)];
  new Uint8Array(bits.buffer).set(new Uint8Array(double.buffer));
  bits[0]! += BigInt(steps);
  return new Float64Array(bits.buffer)[0]!;
}

const finite = (value: number) => Number.isFinite(value);
const sign = fc.constantFrom(1, -1);
const decimal = fc
  .tuple(sign, fc.maxSafeNat(), fc.integer({ min: -10, max: 25 }), fc.integer({ min: 1, max: 16 }))
  .map(
    ([sign, digits, exponent, length]) => sign * Number(`${String(digits).slice(0, length)}e-${exponent}`),
  );
const near = (numbers: fc.Arbitrary<number>) =>
  fc.tuple(numbers, fc.integer({ min: -3, max: 3 })).map(([value, steps]) => above(value, steps));
const powers = fc.oneof(
  fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
  fc.integer({ min: -30, max: 30 }).map((exponent) => Number(`1e${exponent}`)),
);
const measured = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -7, max: 10 }))
  .map(([fraction, exponent]) => fraction * 10 ** exponent);

const NUMBERS: Record<string, fc.Arbitrary<number>> = {
  'of any bits': fc.double({ noNaN: true, noDefaultInfinity: true }),
  'of usual sizes': measured,
  'that are decimals': decimal,
  'next to decimals': near(decimal),
  'next to powers of two and ten': near(powers),
};

for (const [what, numbers] of Object.entries(NUMBERS)) {
  test(`doubles ${what} are written as String writes them, and -0`, () => {
    fc.assert(
      fc.property(numbers.filter(finite), (value) => assert.equal(text64(value), shortest64(value))),
      { numRuns: RUNS },
    );
  });

  test(`single-precision numbers ${what} are written in the fewest digits`, () => {
    fc.assert(
      fc.property(numbers.map(Math.fround).filter(finite), (value) => {
        assert.equal(text32(value), shortest32(value));
        assert.ok(Object.is(Math.fround(Number(text32(value))), value));
      }),
      { numRuns: RUNS },
    );
  });
}

test('what is not finite is left to the format', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.equal(text64(value), `infinite ${value}`);
    assert.equal(text32(value), `infinite ${value}`);
  }
});

test('the longest numbers fit', () => {
  const texts = ['-1.2345678901234567e-6', '-1.2345678901234567e-300', '-123456789012345680000'];
  for (const value of texts.map(Number)) {
    assert.ok(text64(value).length <= NUMBER_BYTES);
    assert.equal(text64(value), String(value));
  }
});
