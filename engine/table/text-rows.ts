import type { Bytes } from './digits.ts';
import { type Output, reserve } from './output.ts';
import type { TextCell } from './text-cells.ts';

/** What a format writes around the cells of a column. */
export interface Frame {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** In place of all three where the cell is null. */
  readonly none: Uint8Array;
}

const encoder = new TextEncoder();

export function frame(before: string, after: string, none: string): Frame {
  return {
    before: encoder.encode(before),
    after: encoder.encode(after),
    none: encoder.encode(none),
  };
}

/** A writer of the rows [from, to) of a batch. */
export function textRows(
  cells: readonly TextCell[],
  frames: readonly Frame[],
): (from: number, to: number, out: Output) => void {
  const around = frames.reduce(
    (sum, { before, after, none }) => sum + Math.max(before.length + after.length, none.length),
    0,
  );
  return (from, to, out) => {
    let room = around * (to - from);
    for (const cell of cells) room += cell.room(from, to);
    reserve(out, room);
    const { bytes } = out;
    let at = out.length;
    for (let row = from; row < to; row++) {
      for (let column = 0; column < cells.length; column++) {
        const cell = cells[column]!;
        const { before, after, none } = frames[column]!;
        if (cell.isNull?.(row)) {
          at = copy(none, bytes, at);
        } else {
          at = copy(before, bytes, at);
          at = cell.write(row, bytes, at);
          at = copy(after, bytes, at);
        }
      }
    }
    out.length = at;
  };
}

/** They are a few bytes: a loop beats `set`. */
function copy(from: Uint8Array, to: Bytes, at: number): number {
  for (let byte = 0; byte < from.length; byte++) to[at + byte] = from[byte]!;
  return at + from.length;
}
