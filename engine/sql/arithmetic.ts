import { isInteger, TEXT, type ValueType } from '../adql/check/value-type.ts';
import type { Expression, Operation, Sign } from '../adql/syntax-tree.ts';
import type { SqlDialect } from './dialect.ts';
import { integerLiteral } from './literals.ts';
import { sqlType } from './sql-types.ts';
import { type Translation, typeOf } from './translation.ts';
import { valueAs } from './values.ts';

/** SQL of an operation: its operands are made of the type that the checker found for the result. */
export function operation(node: Operation, translation: Translation): string {
  const { dialect } = translation;
  const type = node.operator === '||' ? TEXT : typeOf(node, translation);
  if (!isArithmetic(node) || type.family !== 'real') {
    const [left, right] = [node.left, node.right].map((each) => valueAs(each, type, translation));
    return operated(node, left!, right!, type, dialect);
  }
  // What is too large anywhere in a calculation is too large, or no number, in the end.
  const leaves = leavesOf(node, type, translation);
  const texts = leaves.map((leaf) => valueAs(leaf, type, translation));
  return dialect.bounded(texts, (values) => {
    let next = 0;
    const calculated = (part: Expression): string => {
      if (!isWithin(part, type, translation)) return values[next++]!;
      const left = calculated(part.left);
      return operated(part, left, calculated(part.right), type, dialect);
    };
    return calculated(node);
  });
}

function operated(
  { operator }: Operation,
  left: string,
  right: string,
  type: ValueType,
  dialect: SqlDialect,
): string {
  switch (operator) {
    case '/':
      return isInteger(type) ? dialect.integerQuotient(left, right) : dialect.realQuotient(left, right);
    case '%':
      return isInteger(type)
        ? dialect.integerRemainder(left, right)
        : `almagest.mod(${left}, ${right})::${sqlType(type, dialect.name)}`;
    case '^':
      return dialect.exclusiveOr(left, right);
    default:
      return `(${left} ${operator} ${right})`;
  }
}

/** What is no arithmetic itself, or of another type, from left to right. */
function leavesOf(node: Expression, type: ValueType, translation: Translation): Expression[] {
  if (!isWithin(node, type, translation)) return [node];
  return [...leavesOf(node.left, type, translation), ...leavesOf(node.right, type, translation)];
}

/** Whether an operation is part of a calculation of a type. */
function isWithin(node: Expression, type: ValueType, translation: Translation): node is Operation {
  if (node.kind !== 'operation' || !isArithmetic(node)) return false;
  return sqlType(typeOf(node, translation), 'postgresql') === sqlType(type, 'postgresql');
}

function isArithmetic({ operator }: Operation): boolean {
  return operator === '+' || operator === '-' || operator === '*' || operator === '/';
}

export function sign(node: Sign, translation: Translation): string {
  const { operator } = node;
  const type = typeOf(node, translation);
  const operand = node.operand;
  // The smallest integer has no positive counterpart.
  if (operator === '-' && operand.kind === 'number' && operand.form === 'integer') {
    const number = integerLiteral(operand.text);
    return type.datatype === 'long' ? `(-${number})::bigint` : `(-${number})`;
  }
  const text = valueAs(operand, type, translation);
  return operator === '+' ? text : `(${operator} ${text})`;
}
