import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { inferTypes, kindOf, widen } from './infer.ts';

const KINDS: [string, string][] = [
  ['0', 'int'],
  ['-2147483647', 'int'],
  ['+7', 'int'],
  ['2147483648', 'long'],
  ['9223372036854775807', 'long'],
  ['9223372036854775808', 'text'],
  ['007', 'text'],
  ['1.', 'double'],
  ['.5', 'double'],
  ['-1.5e-300', 'double'],
  ['NaN', 'double'],
  ['-inf', 'double'],
  ['Infinity', 'double'],
  ['TRUE', 'boolean'],
  ['t', 'text'],
  ['2026-11-21', 'timestamp'],
  ['2026-11-21T08:00:00.123456Z', 'timestamp'],
  ['2026-13-41', 'text'],
  ['2026-02-30', 'text'],
  ['12:30:00', 'text'],
  ['0x10', 'text'],
  ['1e', 'text'],
  ['M 31', 'text'],
  // At once: a pattern that matches digits in two ways would take minutes.
  [`${'1'.repeat(1e6)}x`, 'text'],
];

for (const [text, kind] of KINDS) test(`${text} is ${kind}`, () => assert.equal(kindOf(text), kind));

test('widening takes numbers to wider numbers, and all else to text', () => {
  assert.equal(widen('int', 'long'), 'long');
  assert.equal(widen('double', 'int'), 'double');
  assert.equal(widen('boolean', 'int'), 'text');
  assert.equal(widen('timestamp', 'double'), 'text');
  assert.equal(widen(null, 'boolean'), 'boolean');
});

test('the order of rows does not change the type', () => {
  const value = fc.oneof(
    fc.integer().map(String),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.double().map(String),
    fc.boolean().map(String),
    fc.string(),
  );
  const typeOf = (values: string[]) => {
    const inference = inferTypes(['x']);
    for (const text of values) inference.see([text]);
    return inference.columns()[0]!.datatype;
  };
  fc.assert(
    fc.property(fc.array(value, { maxLength: 8 }), (values) => {
      assert.equal(typeOf(values), typeOf(values.toReversed()));
    }),
  );
});

test('integers come back as they were: no digit is lost to a narrower type', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (value) => {
      const kind = kindOf(String(value));
      const bits = { int: 32n, long: 64n }[kind as 'int' | 'long'];
      assert.ok(kind === 'text' || BigInt.asIntN(Number(bits), value) === value);
    }),
  );
});

test('a column without values is text', () => {
  const inference = inferTypes(['x']);
  inference.see(['']);
  assert.deepEqual([inference.columns()[0]!.datatype, inference.columns()[0]!.arraysize], ['char', '*']);
});
