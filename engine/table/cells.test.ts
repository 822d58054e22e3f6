import assert from 'node:assert/strict';
import test from 'node:test';
import { Float32, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { base64 } from './base64.ts';
import { cellText, timestampText } from './cells.ts';

const STYLE = { true: 'T', false: 'F', positiveInfinity: '+Inf', negativeInfinity: '-Inf', nan: 'NaN' };

test('a single-precision number is written so that it reads back, in nine digits at most', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = cellText({ data: vectorFromArray([value], new Float32()).data[0]!, rows: null }, STYLE)(0);
      assert.ok(Object.is(Math.fround(Number(text)), value), text);
      assert.ok(
        text
          .replace(/e.*$/, '')
          .replace(/\D/g, '')
          .replace(/^0+|0+$/g, '').length <= 9,
        text,
      );
    }),
  );
});

test('a single-precision number of few decimals is written with those', () => {
  const text = (value: number) =>
    cellText({ data: vectorFromArray([value], new Float32()).data[0]!, rows: null }, STYLE)(0);
  fc.assert(
    fc.property(
      fc.integer({ min: -999_999, max: 999_999 }),
      fc.integer({ min: 0, max: 8 }),
      (digits, decimals) => {
        const value = digits / 10 ** decimals;
        assert.equal(text(value), String(value));
      },
    ),
  );
});

test('a timestamp reads back, to the microsecond', () => {
  const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });
  fc.assert(
    fc.property(micros, (instant) => {
      const [, seconds, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(
        timestampText(instant),
      )!;
      assert.equal(BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0')), instant);
    }),
  );
});

test('base64 is that of Node', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.equal(Buffer.from(base64(bytes)).toString('latin1'), Buffer.from(bytes).toString('base64'));
    }),
  );
});
