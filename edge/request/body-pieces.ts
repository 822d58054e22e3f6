import { RequestError } from '../request-error.ts';

/** Of a body that is too long as much is read as clients may send before they look whether there is an answer. */
const MOST_DISCARDED = 2 ** 28;

/** Bytes a second that a client has to send, or few of them could keep all others from sending theirs. */
const PACE = 20_000;
/** Milliseconds of waiting for which it need not. */
const GRACE = 60_000;
/** Milliseconds between two looks. */
const LOOK = 5000;

/** Bytes that are read at once. */
const PIECE = 65_536;

/**
 * The body of a request, as it comes.
 * @param most bytes.
 * @throws `tooLong()` where there are more, or the request says so; RequestError (400) where it comes too slowly, or breaks off.
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
    bytes += value?.length ?? 0;
    if (bytes > MOST_DISCARDED) throw tooLong();
    ended = value === null;
    return value;
  }
  try {
    for (let piece = await next(); piece !== null; piece = await next()) if (!isTooLong()) yield piece;
  } finally {
    try {
      // What a client still sends, or it would not see the answer.
      while (!ended) await next();
    } finally {
      reader.release();
    }
  }
  if (isTooLong()) throw tooLong();
}

/** Larger pieces than workerd gives without being asked, where the stream is one of bytes; null at the end. */
function readerOf(body: ReadableStream<Uint8Array>) {
  const reader = byteReader(body) ?? body.getReader();
  let bytes = 0;
  let waited = 0;
  let asked: number | null = null;
  let isSlow = false;
  const read = async () =>
    reader instanceof ReadableStreamBYOBReader ? reader.read(new Uint8Array(PIECE)) : reader.read();
  const watch = setInterval(() => {
    const milliseconds = waited + (asked === null ? 0 : Date.now() - asked);
    isSlow = milliseconds > GRACE && bytes < (PACE * milliseconds) / 1000;
    if (isSlow) void reader.cancel().catch(() => {});
  }, LOOK);
  return {
    async next(): Promise<Uint8Array | null> {
      asked = Date.now();
      // In workerd a read that waits fails when its reader is cancelled; elsewhere it ends.
      const { done, value } = await read().catch(() => {
        throw new RequestError(400, isSlow ? SLOW : BROKEN);
      });
      waited += Date.now() - asked;
      asked = null;
      if (isSlow) throw new RequestError(400, SLOW);
      bytes += value?.length ?? 0;
      return done ? null : value;
    },
    release() {
      clearInterval(watch);
      reader.releaseLock();
    },
  };
}

const BROKEN = 'The body of the request broke off.';
const SLOW = `The body came with less than ${PACE} bytes a second.`;

function byteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}
