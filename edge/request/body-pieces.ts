import { RequestError } from '../request-error.ts';

/** Of a body that is too long as much is read as clients may send before they look whether there is an answer. */
const MOST_DISCARDED = 2 ** 28;

/** Milliseconds in which something of a body has to come. */
const IDLE = 60_000;

/** Bytes that are read at once. */
const PIECE = 65_536;

/**
 * The body of a request, as it comes.
 * @param most bytes.
 * @throws `tooLong()` where there are more, or the request says so; RequestError (400) where it does not go on.
 */
export async function* bodyPieces(
  { headers, body }: Request,
  most: number,
  tooLong: () => Error,
): AsyncGenerator<Uint8Array> {
  const said = Number(headers.get('content-length') ?? 0);
  if (said > MOST_DISCARDED) throw tooLong();
  if (body === null) return;
  const reader = readerOf(body as ReadableStream<Uint8Array>);
  let bytes = 0;
  let ended = false;
  const isTooLong = () => Math.max(said, bytes) > most;
  async function next(): Promise<Uint8Array | null> {
    ended = true;
    const value = await reader.next();
    ended = value === null;
    bytes += value?.length ?? 0;
    if (bytes > MOST_DISCARDED) throw tooLong();
    return value;
  }
  try {
    for (let piece = await next(); piece !== null; piece = await next()) if (!isTooLong()) yield piece;
  } finally {
    // What a client still sends, or it would not see the answer.
    while (!ended) await next();
    reader.release();
  }
  if (isTooLong()) throw tooLong();
}

/** Larger pieces than workerd gives without being asked, where the stream is one of bytes; null at the end. */
function readerOf(body: ReadableStream<Uint8Array>) {
  const reader = byteReader(body) ?? body.getReader();
  let came = true;
  let stalled = false;
  const watch = setInterval(() => {
    stalled = !came;
    came = false;
    if (stalled) void reader.cancel().catch(() => {});
  }, IDLE);
  return {
    async next(): Promise<Uint8Array | null> {
      came = true;
      const { done, value } =
        reader instanceof ReadableStreamBYOBReader
          ? await reader.read(new Uint8Array(PIECE))
          : await reader.read();
      if (stalled) throw new RequestError(400, STALLED);
      came = true;
      return done ? null : value;
    },
    release() {
      clearInterval(watch);
      reader.releaseLock();
    },
  };
}

const STALLED = `Nothing came of the body for ${IDLE / 1000} s, though it has no end.`;

function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}
