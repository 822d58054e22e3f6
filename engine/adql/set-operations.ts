import { span } from './position.ts';
import type { Query, QueryBody, SetOperation } from './syntax-tree.ts';

/** A set operator and the query to its right. */
export interface SetOperand {
  readonly operator: SetOperation['operator'];
  readonly all: boolean;
  readonly right: QueryBody;
}

/** The tree of `first operator right …`: INTERSECT binds tighter than UNION and EXCEPT (ADQL 2.1 §4.6.6). */
export function setOperations(first: QueryBody, rest: readonly SetOperand[]): QueryBody {
  let left: QueryBody | null = null;
  let pending: SetOperand | null = null;
  let term = first;
  for (const operand of rest) {
    if (operand.operator === 'INTERSECT') {
      term = setOperation(term, operand);
    } else {
      left = pending === null ? term : setOperation(left!, { ...pending, right: term });
      pending = operand;
      term = operand.right;
    }
  }
  return pending === null ? term : setOperation(left!, { ...pending, right: term });
}

function setOperation(left: QueryBody, { operator, all, right }: SetOperand): SetOperation {
  return { kind: 'set-operation', position: span(left.position, right.position), operator, all, left, right };
}

/** What parentheses around a query leave: the query if it has an order or an offset, else its body. */
export function parenthesised(query: Query): QueryBody {
  return query.orderBy.length === 0 && query.offset === null ? query.body : query;
}
