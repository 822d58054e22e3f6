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
    const after = 4 + view.getUint32(0, true);
    const { run, end } = runAt(view, after, count);
    if (run === ELEMENT) {
      const first = elements;
      eachZero(view, count, (at) => {
        if (row < 0 && at > 0) throw withoutArray();
        elements = first + at;
        begin(false);
      });
      if (row < 0 && count > 0) throw withoutArray();
      elements = first + count;
      return { count, defined: null, present: count, end };
    }
    const { levels: repetitions } = levelsAt(view, 0, count, 1);
    const { levels: definitions } = levelsAt(view, after, count, 2);
    const defined = new Uint8Array(count);
    let slots = 0;
    let present = 0;
    for (let at = 0; at < count; at++) {
      const level = definitions[at]!;
      if (repetitions[at] === 0) begin(level < NO_ELEMENT);
      else if (row < 0 || level < NULL_ELEMENT) throw withoutArray();
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

function withoutArray(): Error {
  return new Error('it has an element without an array');
}

/**
 * Calls back for each level at the start of a page that is 0, of levels of one bit: few are where arrays are long, and most bytes say
 * of many levels at once that they are not.
 */
function eachZero(view: DataView, count: number, zero: (at: number) => void): void {
  let at = 4;
  for (let seen = 0; seen < count; ) {
    let header = 0;
    let byte = 128;
    for (let shift = 0; byte >= 128 && shift < 32; shift += 7) {
      byte = view.getUint8(at++);
      header += (byte & 127) * 2 ** shift;
    }
    const length = Math.floor(header / 2);
    if (length === 0) throw new Error('it has levels that make no sense');
    if (header % 2 === 0) {
      const end = Math.min(seen + length, count);
      if (view.getUint8(at++) === 0) for (let level = seen; level < end; level++) zero(level);
      seen = end;
      continue;
    }
    for (const end = at + length; at < end && seen < count; seen += 8) {
      const bits = view.getUint8(at++);
      if (bits === 255) continue;
      for (let bit = 0; bit < 8 && seen + bit < count; bit++) if (((bits >> bit) & 1) === 0) zero(seen + bit);
    }
  }
}
