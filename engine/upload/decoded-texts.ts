import { UploadError } from './upload.ts';

/** Of a file that are decoded at a time. */
const PIECE_BYTES = 2 ** 20;

/** Bytes in which an XML declaration stands. */
const HEAD_BYTES = 200;

/**
 * The text of a file, in pieces: UTF-8, UTF-16 with a byte order mark, or what an XML declaration says.
 * @throws UploadError where the bytes are not of that encoding, or it is not known.
 */
export function* decodedTexts(bytes: Uint8Array): Generator<string, void, undefined> {
  const encoding = encodingOf(bytes);
  const decoder = decoderOf(encoding);
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      yield decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UploadError(`its text is not ${encoding.toUpperCase()}: convert it to UTF-8`, { cause: error });
  }
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  const head = String.fromCharCode(...bytes.subarray(0, HEAD_BYTES));
  return /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']/.exec(head)?.[1] ?? 'utf-8';
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (error) {
    throw new UploadError(`its encoding is ${encoding}, which is not known here: convert it to UTF-8`, {
      cause: error,
    });
  }
}
