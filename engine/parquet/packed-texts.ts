import { type Texts, takeTexts } from '../table/texts.ts';

/** A column with few different texts: classes, names of constellations, flags. */
export interface PackedTexts {
  readonly bytes: number;
  take(rows: Uint32Array): Texts;
}

/** What one byte can tell apart. */
const MOST_WORDS = 256;

/** As many rows show whether texts repeat. */
const SAMPLE_ROWS = 128;

/** @returns null where there are too many different texts. */
export function packTexts(texts: Texts, length: number): PackedTexts | null {
  const codes = new Uint8Array(length);
  /** Rows that have a word for the first time. */
  const words: number[] = [];
  const byHash = new Map<number, number>();
  for (let row = 0; row < length; row++) {
    let hash = hashOf(texts, row);
    let code = byHash.get(hash);
    while (code !== undefined && !sameText(texts, words[code]!, row)) code = byHash.get(++hash);
    if (code === undefined) {
      if (words.length === MOST_WORDS || (row < SAMPLE_ROWS && words.length > SAMPLE_ROWS / 2)) return null;
      code = words.push(row) - 1;
      byHash.set(hash, code);
    }
    codes[row] = code;
  }
  const dictionary = takeTexts(texts, Uint32Array.from(words));
  return {
    bytes: codes.byteLength + dictionary.bytes.byteLength + dictionary.offsets.byteLength,
    take: (rows) =>
      takeTexts(
        dictionary,
        rows.map((row) => codes[row]!),
      ),
  };
}

/** FNV-1a. */
function hashOf({ bytes, offsets }: Texts, row: number): number {
  let hash = 0x811c9dc5;
  for (let at = offsets[row]!; at < offsets[row + 1]!; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash;
}

function sameText({ bytes, offsets }: Texts, a: number, b: number): boolean {
  const [startA, startB] = [offsets[a]!, offsets[b]!];
  const length = offsets[a + 1]! - startA;
  if (offsets[b + 1]! - startB !== length) return false;
  for (let at = 0; at < length; at++) if (bytes[startA + at] !== bytes[startB + at]) return false;
  return true;
}
