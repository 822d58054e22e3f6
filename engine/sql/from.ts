import type { MergedColumn } from '../adql/check/checking.ts';
import { typeOfColumn } from '../adql/check/value-type.ts';
import type { JoinedTable, NamedTable, Select, TableReference } from '../adql/syntax-tree.ts';
import { mainColumns, type Table } from '../catalog/table.ts';
import { isCommonTable } from '../plan/tree.ts';
import { sourceColumn } from './columns.ts';
import { comparisonType } from './comparisons.ts';
import { condition } from './conditions.ts';
import { subquery } from './queries.ts';
import { quoted } from './quoted.ts';
import { sqlType, sqlTypeOfColumn } from './sql-types.ts';
import { nameOf, type Translation } from './translation.ts';

/** SQL of a FROM clause. */
export interface From {
  readonly text: string;
  /** What the rows must meet besides the query's own conditions. */
  readonly conditions: readonly string[];
}

export function tables({ from }: Select, translation: Translation): From {
  return { text: from.map((each) => table(each, translation)).join(', '), conditions: [] };
}

function table(reference: TableReference, translation: Translation): string {
  switch (reference.kind) {
    case 'named-table':
      return namedTable(reference, translation);
    case 'derived-table':
      return `(${subquery(reference.query, translation)}) AS ${nameOf(reference, translation)}`;
    case 'joined-table':
      return joinedTable(reference, translation);
  }
}

function namedTable(node: NamedTable, translation: Translation): string {
  const { findings, dialect } = translation;
  const name = nameOf(node, translation);
  const found = findings.tables.get(node)!;
  if (isCommonTable(found)) return `${nameOf(found, translation)} AS ${name}`;
  return dialect.name === 'duckdb' ? name : publishedTable(node, found, translation);
}

function publishedTable(node: NamedTable, table: Table, translation: Translation): string {
  const name = `${quoted(table.schema)}.${quoted(table.name)}`;
  const alias = nameOf(node, translation);
  const ranges = translation.context.uses.find((use) => use.node === node)?.ranges ?? null;
  if (ranges === null) return `${name} AS ${alias}`;
  void mainColumns;
  return `${name} AS ${alias}`;
}

function joinedTable(node: JoinedTable, translation: Translation): string {
  const left = table(node.left, translation);
  const right = table(node.right, translation);
  const operand = node.right.kind === 'joined-table' ? `(${right})` : right;
  if (node.specification === null) return `${left} CROSS JOIN ${operand}`;
  return `${left} ${node.join} JOIN ${operand} ON ${joinCondition(node, translation)}`;
}

function joinCondition(node: JoinedTable, translation: Translation): string {
  const { specification } = node;
  if (specification?.kind === 'on') return condition(specification.condition, translation);
  const merges = translation.findings.merges.get(node)!;
  if (merges.length === 0) return 'true';
  return `(${merges.map((merged) => equality(merged, translation)).join(' AND ')})`;
}

function equality({ left, right }: MergedColumn, translation: Translation): string {
  const { dialect } = translation;
  const type = comparisonType([left.column, right.column].map(typeOfColumn));
  const [a, b] = [left, right].map((side) => {
    const text = sourceColumn(side, translation);
    if (type === null) return text;
    const sql = sqlType(type, dialect.name);
    return sqlTypeOfColumn(side.column, dialect.name) === sql ? text : `${text}::${sql}`;
  });
  return `${a} = ${b}`;
}
