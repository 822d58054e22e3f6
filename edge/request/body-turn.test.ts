import assert from 'node:assert/strict';
import test from 'node:test';
import { BusyError } from '../request-error.ts';
import { turnFor } from './body-turn.ts';
import { createTurns } from './turns.ts';

function posted(bytes: number, headers: Record<string, string> = {}): Request {
  let left = bytes;
  const body = new ReadableStream({
    pull(controller) {
      if (left > 0) controller.enqueue(new Uint8Array(Math.min(left, 65_536)));
      else controller.close();
      left -= 65_536;
    },
  });
  return new Request('http://x', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
}

test('long bodies, and those that do not tell, wait for a turn', async () => {
  const takeTurn = createTurns(1);
  assert.equal(await turnFor(posted(10, { 'content-length': '10' }), takeTurn, 0), null);
  const turn = await turnFor(posted(10), takeTurn, 0);
  turn!.end();
  assert.notEqual(await turnFor(posted(10, { 'content-length': '9999999' }), takeTurn, 0), null);
});

test('who has no turn is told so when all is sent', async () => {
  const request = posted(3_000_000);
  const none = () => Promise.reject(new BusyError());
  await assert.rejects(turnFor(request, none, 0), BusyError);
  const { done } = await request.body!.getReader().read();
  assert.equal(done, true);
});
