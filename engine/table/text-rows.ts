import { type Output, reserve } from './output.ts';
import type { TextCell } from './text-cells.ts';

/** What a format writes around the cells of a row. */
export interface RowLayout {
  readonly start: Literal;
  readonly between: Literal;
  readonly end: Literal;
  /** In place of a cell that is null. */
  readonly none: Literal;
}

/** A few bytes that are written often: four at once, with zeros behind the last, which the next bytes cover. */
interface Literal {
  readonly words: Int32Array;
  readonly length: number;
}

const WORD_BYTES = 4;

export function rowLayout(start: string, between: string, end: string, none: string): RowLayout {
  return { start: literal(start), between: literal(between), end: literal(end), none: literal(none) };
}

function literal(text: string): Literal {
  const words = new Int32Array(Math.ceil(text.length / WORD_BYTES));
  new TextEncoder().encodeInto(text, new Uint8Array(words.buffer));
  return { words, length: text.length };
}

/** A writer of the rows [from, to) of a batch. */
export function textRows(
  cells: readonly TextCell[],
  { start, between, end, none }: RowLayout,
): (from: number, to: number, out: Output) => void {
  const around = start.length + cells.length * (between.length + none.length) + end.length;
  return (from, to, out) => {
    let room = around * (to - from) + WORD_BYTES;
    for (const cell of cells) room += cell.room(from, to);
    reserve(out, room);
    const { bytes } = out;
    const view = new DataView(bytes.buffer);
    let at = out.length;
    for (let row = from; row < to; row++) {
      at = write(start, view, at);
      for (let column = 0; column < cells.length; column++) {
        if (column > 0) at = write(between, view, at);
        const cell = cells[column]!;
        at = cell.isNull?.(row) ? write(none, view, at) : cell.write(row, bytes, at);
      }
      at = write(end, view, at);
    }
    out.length = at;
  };
}

function write({ words, length }: Literal, to: DataView, at: number): number {
  for (let word = 0; word < words.length; word++) to.setInt32(at + WORD_BYTES * word, words[word]!, true);
  return at + length;
}
