import type { Data } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import type { ServiceDescriptor } from './service-descriptor.ts';

/** A VOTable INFO element, or the same fact in another format. */
export interface Info {
  readonly name: string;
  readonly value: string;
  readonly text?: string;
}

/**
 * An answer on its way out: metadata known at once, rows as they come.
 */
export interface ResultTable {
  readonly name: string;
  readonly description: string | null;
  /** One list for all answers that have the same, so that what a writer makes of it serves them all. */
  readonly columns: readonly Column[];
  /** What the service says of itself and the answer: release, engine, standard (DALI 1.1 §4.4). */
  readonly infos: readonly Info[];
  /**
   * Services that can do more with the rows. VOTables name them after the rows, and so the list may grow until the last row is there;
   * those that refer to columns are in it from the start. Formats that hold no VOTable have no place for them.
   */
  readonly services?: readonly ServiceDescriptor[];
  /**
   * The rows. The generator's return value says whether rows were left out because of a limit, which a
   * writer must report as OVERFLOW (DALI 1.1 §4.4.1).
   */
  readonly batches: AsyncGenerator<Batch, Overflow, undefined>;
}

/** Some rows of an answer: as many cells of each column, in the columns' order. */
export interface Batch {
  readonly length: number;
  readonly columns: readonly Cells[];
}

/**
 * Cells of a column. The data is of the column's Arrow type (`arrowType`); whole numbers may also stand in a column of text,
 * and leave as their digits.
 */
export interface Cells {
  readonly data: Data;
  /** Rows of the data whose cells these are, in this order; null for all. */
  readonly rows: Uint32Array | null;
}

export interface Overflow {
  readonly overflow: boolean;
}
