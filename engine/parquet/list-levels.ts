import { levelsAt, type ReadLevels, runAt } from './page.ts';

/** Levels of an optional list of optional elements (Parquet, LogicalTypes.md, "Lists"). */
const NO_ELEMENT = 1;
const NULL_ELEMENT = 2;
const ELEMENT = 3;

/** Where the arrays of a column begin and end, and which are null. */
export interface Lists {
  /** Elements of the nth array: [offsets[n], offsets[n + 1]). */
  readonly offsets: Int32Array;
  /** Bits of the arrays that are not null; null where none is. */
  readonly valid: Uint8Array | null;
  readonly nullCount: number;
}

/**
 * Reads the levels of a column of arrays, page after page: what a page has then are elements. An array may go on in the next page.
 * @param rows of the row group.
 */
export function listLevels(rows: number): {
  /** @throws Error where there are more arrays than rows, or levels that no list has. */
  readonly read: ReadLevels;
  /** @throws Error where there are fewer arrays than rows. */
  lists(): Lists;
} {
  const offsets = new Int32Array(rows + 1);
  let valid: Uint8Array | null = null;
  let nullCount = 0;
  let row = -1;
  let elements = 0;

  function begin(isNull: boolean): void {
    row++;
    if (row >= rows) throw new Error(`it holds more than ${rows} arrays`);
    offsets[row] = elements;
    if (!isNull) return;
    valid ??= new Uint8Array((rows + 7) >> 3).fill(255);
    valid[row >> 3]! &= ~(1 << (row & 7));
    nullCount++;
  }

  function read(view: DataView, count: number) {
    const { levels: repetitions, end: after } = levelsAt(view, 0, count, 1);
    const { run, end } = runAt(view, after, count);
    if (run === ELEMENT) {
      if (count > 0 && row < 0 && repetitions[0] !== 0) throw new Error('it begins within an array');
      for (let at = 0; at < count; at++, elements++) if (repetitions[at] === 0) begin(false);
      return { count, defined: null, present: count, end };
    }
    const { levels: definitions } = levelsAt(view, after, count, 2);
    const defined = new Uint8Array(count);
    let slots = 0;
    let present = 0;
    for (let at = 0; at < count; at++) {
      const level = definitions[at]!;
      if (repetitions[at] === 0) begin(level < NO_ELEMENT);
      else if (row < 0 || level < NULL_ELEMENT) throw new Error('it has an element without an array');
      if (level < NULL_ELEMENT) continue;
      elements++;
      if (level === ELEMENT) defined[slots] = 1;
      present += defined[slots++]!;
    }
    return { count: slots, defined: present === slots ? null : defined.subarray(0, slots), present, end };
  }

  return {
    read,
    lists() {
      if (row + 1 !== rows) throw new Error(`it holds ${row + 1} arrays instead of ${rows}`);
      offsets[rows] = elements;
      return { offsets, valid, nullCount };
    },
  };
}
