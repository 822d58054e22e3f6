import type { Texts } from '../table/texts.ts';
import { FIRST_USER_OID, OID } from './oids.ts';
import { NULL_FIELD } from './rows.ts';

const AS_THEY_ARE: readonly number[] = [OID.text, OID.varchar, OID.name, OID.char];
const BLANK = 0x20;
const MOST_BYTES = 2 ** 31 - 1;

/** Fields that are text, as one Arrow column; undefined where the type in PostgreSQL is none. @throws RangeError */
export function textValues(
  oid: number,
  bytes: Uint8Array,
  view: DataView,
  offsets: Uint32Array,
): Texts | undefined {
  if (oid === OID.uuid) return uuids(bytes, offsets);
  // The owner's types that stand in a column of text are enumerations and citext, which are sent as their text.
  if (!AS_THEY_ARE.includes(oid) && oid !== OID.bpchar && oid < FIRST_USER_OID) return undefined;
  const ends = new Int32Array(offsets.length + 1);
  for (let row = 0, end = 0; row < offsets.length; row++) {
    const at = offsets[row]!;
    if (at !== NULL_FIELD) end += oid === OID.bpchar ? trimmed(bytes, view, at) : view.getInt32(at - 4);
    if (end > MOST_BYTES) throw new RangeError(`${end} bytes of text in one piece, 2 GiB is the most`);
    ends[row + 1] = end;
  }
  const texts = new Uint8Array(ends[offsets.length]!);
  for (let row = 0, to = 0; row < offsets.length; row++) {
    const end = ends[row + 1]!;
    // Texts are short: a loop beats a subarray and a set.
    for (let from = offsets[row]!; to < end; ) texts[to++] = bytes[from++]!;
  }
  return { bytes: texts, offsets: ends };
}

/** Bytes of a `character(n)` without the blanks that fill it up, which mean nothing. */
function trimmed(bytes: Uint8Array, view: DataView, at: number): number {
  let length = view.getInt32(at - 4);
  while (length > 0 && bytes[at + length - 1] === BLANK) length--;
  return length;
}

const HEX = '0123456789abcdef';

function uuids(bytes: Uint8Array, offsets: Uint32Array): Texts {
  let text = '';
  const ends = new Int32Array(offsets.length + 1);
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row]!;
    for (let byte = 0; at !== NULL_FIELD && byte < 16; byte++) {
      if (byte === 4 || byte === 6 || byte === 8 || byte === 10) text += '-';
      text += HEX[bytes[at + byte]! >> 4]! + HEX[bytes[at + byte]! & 15]!;
    }
    ends[row + 1] = text.length;
  }
  return { bytes: new TextEncoder().encode(text), offsets: ends };
}
