import assert from 'node:assert/strict';
import test from 'node:test';
import { bodyPieces } from './body-pieces.ts';

const tooLong = () => new Error('too long');

async function read(body: BodyInit, most: number, headers: Record<string, string> = {}): Promise<number> {
  const request = new Request('http://x', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
  let bytes = 0;
  for await (const piece of bodyPieces(request, most, tooLong)) bytes += piece.length;
  return bytes;
}

test('a body has as many bytes as it may, whether it says so or not', async () => {
  const body = 'x'.repeat(200_000);
  const streamed = () => new Blob([body]).stream();
  assert.equal(await read(body, 200_000), 200_000);
  assert.equal(await read(streamed(), 200_000), 200_000);
  assert.equal(await read('', 0), 0);
  await assert.rejects(read(body, 199_999), /too long/);
  await assert.rejects(read(streamed(), 199_999), /too long/);
  await assert.rejects(read('x', 10, { 'content-length': '11' }), /too long/);
});

test('what a body that is too long still has is read, up to a bound; a client sees the answer then', async () => {
  let pieces = 0;
  const endless = (bytes: number, end: number) =>
    new ReadableStream({
      pull(controller) {
        if (pieces++ < end) controller.enqueue(new Uint8Array(bytes));
        else controller.close();
      },
    });
  await assert.rejects(read(endless(1000, 50), 10), /too long/);
  assert.ok(pieces > 50, `${pieces}`);
  pieces = 0;
  await assert.rejects(read(endless(2 ** 24, 1000), 10), /too long/);
  assert.ok(pieces < 25, `${pieces}`);
});

test('a client that sends next to nothing is not waited for', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setInterval'] });
  const drops = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1000)) });
  const reading = read(drops, 10_000);
  const refused = assert.rejects(reading, { status: 400, message: /less than 20000 bytes a second/ });
  for (let seconds = 0; seconds < 70; seconds += 5) {
    await new Promise(setImmediate);
    t.mock.timers.tick(5000);
  }
  await refused;
});

test('a client that leaves is at fault', async () => {
  const left = new ReadableStream({
    pull: (controller) => controller.error(new TypeError('client disconnected')),
  });
  await assert.rejects(read(left, 10_000), { status: 400, message: /broke off/ });
});
