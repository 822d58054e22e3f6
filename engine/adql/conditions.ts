import { AdqlSyntaxError } from './errors.ts';
import { span } from './position.ts';
import type { Condition, Conjunction, Expression } from './syntax-tree.ts';

const CONDITIONS: Readonly<Record<Condition['kind'], true>> = {
  and: true,
  or: true,
  not: true,
  comparison: true,
  between: true,
  in: true,
  like: true,
  ilike: true,
  'is-null': true,
  exists: true,
};

/** Whether something is true or false rather than a value; parentheses may hold either. */
export function isCondition(node: Expression | Condition): node is Condition {
  return node.kind in CONDITIONS;
}

/** @throws AdqlSyntaxError for a value */
export function asCondition(node: Expression | Condition): Condition {
  if (isCondition(node)) return node;
  if (node.kind === 'contains' || node.kind === 'intersects') {
    const name = node.kind.toUpperCase();
    throw new AdqlSyntaxError(`${name} gives 1 or 0, not a condition: write 1 = ${name}(…)`, node.position);
  }
  throw new AdqlSyntaxError(
    'Expected a condition but found a value: compare it with something, as in value = 1',
    node.position,
  );
}

/** @throws AdqlSyntaxError for a condition */
export function asValue(node: Expression | Condition): Expression {
  if (!isCondition(node)) return node;
  throw new AdqlSyntaxError(
    'Expected a value but found a condition: CASE WHEN … THEN 1 ELSE 0 END makes a value of it',
    node.position,
  );
}

/** AND or OR, and what stands to its right. */
export interface LogicalOperand {
  readonly operator: Conjunction['kind'];
  readonly right: Expression | Condition;
}

/** The tree of `first operator right operator right …`: AND binds tighter than OR. */
export function logical(first: Expression | Condition, rest: readonly LogicalOperand[]): Condition {
  const terms = [[first]];
  for (const { operator, right } of rest) {
    if (operator === 'and') terms.at(-1)!.push(right);
    else terms.push([right]);
  }
  return conjunction(
    'or',
    terms.map((factors) => conjunction('and', factors)),
  );
}

function conjunction(kind: Conjunction['kind'], parts: readonly (Expression | Condition)[]): Condition {
  const operands = parts.map(asCondition);
  if (operands.length === 1) return operands[0]!;
  return { kind, position: span(operands[0]!.position, operands.at(-1)!.position), operands };
}
