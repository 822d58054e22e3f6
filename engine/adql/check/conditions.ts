import { AdqlCheckError } from '../errors.ts';
import type { Condition, Expression } from '../syntax-tree.ts';
import type { Context } from './checking.ts';
import { refuseIncomparable, refuseUnequal } from './compare.ts';
import { subqueryType, typeOf } from './expressions.ts';
import { described } from './value-type.ts';

/** @throws AdqlCheckError if a condition compares what does not compare */
export function checkCondition(node: Condition, context: Context): void {
  const value = (expression: Expression) => typeOf(expression, context);
  switch (node.kind) {
    case 'and':
    case 'or':
      for (const operand of node.operands) checkCondition(operand, context);
      return;
    case 'not':
      checkCondition(node.operand, context);
      return;
    case 'comparison':
      if (node.operator === '=' || node.operator === '<>') {
        refuseUnequal(value(node.left), value(node.right), node.position);
      } else refuseIncomparable(value(node.left), value(node.right), node.position);
      return;
    case 'between': {
      const operand = value(node.operand);
      for (const bound of [node.low, node.high]) refuseIncomparable(operand, value(bound), bound.position);
      return;
    }
    case 'in': {
      const operand = value(node.operand);
      if ('kind' in node.values) {
        refuseIncomparable(operand, subqueryType(node.values, context), node.position);
      } else {
        for (const item of node.values) refuseIncomparable(operand, value(item), item.position);
      }
      return;
    }
    case 'like':
    case 'ilike':
      for (const operand of [node.operand, node.pattern]) {
        const type = value(operand);
        if (type.family === 'text' || type.family === 'null') continue;
        throw new AdqlCheckError(
          `${node.kind.toUpperCase()} takes texts, not ${described(type)}`,
          operand.position,
        );
      }
      return;
    case 'is-null':
      value(node.operand);
      return;
    case 'exists':
      context.checking.subquery(node.query, context.scope);
  }
}
