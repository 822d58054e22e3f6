import { readSync } from 'node:fs';

/** Rows of a group that lie together in a spill: their keys, 8 bytes each, where each ends, 4 bytes each, and the rows. */
export interface Extent {
  readonly offset: number;
  readonly rows: number;
  /** Of the rows alone. */
  readonly bytes: number;
}

/** Of a row in a spill, besides itself. */
export const OVERHEAD_BYTES = 12;

/** An extent begins at a multiple of it. */
const ALIGNED_BYTES = 8;

/**
 * Where the rows of each group lie. A table of terabytes has a hundred million extents: most of this is in the spill itself, sorted by group.
 */
export interface ExtentList {
  /**
   * Adds the extents of all groups, one after the other from an offset on.
   * @param rows how many each group has, as `rowBytes` has their bytes; those of groups without rows are left out.
   */
  add(offset: number, rows: Uint32Array, rowBytes: Uint32Array): void;
  /** Those of a group, in the order in which they were added. To be called once all that was appended is in the file. */
  of(group: number): Extent[];
}

/** Of extents that are kept in memory: as long as they are no more, none is written. */
const MEMORY_BYTES = 8 * 2 ** 20;

/** Offset, rows and bytes, each as a double. */
const ENTRY_NUMBERS = 3;
const ENTRY_BYTES = 8 * ENTRY_NUMBERS;

/**
 * @param file that the spill writes to.
 * @param append adds bytes to it, and tells where they will be.
 */
export function extentList(
  groups: number,
  file: number,
  append: (bytes: Uint8Array) => number,
  memoryBytes = MEMORY_BYTES,
): ExtentList {
  const most = Math.max(1, Math.floor(memoryBytes / (ENTRY_BYTES * groups)));
  /** Of each group as many entries as were added since the last were written. */
  let entries = new Float64Array(0);
  let count = 0;
  const written: number[] = [];

  return {
    add(offset, rows, rowBytes) {
      if (count === most) {
        written.push(append(new Uint8Array(entries.buffer)));
        entries = new Float64Array(0);
        count = 0;
      }
      if (entries.length === 0) entries = new Float64Array(ENTRY_NUMBERS * most * groups);
      let at = offset;
      for (let group = 0; group < groups; group += 1) {
        if (rows[group] === 0) continue;
        const entry = ENTRY_NUMBERS * (group * most + count);
        entries[entry] = at;
        entries[entry + 1] = rows[group]!;
        entries[entry + 2] = rowBytes[group]!;
        at = extentEnd(at, rows[group]!, rowBytes[group]!);
      }
      count += 1;
    },
    of(group) {
      const first = ENTRY_NUMBERS * most * group;
      const blocks = written.map((offset) => {
        const block = new Float64Array(ENTRY_NUMBERS * most);
        readSync(file, block, 0, block.byteLength, offset + 8 * first);
        return block;
      });
      return [...blocks, entries.subarray(first, first + ENTRY_NUMBERS * count)].flatMap(extentsIn);
    },
  };
}

/** Where the extent after one begins. */
export function extentEnd(offset: number, rows: number, bytes: number): number {
  return Math.ceil((offset + OVERHEAD_BYTES * rows + bytes) / ALIGNED_BYTES) * ALIGNED_BYTES;
}

function extentsIn(entries: Float64Array): Extent[] {
  const extents: Extent[] = [];
  for (let at = 0; at < entries.length; at += ENTRY_NUMBERS) {
    const [offset, rows, bytes] = entries.subarray(at, at + ENTRY_NUMBERS);
    if (rows! > 0) extents.push({ offset: offset!, rows: rows!, bytes: bytes! });
  }
  return extents;
}
