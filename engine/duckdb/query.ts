import type { Column } from '../catalog/column.ts';

/**
 * What the DuckDB worker is asked: one SELECT in DuckDB's SQL, and the tables it reads. Sent as `message.ts` has it to
 * `POST /query`, answered by an Arrow IPC stream or by a `DuckdbFault`.
 */
export interface DuckdbQuery {
  /** One SELECT, its parameters written $1, $2, … by position; its columns are named r0, r1, … */
  readonly sql: string;
  readonly parameters: readonly DuckdbParameter[];
  /** A quicker SELECT with the same answer, of the same parameters, that fails on some values: `sql` is run then. Null: there is none. */
  readonly quick: string | null;
  /** What the SQL names as tables. */
  readonly tables: readonly DuckdbTable[];
  /** Rows wanted at most, the one that tells of an overflow included. */
  readonly rows: number;
  /**
   * Name of the table of which the query is a plain filter or projection: it may be run on some row groups after others, and
   * its rows leave as they are found. Null where it needs all rows at once.
   */
  readonly pieces: string | null;
  /** Milliseconds of work after which the query is given up. */
  readonly deadline: number;
}

/** A text of the query. */
export interface DuckdbParameter {
  readonly type: 'text';
  readonly value: string;
}

export type DuckdbTable = ReleaseTable | SchemaTable | UploadTable;

/** Rows of a release. */
export interface ReleaseTable {
  /** The name that the SQL has for it: letters, digits and underscores. */
  readonly name: string;
  /** `schema.table` */
  readonly catalog: string;
  readonly release: string;
  /** Positions in the release's `table.columns`; column n of the SQL table is named c<n>. */
  readonly columns: readonly number[];
  /** Whether the SQL table has the order-29 nested cell too, as `h`. */
  readonly healpix: boolean;
  /** Order-29 cells outside of which no row matters, in decimal digits, ascending and half-open; null: all rows. */
  readonly ranges: { readonly start: readonly string[]; readonly end: readonly string[] } | null;
}

/** A table of TAP_SCHEMA (TAP 1.1 §4), as the releases of the bucket have it. */
export interface SchemaTable {
  readonly name: string;
  /** Unqualified: `columns`. */
  readonly tapSchema: string;
  /** Positions in the columns of that table, as with a release's. */
  readonly columns: readonly number[];
}

/** A table that comes with the query. */
export interface UploadTable {
  readonly name: string;
  /** Those that are wanted, by their positions in the upload's columns; column n is named c<n>. */
  readonly columns: readonly UploadColumn[];
  readonly rows: number;
  /** The rows of these columns, each block an Arrow IPC stream of its own. */
  readonly blocks: readonly Uint8Array[];
}

export interface UploadColumn extends Pick<Column, 'datatype' | 'arraysize' | 'xtype'> {
  readonly number: number;
}

/**
 * Why there is no answer: it took too long, it needed too much memory, DuckDB broke, the SQL is wrong or failed
 * on a value, or a release cannot be read.
 */
export type FaultKind = 'deadline' | 'memory' | 'trap' | 'query' | 'release';

export interface DuckdbFault {
  readonly fault: FaultKind;
  /** For people. */
  readonly message: string;
}

/** Ends the stream of an answer that is whole (Arrow IPC format, "IPC Streaming Format"). */
export const END_OF_STREAM: Uint8Array<ArrayBuffer> = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);
