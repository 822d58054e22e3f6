import type { Findings } from '../../adql/check/checking.ts';
import type { Expression, FunctionCall, Operation } from '../../adql/syntax-tree.ts';

type Known = Pick<Findings, 'types'>;

/**
 * The value of a numeric expression without columns, as SQL would compute it: integers stay integers. Null for what is
 * not constant, not a finite number, or an integer that a double does not hold.
 */
export function constantNumber(expression: Expression, findings: Known): number | null {
  const value = folded(expression, findings);
  if (value === null || !Number.isFinite(value)) return null;
  return isInteger(expression, findings) && !Number.isSafeInteger(value) ? null : value;
}

function folded(expression: Expression, findings: Known): number | null {
  switch (expression.kind) {
    case 'number':
      return Number(expression.text);
    case 'sign': {
      const value = expression.operator === '~' ? null : constantNumber(expression.operand, findings);
      return value === null || expression.operator === '+' ? value : 0 - value;
    }
    case 'operation':
      return operationOf(expression, findings);
    case 'function':
      return functionOf(expression, findings);
    case 'cast':
      return expression.type === 'DOUBLE PRECISION' ? constantNumber(expression.operand, findings) : null;
    default:
      return null;
  }
}

function operationOf(node: Operation, findings: Known): number | null {
  const left = constantNumber(node.left, findings);
  const right = left === null ? null : constantNumber(node.right, findings);
  if (left === null || right === null) return null;
  switch (node.operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) return null;
      return isInteger(node, findings) ? Math.trunc(left / right) : left / right;
    default:
      return null;
  }
}

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  PI: () => Math.PI,
  ABS: Math.abs,
  SQRT: Math.sqrt,
  DEGREES: (x) => (x * 180) / Math.PI,
  RADIANS: (x) => (x * Math.PI) / 180,
};

function functionOf({ name, arguments: given }: FunctionCall, findings: Known): number | null {
  const compute = FUNCTIONS[name.toUpperCase()];
  if (compute === undefined) return null;
  const values = given.map((argument) => constantNumber(argument, findings));
  return values.every((value) => value !== null) ? compute(...values) : null;
}

function isInteger(expression: Expression, { types }: Known): boolean {
  return types.get(expression)?.family === 'integer';
}
