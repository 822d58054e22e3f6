import type { Column } from '../../catalog/column.ts';
import { AdqlCheckError } from '../errors.ts';
import type { OrderTerm, Query, QueryBody, SetOperation } from '../syntax-tree.ts';
import type { Checking, ResultName } from './checking.ts';
import { suggestion } from './names.ts';
import { unitedColumn } from './result-columns.ts';
import { namedResult, numberedResult, orderedType, rowCount } from './results.ts';
import type { Scope } from './scope.ts';
import { checkSelect } from './selects.ts';
import { commonType, described, INTEGER, NULL, typeOfColumn, type ValueType } from './value-type.ts';

/**
 * The result columns of a query.
 * @param parent the scope around it, null for the outermost
 * @throws AdqlCheckError
 */
export function queryColumns(query: Query, parent: Scope | null, checking: Checking): readonly Column[] {
  const { body, orderBy, offset, position } = query;
  rowCount(offset, 'OFFSET', position);
  if (body.kind === 'select') return noted(query, checkSelect(body, orderBy, parent, checking), checking);
  const columns = noted(query, bodyColumns(body, parent, checking), checking);
  const names = columns.map((column) => ({ name: column.name, type: typeOfColumn(column) }));
  for (const term of orderBy) checkOrder(term, names, checking);
  return columns;
}

function bodyColumns(body: QueryBody, parent: Scope | null, checking: Checking): readonly Column[] {
  switch (body.kind) {
    case 'query':
      return queryColumns(body, parent, checking);
    case 'select':
      return checkSelect(body, [], parent, checking);
    case 'set-operation':
      return setColumns(body, parent, checking);
  }
}

function noted(node: QueryBody, columns: readonly Column[], { findings }: Checking): readonly Column[] {
  findings.results.set(node, columns);
  return columns;
}

function setColumns(node: SetOperation, parent: Scope | null, checking: Checking): readonly Column[] {
  const { operator } = node;
  const left = bodyColumns(node.left, parent, checking);
  const right = bodyColumns(node.right, parent, checking);
  if (left.length !== right.length) {
    throw new AdqlCheckError(
      `Both sides of ${operator} must have as many columns: there are ${left.length} on the left and ${right.length} on the right`,
      node.right.position,
    );
  }
  const columns = left.map((column, index) => {
    const [a, b] = [column, right[index]!].map((each) =>
      checking.untyped.has(each) ? NULL : typeOfColumn(each),
    ) as [ValueType, ValueType];
    const common = commonType(a, b);
    if (common !== null) {
      const united = unitedColumn(column, common);
      if (common.family === 'null') checking.untyped.add(united);
      return united;
    }
    throw new AdqlCheckError(
      `Column ${index + 1} is ${described(a)} on the left of ${operator} and ${described(b)} on the right`,
      node.right.position,
    );
  });
  return noted(node, columns, checking);
}

/** After a set operation there are only the columns of the result to order by. */
function checkOrder({ expression }: OrderTerm, names: readonly ResultName[], checking: Checking): void {
  if (numberedResult(expression, names.length) !== null) {
    checking.findings.types.set(expression, INTEGER);
    return;
  }
  const type = namedResult(expression, names, checking);
  if (type !== null) {
    orderedType(type, 'ORDER BY', expression);
    return;
  }
  const known = names.map(({ name }) => name);
  const hint = expression.kind === 'column' ? suggestion(expression.name.name, known) : '';
  throw new AdqlCheckError(
    `After UNION, EXCEPT and INTERSECT, ORDER BY takes names or numbers of result columns only${hint}`,
    expression.position,
  );
}
