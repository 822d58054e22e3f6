import { span } from './position.ts';
import type { Expression, Operator } from './syntax-tree.ts';

/** How tightly an operator binds; ADQL 2.1's grammar for its own ones, PostgreSQL's for the extensions. */
export const PRECEDENCE: Readonly<Record<Operator, number>> = {
  '*': 3,
  '/': 3,
  '%': 3,
  '+': 2,
  '-': 2,
  '||': 1,
  '&': 1,
  '|': 1,
  '^': 1,
};

/** An operator and what stands to its right. */
export interface Operand {
  readonly operator: Operator;
  readonly right: Expression;
}

/** The tree of `first operator right operator right …`, all operators being left-associative. */
export function operations(first: Expression, rest: readonly Operand[]): Expression {
  const values = [first];
  const operators: Operator[] = [];
  const reduce = () => {
    const right = values.pop()!;
    const left = values.pop()!;
    const operator = operators.pop()!;
    values.push({ kind: 'operation', position: span(left.position, right.position), operator, left, right });
  };
  for (const { operator, right } of rest) {
    while (operators.length > 0 && PRECEDENCE[operators.at(-1)!] >= PRECEDENCE[operator]) reduce();
    operators.push(operator);
    values.push(right);
  }
  while (operators.length > 0) reduce();
  return values[0]!;
}
