/** What a generator gives, as a stream: read as it is asked for, and ended where nobody asks any more. */
export function streamOf(
  pieces: AsyncGenerator<Uint8Array, void>,
  strategy?: QueuingStrategy<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    strategy,
  );
}
