import type { CheckedQuery } from '../adql/check/check.ts';
import type { Findings } from '../adql/check/checking.ts';
import type { SourceColumn } from '../adql/check/scope.ts';
import type {
  ColumnReference,
  CommonTable,
  Condition,
  DerivedTable,
  Expression,
  NamedTable,
  Query,
  QueryBody,
  Select,
  TableReference,
} from '../adql/syntax-tree.ts';
import type { Table } from '../catalog/table.ts';

/** An item of FROM. */
export type Relation = NamedTable | DerivedTable;

interface AnyNode {
  readonly kind: string;
}

/** A node and all below it, in the order of the text. */
export function nodesOf(node: object): readonly AnyNode[] {
  return collected(node, () => true);
}

/** A node and all below it but queries within it. */
function nodesOutsideQueries(node: object): readonly AnyNode[] {
  return collected(node, ({ kind }) => kind !== 'query');
}

/** @param enters whether a node and what is below it is wanted */
function collected(node: object, enters: (node: AnyNode) => boolean): AnyNode[] {
  const found: AnyNode[] = [];
  const visit = (value: object): void => {
    if (Array.isArray(value)) {
      for (const each of value) visit(each);
      return;
    }
    if ('kind' in value) {
      if (!enters(value as AnyNode)) return;
      found.push(value as AnyNode);
    }
    for (const key in value) {
      const inner = (value as Record<string, unknown>)[key];
      if (typeof inner === 'object' && inner !== null && key !== 'position') visit(inner);
    }
  };
  visit(node);
  return found;
}

/** The queries that stand in expressions of a SELECT, not those within them, nor those of FROM. */
export function subqueriesOf(select: Select): Query[] {
  const found: Query[] = [];
  collected(select, (node) => {
    if (node.kind === 'query') found.push(node as Query);
    return node.kind !== 'query' && node.kind !== 'derived-table';
  });
  return found;
}

/** The SELECTs whose rows a query gives, from left to right. */
export function selectsOf(body: QueryBody): Select[] {
  switch (body.kind) {
    case 'select':
      return [body];
    case 'query':
      return selectsOf(body.body);
    case 'set-operation':
      return [...selectsOf(body.left), ...selectsOf(body.right)];
  }
}

export function relationsOf(from: readonly TableReference[]): Relation[] {
  return from.flatMap((reference) =>
    reference.kind === 'joined-table' ? relationsOf([reference.left, reference.right]) : [reference],
  );
}

/** The operands of ANDs, of ANDs within ANDs too. */
export function conjunctsOf(condition: Condition | null): Condition[] {
  if (condition === null) return [];
  return condition.kind === 'and' ? condition.operands.flatMap(conjunctsOf) : [condition];
}

/** Whether a SELECT makes one row of many. */
export function isAggregated({ groupBy, having, columns }: Select): boolean {
  if (groupBy.length > 0 || having !== null) return true;
  return columns.some((item) => nodesOutsideQueries(item).some(({ kind }) => kind === 'aggregate'));
}

/** The column of FROM that an expression is, whole and unchanged; null for any other expression. */
export function plainColumn(expression: Expression, findings: Findings): SourceColumn | null {
  if (expression.kind !== 'column' || expression.subscripts.length > 0) return null;
  return sourceOf(expression, findings);
}

export function sourceOf(reference: ColumnReference, { columns }: Findings): SourceColumn | null {
  const resolution = columns.get(reference);
  return resolution === undefined || 'result' in resolution ? null : resolution;
}

/** The query behind an item of FROM, or the published table. */
export function contentOf(relation: Relation, { findings }: CheckedQuery): Query | Table {
  if (relation.kind === 'derived-table') return relation.query;
  const found = findings.tables.get(relation)!;
  return isCommonTable(found) ? found.query : found;
}

export function isCommonTable(table: Table | CommonTable): table is CommonTable {
  return 'kind' in table;
}

/** A result column of a SELECT. */
export interface Output {
  /** The column of FROM that it is, unchanged. */
  readonly source: SourceColumn | null;
  /** Null for those that `*` stands for. */
  readonly expression: Expression | null;
}

export function outputsOf(select: Select, findings: Findings): Output[] {
  return select.columns.flatMap((item): Output[] => {
    if (item.kind === 'all-columns') {
      const columns = findings.expansions.get(item)!;
      return columns.map((source) => ({ source, expression: null }));
    }
    return [{ source: plainColumn(item.expression, findings), expression: item.expression }];
  });
}
