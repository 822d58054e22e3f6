import type { Position } from '../adql/position.ts';
import type { Column } from '../catalog/column.ts';
import type { Table } from '../catalog/table.ts';
import type { PositionJoin, TableUse } from '../plan/plan.ts';
import { NO_INDEXES, type TableIndexes } from '../postgres/table-indexes.ts';

/** The engines that SQL is written for. */
export type Dialect = 'duckdb' | 'postgresql';

/** A query in the SQL of an engine. */
export interface Sql {
  readonly dialect: Dialect;
  /** One SELECT. Its columns are called r0, r1, … by position, its parameters $1, $2, … */
  readonly text: string;
  /** One with the same answer that DuckDB is quicker with, but that fails on some values; null if there is none. */
  readonly quick: string | null;
  /** All texts that the query has as values; numbers stand in the SQL. */
  readonly parameters: readonly SqlParameter[];
  /** Of the result, in order; the SQL's columns are of their types. */
  readonly columns: readonly Column[];
  /** Of each use of a table, whether the SQL names its order-29 cells, as `h`: only DuckDB's does. */
  readonly healpix: readonly boolean[];
}

/** A constant of the SQL. */
export interface SqlParameter {
  readonly type: 'text';
  readonly value: string;
}

/** What a plan says of a query's tables. */
export interface TranslationContext {
  /**
   * What is read of each published table. In DuckDB the n-th, from 0, is a table t<n> with columns c0, c1, … by their
   * position in `table.columns`.
   */
  readonly uses: readonly TableUse[];
  readonly positionJoins: readonly PositionJoin[];
  /** Which indexes PostgreSQL has; those that Almagest makes, if nothing is said. */
  readonly indexes?: (table: Table) => TableIndexes;
  /** What PostgreSQL reads a published table from; the table itself as it is now, if nothing is said. */
  readonly stored?: (table: Table) => StoredTable;
  /** Rows of a table of TAP_SCHEMA as JSON, by its name without the schema; the database's own, if nothing is said. */
  readonly tapSchema?: (name: string) => string;
  /** Rows of the result at most; null for no bound but the query's own. */
  readonly limit: number | null;
}

/** A table of PostgreSQL. */
export interface StoredTable {
  readonly schema: string;
  readonly name: string;
  /** SQL of the condition that chooses the rows which belong to the release, where there are others; null for all. */
  readonly asOf: string | null;
  /** Whether its columns are called c0, c1, … by their position, and not by their names. */
  readonly numbered?: boolean;
}

/** What PostgreSQL reads a table from. */
export function storedTable(table: Table, { stored }: TranslationContext): StoredTable {
  return stored === undefined ? { schema: table.schema, name: table.name, asOf: null } : stored(table);
}

const OWN_INDEXES: TableIndexes = { ...NO_INDEXES, healpix: true, zones: true, identifier: true };

/** The indexes that PostgreSQL has of a table. */
export function indexesOf(table: Table, context: TranslationContext): TableIndexes {
  const { indexes } = context;
  if (storedTable(table, context).numbered) return NO_INDEXES;
  return indexes === undefined ? OWN_INDEXES : indexes(table);
}

/** Something that an engine's SQL has no words for. */
export class NotTranslatable extends Error {
  override readonly name = 'NotTranslatable';
  readonly engine: Dialect;
  /** Such as `a FULL JOIN without an equality`. */
  readonly what: string;
  readonly position: Position;

  constructor(engine: Dialect, what: string, position: Position) {
    super(`${engine === 'duckdb' ? 'DuckDB' : 'PostgreSQL'} cannot do ${what} (line ${position.line})`);
    this.engine = engine;
    this.what = what;
    this.position = position;
  }
}
