import { AdqlCheckError } from '../errors.ts';
import type { Position } from '../position.ts';
import type { Expression } from '../syntax-tree.ts';
import type { Checking, ResultName } from './checking.ts';
import { means } from './names.ts';
import { described, isNumber, type ValueType } from './value-type.ts';

/**
 * The result column, from 0, that an integer in ORDER BY or GROUP BY stands for; null for anything else.
 * @throws AdqlCheckError if there are not so many columns
 */
export function numberedResult(expression: Expression, count: number): number | null {
  if (expression.kind !== 'number' || expression.form !== 'integer') return null;
  const number = Number(expression.text);
  if (number >= 1 && number <= count) return number - 1;
  throw new AdqlCheckError(
    `There is no column ${expression.text} in the result: it has ${count}, counted from 1`,
    expression.position,
  );
}

/**
 * The type of the result column that a name alone stands for in ORDER BY; null if there is none.
 * @throws AdqlCheckError if several have that name
 */
export function namedResult(
  expression: Expression,
  results: readonly ResultName[],
  { findings }: Checking,
): ValueType | null {
  if (expression.kind !== 'column' || expression.table !== null || expression.subscripts.length > 0)
    return null;
  const found = results.flatMap(({ name }, index) => (means(expression.name, name) ? [index] : []));
  if (found.length === 0) return null;
  if (found.length > 1) {
    throw new AdqlCheckError(
      `Several columns of the result are called “${expression.name.name}”: give one an alias, or order by its number`,
      expression.position,
    );
  }
  const { type } = results[found[0]!]!;
  findings.columns.set(expression, { result: found[0]! });
  findings.types.set(expression, type);
  return type;
}

/** @throws AdqlCheckError for what has no order */
export function orderedType(
  type: ValueType,
  clause: 'ORDER BY' | 'GROUP BY',
  { position }: Expression,
): void {
  if (isNumber(type) || ['text', 'timestamp', 'boolean'].includes(type.family)) return;
  throw new AdqlCheckError(`${clause} does not take ${described(type)}: it has no order`, position);
}

/** @throws AdqlCheckError for a number of rows beyond 64 bits */
export function rowCount(count: string | null, clause: 'TOP' | 'OFFSET', position: Position): void {
  if (count === null || BigInt(count) < 2n ** 63n) return;
  throw new AdqlCheckError(`${clause} takes a number of rows below 2 to the power of 63`, position);
}
