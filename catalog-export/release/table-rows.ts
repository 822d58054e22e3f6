import type pg from 'pg';
import { hasPositions, type Table } from '../../engine/catalog/table.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { Histogram } from '../hats/histogram.ts';
import type { Progress } from '../progress.ts';
import type { PartitionTask } from './make-partitions.ts';
import { readParts } from './plain-rows.ts';
import { readSky } from './sky-rows.ts';

/** The rows of a table, as they were at one moment, on their way to their partitions. */
export interface TableRows {
  /** As far as it is known before all are read. */
  readonly rows: number;
  /** Rows that are in no partition because their position is null, NaN or out of range. */
  readonly rowsWithoutPosition: number;
  /** Rows per cell at MAX_ORDER; null where the table has no positions. */
  readonly histogram: Histogram | null;
  /** What is to be done for the partitions, in their order. After the last one, the transaction is over. */
  tasks(): AsyncGenerator<RowsTask>;
  /**
   * What is to be done for the margins of the partitions, once their own tasks are done; null where the table has no positions.
   * @param arcsec within which a row belongs to the margin of a partition.
   */
  readonly margins: ((arcsec: number) => AsyncGenerator<RowsTask>) | null;
  /** To be called when no task is under way any more. */
  close(): Promise<void>;
}

export interface RowsTask extends PartitionTask {
  /** To be called when its rows are needed no more. */
  done(): Promise<void>;
}

/** What a partition has at most: rows (but at HATS's highest order), and bytes of them as a binary COPY has them. */
export interface PartitionLimits {
  readonly rows: number;
  readonly bytes: number;
}

export interface RowsOptions {
  /** In a transaction. Closed when its rows cannot be read to the end. */
  readonly client: pg.Client;
  readonly table: Table;
  readonly kernel: HealpixKernel;
  readonly progress: Progress;
}

/** @throws Error when PostgreSQL fails, or there is no room for the rows. */
export function openRows(options: RowsOptions, limits: PartitionLimits): Promise<TableRows> {
  return hasPositions(options.table) ? readSky(options, limits) : readParts(options, limits);
}
