import type { Expression } from '../syntax-tree.ts';

/** The number that an expression plainly is, with a sign or made of a text; null for all others. */
export function constantNumber(expression: Expression): number | null {
  switch (expression.kind) {
    case 'number':
      return Number(expression.text);
    case 'cast':
      return expression.operand.kind === 'text' ? Number(expression.operand.text) : null;
    case 'sign': {
      const value = expression.operator === '~' ? null : constantNumber(expression.operand);
      return value === null || expression.operator === '+' ? value : -value;
    }
    default:
      return null;
  }
}
