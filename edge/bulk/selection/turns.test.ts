import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '../../answer/answer-body.ts';
import { createTurns } from './turns.ts';

/** An output of one piece that is made when it is let go on. */
function output() {
  let begun = false;
  const going = Promise.withResolvers<void>();
  const make = async function* (): AsyncGenerator<Bytes> {
    begun = true;
    await going.promise;
    yield new Uint8Array([7]);
  };
  return { make, begun: () => begun, goOn: () => going.resolve() };
}

async function piecesOf(pieces: AsyncIterable<Bytes>): Promise<Bytes[]> {
  const all: Bytes[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

test('few are made at a time, the others wait, and all come whole', async () => {
  const inTurn = createTurns();
  const outputs = Array.from({ length: 5 }, output);
  const pieces = outputs.map(({ make }) => piecesOf(inTurn(make)));
  const begun = () => outputs.filter((one) => one.begun()).length;
  while (begun() < 3) await new Promise(setImmediate);
  assert.equal(begun(), 3);
  for (const { goOn } of outputs) goOn();
  assert.deepEqual(await Promise.all(pieces), Array(5).fill([new Uint8Array([7])]));
});

test('one that is not read any more, or fails, takes no turn', async () => {
  const inTurn = createTurns();
  for (let left = 0; left < 4; left += 1) {
    const one = output();
    one.goOn();
    for await (const piece of inTurn(one.make)) {
      assert.deepEqual(piece, new Uint8Array([7]));
      break;
    }
  }
  // biome-ignore lint/correctness/useYield: it fails before
  const failing = async function* (): AsyncGenerator<Bytes> {
    throw new Error('damaged');
  };
  await assert.rejects(piecesOf(inTurn(failing)), { message: 'damaged' });
  const last = output();
  last.goOn();
  assert.equal((await piecesOf(inTurn(last.make))).length, 1);
});

test('readers that take their time hold nobody up for long', async () => {
  const inTurn = createTurns();
  const slow = Array.from({ length: 3 }, output).map(({ make, goOn }) => {
    goOn();
    return inTurn(make);
  });
  for (const one of slow) await one.next();
  const quick = output();
  quick.goOn();
  assert.equal((await piecesOf(inTurn(quick.make))).length, 1);
});
