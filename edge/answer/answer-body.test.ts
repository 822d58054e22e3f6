import assert from 'node:assert/strict';
import test from 'node:test';
import { answerBody } from './answer-body.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('the bytes arrive, in order', async () => {
  async function* answer() {
    yield bytes('one ');
    yield bytes('two ');
    yield bytes('three');
  }
  assert.equal(await new Response(await answerBody(answer())).text(), 'one two three');
});

test('a short answer is whole', async () => {
  async function* answer() {
    yield bytes('all of it');
  }
  assert.deepEqual(await answerBody(answer()), bytes('all of it'));
});

test('an answer without bytes is an empty body', async () => {
  async function* answer(): AsyncGenerator<Uint8Array<ArrayBuffer>> {}
  assert.equal(await new Response(await answerBody(answer())).text(), '');
});

test('what fails at the start is thrown', async () => {
  // biome-ignore lint/correctness/useYield: it fails before
  async function* answer(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    throw new Error('no such file');
  }
  await assert.rejects(answerBody(answer()), /no such file/);
});

test('what fails later breaks the body off', async () => {
  async function* answer() {
    yield bytes('one ');
    yield bytes('two ');
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
  const body = await answerBody(answer());
  assert.ok(body instanceof ReadableStream);
  const reader = body.getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(ended, true);
});
