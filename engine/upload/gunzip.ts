import { joinedBytes } from '../joined-bytes.ts';
import { UploadError } from './upload.ts';

/**
 * What a gzip file holds; null where that is more than `most` bytes, of which no more are unpacked.
 * @throws UploadError where it is damaged or cut off.
 */
export async function gunzipped(file: Uint8Array, most: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const stream = new Blob([file as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of stream) {
      length += piece.length;
      if (length > most) return null;
      pieces.push(piece);
    }
  } catch (error) {
    throw new UploadError('it is a gzip file that is damaged or cut off', { cause: error });
  }
  return joinedBytes(pieces);
}
