import type { Findings } from '../adql/check/checking.ts';
import type { SourceColumn } from '../adql/check/scope.ts';
import { dimensions } from '../adql/check/value-type.ts';
import type {
  ColumnReference,
  DerivedTable,
  JoinedTable,
  NamedTable,
  Subscript,
} from '../adql/syntax-tree.ts';
import type { Column } from '../catalog/column.ts';
import { isCommonTable } from '../plan/tree.ts';
import { TAP_SCHEMA } from '../tap-schema/tables.ts';
import { quoted } from './quoted.ts';
import { storedTable } from './sql.ts';
import { sqlTypeOfColumn } from './sql-types.ts';
import { nameOf, type Translation } from './translation.ts';

/** SQL of a column that a query names, or of the elements of it that subscripts choose. */
export function columnReference(node: ColumnReference, translation: Translation): string {
  const resolution = translation.findings.columns.get(node)!;
  if ('result' in resolution) return translation.results[resolution.result]!;
  const column = sourceColumn(resolution, translation);
  return node.subscripts.length === 0 ? column : elements(column, node, resolution.column, translation);
}

/** SQL of a column of FROM. */
export function sourceColumn({ source, column }: SourceColumn, translation: Translation): string {
  return source.kind === 'joined-table'
    ? mergedColumn(source, column, translation)
    : columnOf(source, column, translation);
}

/** USING and NATURAL take the column of the side that has a row (SQL-92 §7.5). */
function mergedColumn(join: JoinedTable, column: Column, translation: Translation): string {
  const { findings, dialect } = translation;
  const merged = findings.merges.get(join)!.find((each) => each.column === column)!;
  const type = sqlTypeOfColumn(column, dialect.name);
  const [left, right] = [merged.left, merged.right].map((side) => {
    const text = sourceColumn(side, translation);
    return sqlTypeOfColumn(side.column, dialect.name) === type ? text : `${text}::${type}`;
  }) as [string, string];
  if (join.join === 'FULL') return `coalesce(${left}, ${right})`;
  return join.join === 'RIGHT' ? right : left;
}

function columnOf(source: NamedTable | DerivedTable, column: Column, translation: Translation): string {
  const { findings, query, dialect } = translation;
  const name = nameOf(source, translation);
  if (source.kind === 'derived-table')
    return `${name}.r${findings.results.get(source.query)!.indexOf(column)}`;
  const found = findings.tables.get(source)!;
  if (isCommonTable(found)) return `${name}.r${query.commonTables.get(found)!.indexOf(column)}`;
  if (dialect.name === 'duckdb') return `${name}.c${found.columns.indexOf(column)}`;
  // What PostgreSQL has under a published type may be of another, such as numeric, varchar or timestamp with time zone.
  const stored =
    found.schema !== TAP_SCHEMA && storedTable(found, translation.context).numbered
      ? `c${found.columns.indexOf(column)}`
      : quoted(column.name);
  return `${name}.${stored}::${sqlTypeOfColumn(column, dialect.name)}`;
}

/** The first subscript is for the dimension that varies slowest, which VOTable names last (VOTable 1.4 §2.2). */
function elements(
  column: string,
  { subscripts }: ColumnReference,
  shape: Column,
  { findings, dialect }: Translation,
): string {
  const ranges = subscripts.map((subscript) => rangeOf(subscript, findings));
  const sizes = dimensions(shape).reverse().slice(1);
  const isElement = ranges.length === sizes.length + 1 && subscripts.every(({ kind }) => kind !== 'slice');
  if (dialect.name === 'postgresql') {
    const rest = sizes.slice(ranges.length - 1).map((size) => `[1:${size}]`);
    const chosen = ranges.map(([first, last]) => (isElement ? `[${first}]` : `[${first}:${last}]`));
    return `(${column})${[...chosen, ...rest].join('')}`;
  }
  // DuckDB has the elements of all dimensions in one list.
  const strides = ranges.map((_, index) =>
    sizes.slice(index).reduce<number>((product, size) => product * size!, 1),
  );
  const before = ranges.reduce((sum, [first], index) => sum + (first - 1) * strides[index]!, 0);
  const [first, last] = ranges.at(-1)!;
  const count = (last - first + 1) * strides.at(-1)!;
  return isElement ? `${column}[${before + 1}]` : `${column}[${before + 1}:${before + count}]`;
}

/** The first and the last element that a subscript means, from 1. */
function rangeOf(subscript: Subscript, { items }: Findings): readonly [first: number, last: number] {
  if (subscript.kind === 'slice') return [Number(subscript.first), Number(subscript.last)];
  const index = subscript.kind === 'element' ? Number(subscript.index) : items.get(subscript)!;
  return [index, index];
}
