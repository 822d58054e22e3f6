import assert from 'node:assert/strict';
import test from 'node:test';
import { answerBody } from './answer-body.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the bytes arrive, in order', async () => {
  async function* answer() {
    yield bytes('one ');
    yield bytes('two');
  }
  assert.equal(await new Response(await answerBody(answer())).text(), 'one two');
});

test('an answer without bytes is an empty body', async () => {
  async function* answer(): AsyncGenerator<Uint8Array> {}
  assert.equal(await new Response(await answerBody(answer())).text(), '');
});

test('what fails before the first bytes is thrown', async () => {
  // biome-ignore lint/correctness/useYield: it fails before
  async function* answer(): AsyncGenerator<Uint8Array> {
    throw new Error('no such file');
  }
  await assert.rejects(answerBody(answer()), /no such file/);
});

test('what fails later breaks the body off', async () => {
  async function* answer() {
    yield bytes('one ');
    throw new Error('read failed');
  }
  const body = await answerBody(answer());
  await assert.rejects(new Response(body).text(), /read failed/);
});

test('a client that hangs up ends the answer', async () => {
  let ended = false;
  async function* answer() {
    try {
      for (;;) yield bytes('more ');
    } finally {
      ended = true;
    }
  }
  const reader = (await answerBody(answer())).getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(ended, true);
});
