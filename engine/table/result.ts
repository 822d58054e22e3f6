import type { RecordBatch } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';

/** A VOTable INFO element, or the same fact in another format. */
export interface Info {
  readonly name: string;
  readonly value: string;
  readonly text?: string;
}

/**
 * An answer on its way out: metadata known at once, rows as they come. Each batch has the columns' Arrow
 * types (`arrowType`) in the columns' order.
 */
export interface ResultTable {
  readonly name: string;
  readonly description: string | null;
  readonly columns: readonly Column[];
  /** What the service says of itself and the answer: release, engine, standard (DALI 1.1 §4.4). */
  readonly infos: readonly Info[];
  /**
   * The rows. The generator's return value says whether rows were left out because of a limit, which a
   * writer must report as OVERFLOW (DALI 1.1 §4.4.1).
   */
  readonly batches: AsyncGenerator<RecordBatch, Overflow, undefined>;
}

export interface Overflow {
  readonly overflow: boolean;
}
