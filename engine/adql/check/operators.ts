import { AdqlCheckError } from '../errors.ts';
import type { Expression, Operation, Operator } from '../syntax-tree.ts';
import { combinedUnit } from '../units/unit.ts';
import { constantNumber } from './constants.ts';
import { atLeastInteger, described, isInteger, isNumber, TEXT, type ValueType, wider } from './value-type.ts';

const BITWISE: ReadonlySet<Operator> = new Set<Operator>(['&', '|', '^']);

/**
 * The type of an operation. Integers stay integers, at least of 32 bits, and so does their quotient, as in PostgreSQL.
 * @throws AdqlCheckError if the operands are not what the operator takes
 */
export function operationType(node: Operation, left: ValueType, right: ValueType): ValueType {
  const { operator } = node;
  if (operator === '||') {
    refuseUnless(isText, node, left, right, 'joins texts: CAST(… AS VARCHAR) makes a text of another value');
    const datatype = [left, right].some((type) => type.datatype === 'unicodeChar') ? 'unicodeChar' : 'char';
    return { ...TEXT, datatype };
  }
  if (BITWISE.has(operator)) refuseUnless(isInteger, node, left, right, 'takes integers');
  else refuseUnless(isNumber, node, left, right, 'takes numbers');
  if (operator === '/' || operator === '%') refuseZero(node.right);
  return { ...wider(atLeastInteger(left), atLeastInteger(right)), unit: unitOf(node, left, right) };
}

/** @throws AdqlCheckError for a divisor that is 0 whatever the row */
export function refuseZero(divisor: Expression): void {
  if (constantNumber(divisor) !== 0) return;
  throw new AdqlCheckError('This divides by zero: a divisor is another number', divisor.position);
}

/** The unit of a result: no unit stands for a plain number. */
function unitOf({ operator }: Operation, left: ValueType, right: ValueType): string | null {
  switch (operator) {
    case '+':
    case '-':
      if (left.unit === null || right.unit === null) return left.unit ?? right.unit;
      return left.unit === right.unit ? left.unit : null;
    case '*':
      return left.unit === null || right.unit === null
        ? (left.unit ?? right.unit)
        : combinedUnit(left.unit, 1, right.unit, 1);
    case '/':
      if (right.unit === null) return left.unit;
      return left.unit === null
        ? combinedUnit(right.unit, -1, null, 1)
        : combinedUnit(left.unit, 1, right.unit, -1);
    default:
      return null;
  }
}

function isText({ family }: ValueType): boolean {
  return family === 'text' || family === 'null';
}

function refuseUnless(
  test: (type: ValueType) => boolean,
  { operator, left, right }: Operation,
  leftType: ValueType,
  rightType: ValueType,
  wants: string,
): void {
  for (const [operand, type] of [
    [left, leftType],
    [right, rightType],
  ] as const) {
    if (!test(type))
      throw new AdqlCheckError(`“${operator}” ${wants}, and this is ${described(type)}`, operand.position);
  }
}
