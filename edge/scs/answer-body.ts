/**
 * An answer as a response body. Waits for the first bytes, so that what fails at the start fails before a status was sent.
 * A failure later breaks the body off, and the client sees a connection without an end; a client that hangs up ends
 * the search.
 * @throws whatever the answer throws before its first bytes.
 */
export async function answerBody(bytes: AsyncGenerator<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  let waiting: IteratorResult<Uint8Array> | null = await bytes.next();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = waiting ?? (await bytes.next());
      waiting = null;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await bytes.return(undefined);
    },
  });
}
