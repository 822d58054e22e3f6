import type { Bytes } from '../../answer/answer-body.ts';
import { BODY_BROKE_OFF } from '../../failure.ts';
import { RequestError } from '../../request-error.ts';

/** Longest list of positions, in bytes, decompressed. */
export const MAX_BYTES = 4 * 2 ** 20;

/**
 * A body that is too long is read so far all the same: while a client still sends, it does not read why it is refused, and finds the
 * connection closed.
 */
const DRAINED_BYTES = 8 * MAX_BYTES;

/**
 * The body of a request, decompressed.
 * @throws RequestError 413 where it is longer than `MAX_BYTES`, 415 for an encoding that is not gzip, 400 where it is not gzip although
 *   it says so.
 */
export async function readBody(request: Request): Promise<Bytes> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() || 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new RequestError(415, `The body is encoded as ${encoding}: send it as it is, or by gzip.`);
  }
  const body = request.body as ReadableStream<Bytes> | null;
  if (body === null) return new Uint8Array();
  return collect(encoding === 'gzip' ? unzipped(body) : body);
}

async function collect(stream: AsyncIterable<Bytes>): Promise<Bytes> {
  const chunks: Bytes[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.byteLength;
    if (length <= MAX_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (length > DRAINED_BYTES) break;
  }
  if (length > MAX_BYTES) throw tooLong();
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function* unzipped(body: ReadableStream<Bytes>): AsyncGenerator<Bytes, void> {
  try {
    yield* body.pipeThrough(new DecompressionStream('gzip'));
  } catch (error) {
    if (error instanceof Error && error.message === BODY_BROKE_OFF) throw error;
    throw new RequestError(400, 'The body is not valid gzip, as its Content-Encoding says it is.');
  }
}

function tooLong(): RequestError {
  return new RequestError(
    413,
    `The body is longer than ${MAX_BYTES} bytes: send the columns RA, DEC and those of SR and ID that you need, in several requests if it must be.`,
  );
}
