const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const PADDING = '='.charCodeAt(0);

/** The two characters of each 12-bit number, as they lie in memory. */
const PAIRS = new Uint16Array(
  Uint8Array.from({ length: 2 * 4096 }, (_, at) => CODES[at & 1 ? (at >> 1) & 63 : at >> 7]!).buffer,
);

/** Base64 (RFC 4648 §4), padded, as ASCII bytes. */
export function base64(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.length - (bytes.length % 3);
  const encoded = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  const pairs = new Uint16Array(encoded.buffer);
  let to = 0;
  for (let at = 0; at < whole; at += 3) {
    const group = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    pairs[to++] = PAIRS[group >> 12]!;
    pairs[to++] = PAIRS[group & 4095]!;
  }
  if (whole < bytes.length) {
    const group = (bytes[whole]! << 16) | ((bytes[whole + 1] ?? 0) << 8);
    const third = whole + 1 < bytes.length ? CODES[(group >> 6) & 63]! : PADDING;
    encoded.set([CODES[group >> 18]!, CODES[(group >> 12) & 63]!, third, PADDING], 2 * to);
  }
  return encoded;
}
