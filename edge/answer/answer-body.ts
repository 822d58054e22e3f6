export type Bytes = Uint8Array<ArrayBuffer>;

/** Of a response. */
export type Body = Bytes | ReadableStream<Bytes>;

/**
 * An answer as a response body: whole if it is short, else a stream. Waits for the first two chunks, so that what fails at the start
 * fails before a status was sent. A failure later breaks the body off, and the client sees a connection without an end;
 * a client that hangs up ends the search.
 * @throws whatever the answer throws in its first two chunks.
 */
export async function answerBody(chunks: AsyncGenerator<Bytes>): Promise<Body> {
  const first = await chunks.next();
  if (first.done) return new Uint8Array();
  const second = await chunks.next();
  if (second.done) return first.value;
  const waiting = [first.value, second.value];
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { done, value } = waiting.length > 0 ? { value: waiting.shift()! } : await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}
