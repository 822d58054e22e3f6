import type { Column } from '../../catalog/column.ts';
import type { Table } from '../../catalog/table.ts';
import { AdqlCheckError } from '../errors.ts';
import type { AdqlFunction } from '../functions/function.ts';
import type { CommonTable, Statement } from '../syntax-tree.ts';
import type { Checking, Findings } from './checking.ts';
import { queryColumns } from './queries.ts';

/** A query that makes sense, and what its names and expressions mean. */
export interface CheckedQuery {
  readonly statement: Statement;
  /** Of the result, in order. */
  readonly columns: readonly Column[];
  /** Of each common table, in order. */
  readonly commonTables: ReadonlyMap<CommonTable, readonly Column[]>;
  readonly findings: Findings;
}

/**
 * Checks a query against the tables and functions that it may use: names, types, numbers of arguments, places of
 * aggregates, groups, and widths of set operations.
 * @param functions those of the standard are no exception
 * @throws AdqlCheckError at the first fault
 */
export function checkQuery(
  statement: Statement,
  tables: readonly Table[],
  functions: readonly AdqlFunction[],
): CheckedQuery {
  const findings: Findings = {
    types: new Map(),
    columns: new Map(),
    tables: new Map(),
    expansions: new Map(),
    merges: new Map(),
    items: new Map(),
    regions: new Map(),
    compounds: new Map(),
    results: new Map(),
  };
  const checking: Checking = {
    catalog: { tables, functions },
    findings,
    commonTables: [],
    untyped: new Set(),
    subquery: (query, parent) => queryColumns(query, parent, checking),
  };
  for (const node of statement.commonTables) {
    refuseDuplicate(node, checking);
    checking.commonTables.push({ node, columns: queryColumns(node.query, null, checking) });
  }
  const columns = queryColumns(statement.query, null, checking);
  const commonTables = new Map(checking.commonTables.map((table) => [table.node, table.columns]));
  return { statement, columns, commonTables, findings };
}

function refuseDuplicate({ name }: CommonTable, { commonTables }: Checking): void {
  if (!commonTables.some(({ node }) => node.name.name.toLowerCase() === name.name.toLowerCase())) return;
  throw new AdqlCheckError(`WITH has two tables called “${name.name}”`, name.position);
}
