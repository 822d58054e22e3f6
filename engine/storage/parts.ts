/** Of each part of an upload but the last, which may be smaller: S3 wants 5 MiB or more and R2 all of one size, and 10,000 at most. */
const PART_BYTES = 2 ** 24;

/** What is made room for at first: most objects are small. */
const FIRST_BYTES = 2 ** 16;

/** The bytes of a stream in parts of one size, the last one smaller; none for a stream without bytes. One is in memory at a time. */
export async function* parts(
  stream: ReadableStream<Uint8Array>,
  partBytes: number = PART_BYTES,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(Math.min(FIRST_BYTES, partBytes));
  let filled = 0;
  for await (const piece of stream) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + partBytes - filled);
      if (filled + taken.length > part.length) {
        const grown = new Uint8Array(Math.min(Math.max(2 * part.length, filled + taken.length), partBytes));
        grown.set(part.subarray(0, filled));
        part = grown;
      }
      part.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled < partBytes) continue;
      yield part;
      part = new Uint8Array(partBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/** An upload in parts that a service has begun. */
export interface PartsUpload {
  /** @param number from 1. */
  put(number: number, part: Uint8Array<ArrayBuffer>): Promise<void>;
  complete(): Promise<void>;
  /** The service forgets the parts. */
  abort(): Promise<void>;
}

/**
 * Writes a stream of any length: at once where it is less than a part, else part after part, so that the object is there with the last
 * one. One part is in memory at a time.
 * @throws what the stream or the service throws; no object is made then.
 */
export async function uploadParts(
  stream: ReadableStream<Uint8Array>,
  put: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  begin: () => Promise<PartsUpload>,
  partBytes: number = PART_BYTES,
): Promise<void> {
  let upload: PartsUpload | null = null;
  let number = 0;
  try {
    for await (const part of parts(stream, partBytes)) {
      if (upload === null && part.length < partBytes) return await put(part);
      upload ??= await begin();
      number += 1;
      await upload.put(number, part);
    }
    if (upload === null) await put(new Uint8Array());
    else await upload.complete();
  } catch (error) {
    await upload?.abort().catch(() => {});
    throw error;
  }
}
