import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Outcome, outcomeBytes, type PassedResult, passResult } from './outcome.ts';

/** A stream of these pieces as they are. */
function source(pieces: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

const read = async ({ stream }: PassedResult) => new Uint8Array(await new Response(stream).arrayBuffer());

const good: Outcome = { error: null };

test('a result comes out as it went in, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 6000 })), fc.nat(4096), async (pieces, cut) => {
      const end = outcomeBytes(good);
      const all = [...pieces, end.subarray(0, cut), end.subarray(cut)] as Uint8Array<ArrayBuffer>[];
      const passing = passResult(source(all), true, Number.POSITIVE_INFINITY);
      assert.deepEqual(Buffer.from(await read(passing)), Buffer.concat(pieces));
      assert.equal(passing.bytes(), Buffer.concat(pieces).length);
      assert.equal(passing.failure(), null);
    }),
    { numRuns: 50 },
  );
});

test('without an outcome nothing is taken from the end', async () => {
  const bytes = new Uint8Array(5000).fill(7);
  assert.deepEqual(await read(passResult(source([bytes]), false, 5000)), bytes);
});

test('an error at the end, a missing end and too many bytes fail the stream, and say why', async () => {
  const rows = new Uint8Array(10_000).fill(65);
  for (const [end, most, words] of [
    [outcomeBytes({ error: 'Division by zero “x”.' }), 10_000, /^Division by zero “x”\.$/],
    [outcomeBytes({ error: 'é'.repeat(9000) }), 10_000, /^é+$/],
    [new Uint8Array(), 10_000, /^The work broke off/],
    [outcomeBytes(good).subarray(1), 10_000, /^The work broke off/],
    [outcomeBytes(good), 9_999, /more than 9999 bytes/],
  ] as const) {
    const passing = passResult(source([rows, end]), true, most);
    await assert.rejects(read(passing));
    assert.match((passing.failure() as Error).message, words);
  }
});
