const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_DIGIT = 255;
const VALUES = new Uint8Array(256).fill(NO_DIGIT);
for (const [value, character] of [...ALPHABET].entries()) VALUES[character.charCodeAt(0)] = value;

/**
 * The bytes of base64 (RFC 4648 §4).
 * @param text of whole groups of four characters, without white space.
 * @throws Error naming a character that is none of base64.
 */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3);
  let to = 0;
  let bits = 0;
  for (let at = 0; at < digits; at++) {
    const code = text.charCodeAt(at);
    const value = code < 256 ? VALUES[code]! : NO_DIGIT;
    if (value === NO_DIGIT)
      throw new Error(`its STREAM is not in base64: it has the character “${text[at]}”`);
    bits = (bits << 6) | value;
    if ((at & 3) === 3) {
      bytes[to++] = bits >> 16;
      bytes[to++] = bits >> 8;
      bytes[to++] = bits;
      bits = 0;
    }
  }
  const last = bits << (6 * padding);
  if (padding > 0) {
    bytes[to++] = last >> 16;
    if (padding === 1) bytes[to++] = last >> 8;
  }
  return bytes.subarray(0, to);
}
