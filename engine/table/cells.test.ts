import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { writeBase64, writeByTable } from './base64.ts';
import { timestampText } from './cells.ts';
import { newOutput, take, writeText } from './output.ts';

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
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(4), (bytes, before) => {
      for (const write of [writeBase64, writeByTable]) {
        const out = newOutput();
        writeText('='.repeat(before), out);
        write(Uint8Array.from(bytes), out);
        const expected = '='.repeat(before) + Buffer.from(bytes).toString('base64');
        assert.equal(Buffer.from(take(out)).toString('latin1'), expected);
      }
    }),
  );
});
