import type {
  Comparison,
  DerivedTable,
  Expression,
  JoinedTable,
  NamedTable,
  Select,
} from '../adql/syntax-tree.ts';
import type { Release } from '../catalog/release.ts';
import type { Table } from '../catalog/table.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import type { Scan } from '../scan/scan.ts';
import type { Upload } from '../upload/upload.ts';

/** What can answer a query: the first two at the edge, from a release's files. */
export type EngineName = 'scan' | 'duckdb' | 'postgresql';

/** A table of a query, and what of it can matter to the answer. */
export interface TableUse {
  readonly node: NamedTable;
  readonly table: Table;
  /** Null for the tables of TAP_SCHEMA and for uploads, which are in no release. */
  readonly release: Release | null;
  /** Of a table that came with the query. */
  readonly upload?: Upload;
  /** Numbers of the columns in `table.columns` that the query names, ascending; none for COUNT(*) alone. */
  readonly columns: readonly number[];
  /** Rows whose order-29 cell is in none of these cannot matter; null where all may. Flags of full ranges mean nothing here. */
  readonly ranges: CellRanges | null;
  /** About so many rows lie in the ranges. */
  readonly rows: number;
  /** About so many bytes do the columns of those rows take in memory. */
  readonly bytes: number;
}

/** A condition that the positions of two tables be close to each other, AND-ed with whatever else stands there. */
export interface PositionJoin {
  /** The comparison in the tree: of CONTAINS, INTERSECTS or DISTANCE with a constant. */
  readonly condition: Comparison;
  /** Where it stands: in the ON of this join, or, null, in the WHERE of the SELECT. */
  readonly join: JoinedTable | null;
  readonly select: Select;
  readonly left: JoinedPosition;
  readonly right: JoinedPosition | JoinedRegion;
  /** The distance, in degrees: constant, or of columns of one side; the region itself where one side is a region. */
  readonly radius: Expression;
  /** The same where it is constant, else null. */
  readonly degrees: number | null;
  /** True for distance < radius, false for distance <= radius. */
  readonly strict: boolean;
}

/** A position of a row, as the condition has it. */
export interface JoinedPosition {
  /** The item of FROM that both coordinates are columns of. */
  readonly relation: NamedTable | DerivedTable;
  readonly longitude: Expression;
  readonly latitude: Expression;
}

/** A region of a row: a position that is in it, or near it, is near the centre of the circle around it. */
export interface JoinedRegion {
  /** The item of FROM that it is a column of. */
  readonly relation: NamedTable | DerivedTable;
  /** A polygon. */
  readonly region: Expression;
  /** How far from the region the position may be, in degrees. */
  readonly reach: number;
}

/** How a query is to be answered. */
export interface Plan {
  readonly engine: EngineName;
  /** Why this one, in words for people. */
  readonly why: string;
  /** Why each of the others cannot or need not; null where it could answer too, as PostgreSQL after the edge failed. */
  readonly refusals: Readonly<Record<EngineName, string | null>>;
  /** Each named table of the query that is a published one, in the order of the text. */
  readonly uses: readonly TableUse[];
  readonly positionJoins: readonly PositionJoin[];
  /** What the scan engine is to do, if that is the engine. */
  readonly scan: Scan | null;
  /** For DuckDB: the table whose row groups may come piece by piece, each answered by itself; null where all must be there. */
  readonly pieces: NamedTable | null;
  /** Of all uses. */
  readonly rows: number;
  readonly bytes: number;
}
