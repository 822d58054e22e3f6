/** Where a piece of a query stands in its text. Offsets and columns count UTF-16 code units, as strings do. */
export interface Position {
  /** Offset of the first character, from 0. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
  /** Line of the first character, from 1. */
  readonly line: number;
  /** Column of the first character, from 1. */
  readonly column: number;
}

/** From the beginning of one piece to the end of another. */
export function span(first: Position, last: Position): Position {
  return { start: first.start, end: last.end, line: first.line, column: first.column };
}

/** The position of the characters from `start` to `end` of a text. */
export function positionIn(text: string, start: number, end: number): Position {
  const before = text.slice(0, start).split(/\r\n?|\n/);
  return { start, end, line: before.length, column: before.at(-1)!.length + 1 };
}
