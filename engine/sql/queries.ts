import { typeOfColumn } from '../adql/check/value-type.ts';
import type { OrderTerm, Query, QueryBody, SetOperation } from '../adql/syntax-tree.ts';
import type { Column } from '../catalog/column.ts';
import { countLiteral } from './literals.ts';
import { select } from './selects.ts';
import type { Translation } from './translation.ts';

/** SQL of a query within another; its columns are called r0, r1, … */
export function subquery(node: Query, translation: Translation): string {
  return query(node, translation.findings.results.get(node)!, null, translation);
}

/**
 * SQL of a query.
 * @param wanted columns whose types the result is to have
 * @param limit rows at most, null for all
 */
export function query(
  node: Query,
  wanted: readonly Column[],
  limit: number | null,
  translation: Translation,
): string {
  const { body: inner, orderBy, offset } = node;
  if (inner.kind === 'select') return select({ node: inner, orderBy, offset, wanted, limit }, translation);
  const text = body(inner, wanted, translation);
  if (orderBy.length === 0 && offset === null && limit === null) return text;
  const columns = wanted.map((_, index) => `o.r${index}`).join(', ');
  const terms = orderBy.map((term) => resultOrder(term, wanted, translation));
  return `SELECT ${columns} FROM (${text}) AS o${orderClause(terms)}${rowsClause(limit, offset)}`;
}

/** SQL of a part of a query. */
function body(node: QueryBody, wanted: readonly Column[], translation: Translation): string {
  switch (node.kind) {
    case 'query':
      return query(node, wanted, null, translation);
    case 'select':
      return select({ node, orderBy: [], offset: null, wanted, limit: null }, translation);
    case 'set-operation':
      return setOperation(node, wanted, translation);
  }
}

function setOperation(
  { operator, all, left, right }: SetOperation,
  wanted: readonly Column[],
  translation: Translation,
): string {
  const [a, b] = [left, right].map((operand) => `(${body(operand, wanted, translation)})`);
  return `${a} ${operator}${all ? ' ALL' : ''} ${b}`;
}

/** A term that can only be a column of the result. */
function resultOrder(
  { expression, descending }: OrderTerm,
  wanted: readonly Column[],
  { findings, dialect }: Translation,
): string {
  const resolution = expression.kind === 'column' ? findings.columns.get(expression) : undefined;
  const index =
    resolution !== undefined && 'result' in resolution
      ? resolution.result
      : Number((expression as { readonly text: string }).text) - 1;
  const isText = typeOfColumn(wanted[index]!).family === 'text';
  return orderTerm(isText ? dialect.collated(`o.r${index}`) : `o.r${index}`, descending);
}

/** NULLs sort as if they were larger than all values, as in PostgreSQL. */
export function orderTerm(value: string, descending: boolean): string {
  return `${value} ${descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}`;
}

export function orderClause(terms: readonly string[]): string {
  return terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`;
}

export function rowsClause(limit: number | string | null, offset: string | null): string {
  const rows = limit === null ? '' : ` LIMIT ${countLiteral(limit)}`;
  return offset === null ? rows : `${rows} OFFSET ${countLiteral(offset)}`;
}
