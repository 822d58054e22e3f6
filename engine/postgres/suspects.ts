import type { Position } from '../adql/position.ts';
import type { Expression, FunctionCall } from '../adql/syntax-tree.ts';
import type { Batch, Overflow } from '../table/result.ts';
import { PostgresError } from './errors.ts';

/** More places than these help nobody. */
const MOST = 4;

/**
 * Rows whose errors say where in the query the fault may be: PostgreSQL does not know where a value that it cannot compute stands.
 * @param expressions all that the query has.
 */
export async function* withSuspects(
  batches: AsyncGenerator<Batch, Overflow, undefined>,
  expressions: Iterable<Expression>,
): AsyncGenerator<Batch, Overflow, undefined> {
  try {
    return yield* batches;
  } catch (error) {
    if (!(error instanceof PostgresError) || error.sqlState === null) throw error;
    const places = suspects(error, expressions);
    if (places.length === 0 || places.length > MOST) throw error;
    throw new PostgresError(error.fault, `${error.message} (${inWords(places)})`, error.cause);
  }
}

/** Which expressions can give an error of PostgreSQL's, by its code; a place is that of the operand at fault. */
const SUSPECTS: Record<string, (expression: Expression) => Position | null> = {
  // division_by_zero
  '22012': (expression) => {
    if (expression.kind === 'function') return isCalled(expression, 'MOD') ? argument(expression, 1) : null;
    const divides =
      expression.kind === 'operation' && (expression.operator === '/' || expression.operator === '%');
    return divides && !isNonzero(expression.right) ? expression.right.position : null;
  },
  // invalid_argument_for_logarithm
  '2201E': (expression) => callOf(expression, 'LOG', 'LOG10'),
  // invalid_argument_for_power_function, which a square root is to PostgreSQL
  '2201F': (expression) => callOf(expression, 'SQRT', 'POWER'),
  // numeric_value_out_of_range
  '22003': (expression) => {
    const computes = expression.kind === 'operation' && ['+', '-', '*', '/'].includes(expression.operator);
    if (computes || expression.kind === 'cast') return expression.position;
    return expression.kind === 'aggregate' && expression.name === 'SUM'
      ? expression.position
      : callOf(expression, 'EXP', 'POWER', 'ACOS', 'ASIN');
  },
  // invalid_text_representation, invalid_datetime_format, datetime_field_overflow
  '22P02': cast,
  '22007': cast,
  '22008': cast,
  // cardinality_violation
  '21000': (expression) => (expression.kind === 'subquery' ? expression.position : null),
};

function suspects({ sqlState }: PostgresError, expressions: Iterable<Expression>): Position[] {
  const suspect = SUSPECTS[sqlState!];
  if (suspect === undefined) return [];
  const places = [...expressions].flatMap((expression) => suspect(expression) ?? []);
  return places.sort((a, b) => a.start - b.start);
}

function inWords(places: readonly Position[]): string {
  const words = places.map(({ line, column }) => `line ${line}, column ${column}`);
  return words.join(' or ');
}

function isCalled({ name }: FunctionCall, ...names: string[]): boolean {
  return names.includes(name.toUpperCase());
}

function argument({ arguments: all, position }: FunctionCall, index: number): Position {
  return all[index]?.position ?? position;
}

function callOf(expression: Expression, ...names: string[]): Position | null {
  if (expression.kind !== 'function' || !isCalled(expression, ...names)) return null;
  return argument(expression, 0);
}

function cast(expression: Expression): Position | null {
  return expression.kind === 'cast' ? expression.operand.position : null;
}

function isNonzero(expression: Expression): boolean {
  return expression.kind === 'number' && Number(expression.text) !== 0;
}
