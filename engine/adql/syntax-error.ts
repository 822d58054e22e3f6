import type { Position } from './position.ts';

/** A query that is not ADQL. The message says what was wrong, what would be right, and where. */
export class AdqlSyntaxError extends Error {
  override readonly name = 'AdqlSyntaxError';
  /** What was wrong and what would be right, without the place. */
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
