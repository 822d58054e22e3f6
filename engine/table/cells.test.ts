import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { base64 } from './base64.ts';
import { timestampText } from './cells.ts';

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
