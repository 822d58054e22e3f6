/** Texts one after the other; the nth lies in [offsets[n], offsets[n + 1]). */
export interface Texts {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
}

/** The given texts, in the given order. */
export function takeTexts({ bytes, offsets }: Texts, rows: Uint32Array): Texts {
  const ends = new Int32Array(rows.length + 1);
  for (let at = 0; at < rows.length; at++) {
    ends[at + 1] = ends[at]! + offsets[rows[at]! + 1]! - offsets[rows[at]!]!;
  }
  const taken = new Uint8Array(ends[rows.length]!);
  for (let at = 0; at < rows.length; at++) {
    // Texts are short: a loop beats a subarray and a set.
    for (let to = ends[at]!, from = offsets[rows[at]!]!; to < ends[at + 1]!; ) taken[to++] = bytes[from++]!;
  }
  return { bytes: taken, offsets: ends };
}
