import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { parseChoice, parseCount, parseDecimal, parseDegrees } from './values.ts';

const decimal = (text: string): number => {
  const parsed = parseDecimal(text);
  assert.ok('value' in parsed, `${text} should be a number`);
  return parsed.value;
};

const faultOf = (parsed: object): string => {
  assert.ok('fault' in parsed && typeof parsed.fault === 'string', 'should be at fault');
  return parsed.fault;
};

test('decimal numbers in every usual spelling', () => {
  assert.equal(decimal('10.5'), 10.5);
  assert.equal(decimal('+10.5'), 10.5);
  assert.equal(decimal(' 10.5 '), 10.5);
  assert.equal(decimal('-.5'), -0.5);
  assert.equal(decimal('5.'), 5);
  assert.equal(decimal('1.5e2'), 150);
  assert.equal(decimal('1E-3'), 0.001);
  assert.equal(decimal('1e-400'), 0);
});

test('every finite double survives being written and read', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      assert.equal(decimal(String(x)), x + 0);
    }),
  );
});

test('a megabyte of almost a number is refused at once', { timeout: 30_000 }, () => {
  for (const text of [
    `${'1'.repeat(1e6)}x`,
    `.${'1'.repeat(1e6)}x`,
    `1${' '.repeat(1e6)}x`,
    '1 '.repeat(5e5),
  ]) {
    assert.match(faultOf(parseDecimal(text)), /is not a decimal number/);
  }
});

test('what is not a decimal number is refused', () => {
  for (const text of ['abc', '1_000', '0x10', '0b1', '1e', '--1', '1 2 3x', '.', 'e5', '1e1.5', '½']) {
    assert.match(faultOf(parseDecimal(text)), /is not a decimal number/, text);
  }
});

test('NaN and infinities are refused, and so is what is too large for a double', () => {
  for (const text of ['NaN', 'nan', 'inf', '-inf', 'Infinity']) {
    assert.match(faultOf(parseDecimal(text)), /it must be finite/, text);
  }
  assert.match(faultOf(parseDecimal('1e400')), /"1e400" is too large/);
  assert.match(faultOf(parseDecimal('-1e400')), /too large/);
});

test('sexagesimal and decimal commas are refused with the spelling that is right', () => {
  for (const text of ['12:30:00', '-05:23:28', '12 30 00', '12h30m00s', '41d16m']) {
    assert.match(faultOf(parseDecimal(text)), /give degrees as a decimal number/, text);
  }
  assert.match(faultOf(parseDecimal('10,5')), /write 10\.5, with a point/);
});

test('a long value is not echoed whole', () => {
  const fault = faultOf(parseDecimal('x'.repeat(10_000)));
  assert.ok(fault.length < 100);
  assert.match(fault, /…/);
});

test('degrees have bounds, which belong to the range', () => {
  assert.deepEqual(parseDegrees('90', -90, 90, 'rule'), { value: 90 });
  assert.deepEqual(parseDegrees('-90', -90, 90, 'rule'), { value: -90 });
  assert.equal(faultOf(parseDegrees('90.0001', -90, 90, 'the rule')), '"90.0001" is out of range; the rule');
});

test('counts are whole and not negative', () => {
  assert.deepEqual(parseCount('0'), { value: 0 });
  assert.deepEqual(parseCount(' 17 '), { value: 17 });
  assert.deepEqual(parseCount('9'.repeat(400)), { value: Number.MAX_SAFE_INTEGER });
  for (const text of ['-1', '1.5', '1e3', 'all', '∞']) {
    assert.match(faultOf(parseCount(text)), /is not a whole number of rows/, text);
  }
});

test('a choice lists what there is', () => {
  assert.deepEqual(parseChoice('Separation', { separation: true, none: false }), { value: true });
  assert.match(
    faultOf(parseChoice('distance', { separation: true, none: false })),
    /"distance" is none of separation, none/,
  );
  assert.match(faultOf(parseChoice('constructor', { none: false })), /is none of/);
});
