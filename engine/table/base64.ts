import type { Bytes } from './digits.ts';
import { type Output, reserve } from './output.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const PADDING = '='.charCodeAt(0);

/** The two characters of each 12-bit number. */
const FIRST = Uint8Array.from({ length: 4096 }, (_, bits) => CODES[bits >> 6]!);
const SECOND = Uint8Array.from({ length: 4096 }, (_, bits) => CODES[bits & 63]!);

/** Workerd and browsers have it, ten times as fast as a table; Node 24 has not. */
const { toBase64 } = Uint8Array.prototype as { toBase64?: () => string };

const encoder = new TextEncoder();

/** Writes base64 (RFC 4648 §4), padded. */
export function writeBase64(bytes: Bytes, out: Output): void {
  if (toBase64 === undefined) {
    writeByTable(bytes, out);
    return;
  }
  const text = toBase64.call(bytes);
  reserve(out, text.length);
  out.length += encoder.encodeInto(text, out.bytes.subarray(out.length)).written;
}

export function writeByTable(bytes: Bytes, out: Output): void {
  reserve(out, 4 * Math.ceil(bytes.length / 3));
  const { bytes: encoded } = out;
  const whole = bytes.length - (bytes.length % 3);
  let to = out.length;
  for (let at = 0; at < whole; at += 3) {
    const group = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    encoded[to] = FIRST[group >> 12]!;
    encoded[to + 1] = SECOND[group >> 12]!;
    encoded[to + 2] = FIRST[group & 4095]!;
    encoded[to + 3] = SECOND[group & 4095]!;
    to += 4;
  }
  if (whole < bytes.length) {
    const group = (bytes[whole]! << 16) | ((bytes[whole + 1] ?? 0) << 8);
    const third = whole + 1 < bytes.length ? CODES[(group >> 6) & 63]! : PADDING;
    encoded.set([CODES[group >> 18]!, CODES[(group >> 12) & 63]!, third, PADDING], to);
    to += 4;
  }
  out.length = to;
}
