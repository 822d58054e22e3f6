import type { Data } from 'apache-arrow';
import { type Column, fixedLength } from '../catalog/column.ts';
import {
  type BinaryColumn,
  COUNT_BYTES,
  type RowBuffer,
  RUN_ROWS,
  scalars,
  type Writing,
} from './binary-numbers.ts';
import { nulls } from './cells.ts';
import { nullElementBytes } from './votable-arrays.ts';

/**
 * Arrays in a VOTable's binary form (VOTable 1.4 §6): one of variable length has the count of its elements in front, one of
 * fixed length is filled with nulls.
 */
export function arrays(
  column: Column,
  data: Data,
  rows: Uint32Array | null,
  isNull: BinaryColumn['isNull'],
): Writing {
  const child = data.children[0]!;
  const offsets: Int32Array = data.valueOffsets;
  const none = nullElementBytes(child.type);
  const elements = scalars(child, null, nulls(child), none);
  const fixed = fixedLength(column.arraysize!);
  const places = new Int32Array(RUN_ROWS);

  const firstOf = (cell: number): number => offsets[rows === null ? cell : rows[cell]!]!;
  function countOf(cell: number): number {
    if (isNull?.(cell)) return 0;
    const row = rows === null ? cell : rows[cell]!;
    const count = offsets[row + 1]! - offsets[row]!;
    if (fixed !== null && count > fixed) throw tooLong(column, count);
    return count;
  }

  /** Writes elements, and says where they ended. */
  function write(first: number, last: number, start: number, into: RowBuffer): number {
    let at = start;
    for (let from = first; from < last; from += RUN_ROWS) {
      const to = Math.min(from + RUN_ROWS, last);
      for (let nth = 0; nth < to - from; nth++, at += none.length) places[nth] = at;
      elements.write(from, to, places, into);
    }
    return at;
  }

  return {
    addSizes(from, to, sizes) {
      for (let cell = from; cell < to; cell++) {
        const count = countOf(cell);
        sizes[cell - from]! += none.length * (fixed ?? count) + (fixed === null ? COUNT_BYTES : 0);
      }
    },
    write(from, to, places, into) {
      for (let cell = from; cell < to; cell++) {
        const count = countOf(cell);
        let at = places[cell - from]!;
        if (fixed === null) {
          into.view.setInt32(at, count);
          at += COUNT_BYTES;
        }
        at = write(firstOf(cell), firstOf(cell) + count, at, into);
        for (let nth = count; nth < (fixed ?? count); nth++, at += none.length) into.bytes.set(none, at);
        places[cell - from] = at;
      }
    },
  };
}

function tooLong({ name, arraysize }: Column, count: number): Error {
  return new Error(`column ${name}: an array of ${count} elements, where its arraysize is ${arraysize}`);
}
