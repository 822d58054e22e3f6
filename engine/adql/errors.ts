import type { Position } from './position.ts';

/** A query that cannot be answered. The message says what is wrong, what would be right, and where. */
export class AdqlError extends Error {
  override readonly name: string = 'AdqlError';
  /** What is wrong and what would be right, without the place. */
  readonly problem: string;
  /** Line of the fault, from 1. */
  readonly line: number;
  /** Column of the fault, from 1. */
  readonly column: number;
  /** Offset of the fault in the query, from 0. */
  readonly offset: number;

  constructor(problem: string, { line, column, start }: Position) {
    super(`${problem} (line ${line}, column ${column})`);
    this.problem = problem;
    this.line = line;
    this.column = column;
    this.offset = start;
  }
}

/** A text that is not ADQL. */
export class AdqlSyntaxError extends AdqlError {
  override readonly name = 'AdqlSyntaxError';
}

/** A query that asks for what is not there, such as an unknown column, or what makes no sense, such as the root of a text. */
export class AdqlCheckError extends AdqlError {
  override readonly name = 'AdqlCheckError';
}
