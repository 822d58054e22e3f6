import { type Data, Utf8 } from 'apache-arrow';
import type { Cells } from '../table/result.ts';
import { bitmap, column, dataOf, textBuffers } from '../table/rows.ts';

const COLON = ':'.charCodeAt(0);

/**
 * Texts that are whole addresses: those without a scheme are below the service's root.
 * @param root without a trailing slash.
 */
export function absoluteAddresses(cells: Cells, root: string): Data {
  const data = dataOf(cells);
  const { length } = data;
  const from: Int32Array = data.valueOffsets;
  const texts: Uint8Array = data.values;
  const prefix = new TextEncoder().encode(`${root}/`);
  const bytes = new Uint8Array(from[length]! - from[0]! + length * prefix.length);
  const offsets = new Int32Array(length + 1);
  for (let row = 0; row < length; row++) {
    let end = offsets[row]!;
    if (data.getValid(row)) {
      const text = texts.subarray(from[row], from[row + 1]);
      if (!hasScheme(text)) {
        bytes.set(prefix, end);
        end += prefix.length;
      }
      bytes.set(text, end);
      end += text.length;
    }
    offsets[row + 1] = end;
  }
  const valid = data.nullCount === 0 ? null : bitmap(length, (row) => data.getValid(row));
  return column(new Utf8(), length, valid, textBuffers({ bytes: bytes.slice(0, offsets[length]), offsets }));
}

/** RFC 3986 §3.1: letters, digits, +, - and . before a colon. */
function hasScheme(text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]!;
    if (byte === COLON) return at > 0;
    if (!SCHEME[byte]) return false;
  }
  return false;
}

const SCHEME = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(/[A-Za-z0-9+.-]/.test(String.fromCharCode(byte))),
);
