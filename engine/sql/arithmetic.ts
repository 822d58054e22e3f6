import { isInteger, TEXT, type ValueType } from '../adql/check/value-type.ts';
import type { Expression, Operation, Sign } from '../adql/syntax-tree.ts';
import { integerLiteral, isLiteral } from './literals.ts';
import { sqlType } from './sql-types.ts';
import { type Translation, typeOf } from './translation.ts';
import { valueAs } from './values.ts';

/** SQL of an operation: its operands are made of the type that the checker found for the result. */
export function operation(node: Operation, translation: Translation): string {
  const type = typeOf(node, translation);
  const written = unbounded(node, translation);
  // What is too large anywhere in a sum of products is too large, or no number, in the end.
  if (!isArithmetic(node) || type.family !== 'real') return written;
  const leaves = new Set(leavesOf(node, type, translation).filter((leaf) => !isLiteral(leaf)));
  return translation.dialect.bounded(
    written,
    [...leaves].map((leaf) => `isinf(${leaf})`),
  );
}

/** What is not arithmetic itself, or of another type. */
function leavesOf(node: Expression, type: ValueType, translation: Translation): string[] {
  return isWithin(node, type, translation)
    ? [...leavesOf(node.left, type, translation), ...leavesOf(node.right, type, translation)]
    : [valueAs(node, type, translation)];
}

/** Whether the operation of a node is one with that around it. */
function isWithin(node: Expression, type: ValueType, translation: Translation): node is Operation {
  if (node.kind !== 'operation' || !isArithmetic(node)) return false;
  return sqlType(typeOf(node, translation), 'postgresql') === sqlType(type, 'postgresql');
}

function unbounded(node: Operation, translation: Translation): string {
  const { dialect } = translation;
  const { operator } = node;
  const type = operator === '||' ? TEXT : typeOf(node, translation);
  const [left, right] = [node.left, node.right].map((each) => operand(each, type, translation)) as [
    string,
    string,
  ];
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

/** An operand as it is within other operations of its type. */
function operand(node: Expression, type: ValueType, translation: Translation): string {
  return isWithin(node, type, translation) ? unbounded(node, translation) : valueAs(node, type, translation);
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
