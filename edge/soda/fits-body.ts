import { answerBody, type Body, type Bytes } from '../answer/answer-body.ts';

/** workerd's: tells its length in advance, and a write to it is over when its bytes are on their way. */
type FixedLength = new (bytes: number) => TransformStream<Bytes, Bytes>;

/**
 * A file as a response body, which takes its chunks and their memory. Waits for the first two chunks, so that what fails at the start fails before
 * a status was sent; a failure later breaks the body off.
 * @param bytes of all chunks together.
 * @throws whatever the chunks throw in the first two.
 */
export async function fitsBody(chunks: AsyncGenerator<Bytes>, bytes: number): Promise<Body> {
  const { FixedLengthStream } = globalThis as { readonly FixedLengthStream?: FixedLength };
  if (FixedLengthStream === undefined) return answerBody(chunks);
  const first = [await chunks.next(), await chunks.next()].flatMap(({ done, value }) =>
    done ? [] : [value],
  );
  const { readable, writable } = new FixedLengthStream(bytes);
  void pump(first, chunks, writable.getWriter());
  return readable;
}

async function pump(
  first: readonly Bytes[],
  chunks: AsyncGenerator<Bytes>,
  writer: WritableStreamDefaultWriter<Bytes>,
): Promise<void> {
  try {
    for (const chunk of first) await send(chunk, writer);
    for await (const chunk of chunks) await send(chunk, writer);
    await writer.close();
  } catch (error) {
    // The client has left, or the image cannot be read to its end.
    await chunks.return(undefined);
    await writer.abort(error).catch(() => undefined);
  }
}

async function send(chunk: Bytes, writer: WritableStreamDefaultWriter<Bytes>): Promise<void> {
  await writer.write(chunk);
  releaseBytes(chunk);
}

/**
 * Gives the memory of bytes back at once: V8 collects buffers only when there are some 60 MB of them, half of what an isolate may have.
 * Bytes that are a part of others stay.
 */
export function releaseBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
