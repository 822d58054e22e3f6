import type { Column } from '../../catalog/column.ts';
import { AdqlCheckError } from '../errors.ts';
import type { Expression, OrderTerm, Select, SelectItem } from '../syntax-tree.ts';
import type { Checking, Context, ResultName } from './checking.ts';
import { checkCondition } from './conditions.ts';
import { typeOf } from './expressions.ts';
import { tablesOf } from './from.ts';
import { expressionNumbers, refuseUngrouped } from './grouping.ts';
import { copiedColumn, resultColumn } from './result-columns.ts';
import { namedResult, numberedResult, orderedType, rowCount } from './results.ts';
import { relationNamed, type Scope, type SourceColumn, scopeOf } from './scope.ts';
import { typeOfColumn } from './value-type.ts';

/** PostgreSQL's tables have as many, its results hardly more. */
const MOST_COLUMNS = 1600;

/** A column of the result, and the expression that gives it unless `*` does. */
interface Result {
  readonly column: Column;
  readonly expression: Expression | null;
  readonly aggregated: boolean;
}

/**
 * The result columns of a SELECT.
 * @param orderBy of the query that is this SELECT alone
 * @param parent the scope around it
 * @throws AdqlCheckError
 */
export function checkSelect(
  select: Select,
  orderBy: readonly OrderTerm[],
  parent: Scope | null,
  checking: Checking,
): readonly Column[] {
  rowCount(select.top, 'TOP', select.position);
  const scope = scopeOf(tablesOf(select.from, parent, checking), parent);
  let aggregates = 0;
  const context = (aggregatesForbidden: string | null, results: readonly ResultName[] = []): Context => ({
    checking,
    scope,
    aggregatesForbidden,
    onAggregate: () => {
      aggregates++;
    },
    results,
  });
  if (select.where !== null) checkCondition(select.where, context('in WHERE'));
  const results: Result[] = [];
  for (const item of select.columns) {
    const before = aggregates;
    const columns = itemColumns(item, results.length, context(null));
    const expression = item.kind === 'derived-column' ? item.expression : null;
    for (const column of columns) results.push({ column, expression, aggregated: aggregates > before });
  }
  if (results.length > MOST_COLUMNS) {
    throw new AdqlCheckError(
      `A result has at most ${MOST_COLUMNS} columns, not ${results.length}`,
      select.position,
    );
  }
  const names = results.map(({ column }) => ({ name: column.name, type: typeOfColumn(column) }));
  const groups = select.groupBy.map((term) => groupExpression(term, results, context('in GROUP BY', names)));
  if (select.having !== null) checkCondition(select.having, context(null));
  const ordered = orderBy.flatMap((term) => orderExpression(term, names, context(null, names)) ?? []);
  if (groups.length > 0 || select.having !== null || aggregates > 0) {
    refuseUngroupedStars(select, groups, checking);
    const nodes = [...select.columns, ...(select.having === null ? [] : [select.having]), ...ordered];
    refuseUngrouped(nodes, groups, scope, checking);
  }
  if (select.distinct) refuseUnselected(ordered, results, checking);
  const columns = results.map(({ column }) => column);
  checking.findings.results.set(select, columns);
  return columns;
}

function itemColumns(item: SelectItem, index: number, context: Context): Column[] {
  const { findings } = context.checking;
  if (item.kind === 'all-columns') {
    const columns = item.table === null ? context.scope.columns : allOf(item.table, context.scope);
    findings.expansions.set(item, columns);
    return columns.map(copiedColumn);
  }
  const { family } = typeOf(item.expression, context);
  const column = resultColumn(item, index, findings);
  if (family === 'null') context.checking.untyped.add(column);
  return [column];
}

function allOf(table: Parameters<typeof relationNamed>[0], scope: Scope): SourceColumn[] {
  const { node, columns } = relationNamed(table, { ...scope, parent: null });
  return columns.map((column) => ({ source: node, column }));
}

/** What a term of GROUP BY stands for: itself, or a result column by its number or name, which is an extension. */
function groupExpression(term: Expression, results: readonly Result[], context: Context): Expression {
  const { checking } = context;
  orderedType(typeOf(term, context), 'GROUP BY', term);
  let number = numberedResult(term, results.length);
  if (number === null && term.kind === 'column') {
    const resolution = checking.findings.columns.get(term)!;
    if ('result' in resolution) number = resolution.result;
  }
  if (number === null) return term;
  const { expression, aggregated } = results[number]!;
  if (aggregated) throw new AdqlCheckError('GROUP BY takes no result of an aggregate', term.position);
  if (expression === null)
    throw new AdqlCheckError('GROUP BY takes the name of a column of *, not its number', term.position);
  return expression;
}

/** The expression that a term of ORDER BY computes, null if it is a result column. */
function orderExpression(
  { expression }: OrderTerm,
  names: readonly ResultName[],
  context: Context,
): Expression | null {
  const type = namedResult(expression, names, context.checking) ?? typeOf(expression, context);
  orderedType(type, 'ORDER BY', expression);
  if (numberedResult(expression, names.length) !== null) return null;
  const resolution =
    expression.kind === 'column' ? context.checking.findings.columns.get(expression) : undefined;
  return resolution !== undefined && 'result' in resolution ? null : expression;
}

/** What * stands for has one value in a group where the query groups by all of it. */
function refuseUngroupedStars(
  { columns }: Select,
  groups: readonly Expression[],
  { findings }: Checking,
): void {
  const grouped = groups.flatMap((group) => {
    const found = group.kind === 'column' && group.subscripts.length === 0 && findings.columns.get(group);
    return found && 'source' in found ? [found] : [];
  });
  for (const item of columns) {
    const other =
      item.kind === 'all-columns' &&
      findings.expansions
        .get(item)!
        .find(
          ({ source, column }) =>
            !grouped.some((group) => group.source === source && group.column === column),
        );
    if (!other) continue;
    throw new AdqlCheckError(
      `* has columns that the query does not group by, such as “${other.column.name}”: name those that it groups by`,
      item.position,
    );
  }
}

/** With DISTINCT there is no row to take another value from. */
function refuseUnselected(
  ordered: readonly Expression[],
  results: readonly Result[],
  checking: Checking,
): void {
  const identify = expressionNumbers(checking);
  const selected = new Set(results.map(({ expression }) => expression && identify(expression)));
  const other = ordered.find((expression) => !selected.has(identify(expression)));
  if (other !== undefined) {
    throw new AdqlCheckError('With DISTINCT, ORDER BY takes only what is selected', other.position);
  }
}
