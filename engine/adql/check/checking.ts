import type { Column } from '../../catalog/column.ts';
import type { Table } from '../../catalog/table.ts';
import type { AdqlFunction } from '../functions/function.ts';
import type { Region } from '../regions/shape.ts';
import type {
  AllColumns,
  ColumnReference,
  CommonTable,
  Condition,
  EnumerationItem,
  Expression,
  GeometryPredicate,
  JoinedTable,
  NamedTable,
  Query,
  QueryBody,
  RegionConstructor,
} from '../syntax-tree.ts';
import type { Scope, SourceColumn } from './scope.ts';
import type { ValueType } from './value-type.ts';

/** What a query may use. */
export interface Catalog {
  readonly tables: readonly Table[];
  readonly functions: readonly AdqlFunction[];
}

/** What a column reference means: a column of FROM, or, in ORDER BY and GROUP BY, a result column by its number from 0. */
export type Resolution = SourceColumn | { readonly result: number };

/** A column that USING or NATURAL makes of one of each side. */
export interface MergedColumn {
  readonly column: Column;
  readonly left: SourceColumn;
  readonly right: SourceColumn;
}

/** What is known of the nodes of a tree; each map has all nodes of its kind. */
export interface Findings {
  readonly types: Map<Expression, ValueType>;
  readonly columns: Map<ColumnReference, Resolution>;
  readonly tables: Map<NamedTable, Table | CommonTable>;
  /** What `*` and `table.*` stand for. */
  readonly expansions: Map<AllColumns, readonly SourceColumn[]>;
  /** Of the joins by USING and NATURAL only, in their columns' order. */
  readonly merges: Map<JoinedTable, readonly MergedColumn[]>;
  /** The places of enumerations' items in their arrays, from 1. */
  readonly items: Map<EnumerationItem, number>;
  /** What the texts of REGION say. */
  readonly regions: Map<RegionConstructor, Region>;
  /** Predicates of regions that are made of several shapes, written out in those of single shapes. */
  readonly compounds: Map<GeometryPredicate, Condition>;
  /** The columns of each query and each part of one. */
  readonly results: Map<QueryBody, readonly Column[]>;
}

export interface Checking {
  readonly catalog: Catalog;
  readonly findings: Findings;
  /** Those before the query at hand, with their columns. */
  readonly commonTables: { readonly node: CommonTable; readonly columns: readonly Column[] }[];
  /** Columns of NULL alone, which take any type. */
  readonly untyped: Set<Column>;
  /** The result columns of a subquery, which may name columns of the scope around it. */
  readonly subquery: (query: Query, parent: Scope | null) => readonly Column[];
}

/** A result column that ORDER BY and GROUP BY may name. */
export interface ResultName {
  readonly name: string;
  readonly type: ValueType;
}

/** Where an expression stands. */
export interface Context {
  readonly checking: Checking;
  readonly scope: Scope;
  /** Why no aggregate may stand here, such as `in WHERE`; null where one may. */
  readonly aggregatesForbidden: string | null;
  /** Is told of each aggregate. */
  readonly onAggregate: () => void;
  /** What a name means that no table has. */
  readonly results: readonly ResultName[];
}
