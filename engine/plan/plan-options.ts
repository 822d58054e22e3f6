import type { Release } from '../catalog/release.ts';
import type { Table } from '../catalog/table.ts';
import type { HealpixKernel } from '../healpix-wasm/kernel.ts';
import type { Upload } from '../upload/upload.ts';
import type { EngineName } from './plan.ts';

export interface EdgeLimits {
  /** Bytes of all tables that DuckDB loads for a query at most, decoded. */
  readonly bytes: number;
  /** Bytes that are read for a query at most where they need not be in memory all at once, decoded. */
  readonly pieceBytes: number;
}

export interface PlanOptions {
  /** Of the tables that the query was checked against; those without one are of TAP_SCHEMA, or uploads. */
  readonly releases: ReadonlyMap<Table, Release>;
  readonly uploads: ReadonlyMap<Table, Upload>;
  readonly kernel: Pick<HealpixKernel, 'coneRanges' | 'regionRanges' | 'vertices' | 'hash'>;
  readonly limits: EdgeLimits;
  /** Engines that are there. */
  readonly available: Readonly<Record<EngineName, boolean>>;
  /** The engine that is to answer, whether it is the best one or not; `edge` is scan or duckdb. */
  readonly forced: EngineName | 'edge' | null;
  /** Why a dialect cannot say the query, as the end of a sentence; null where it can. */
  readonly unsupported: Readonly<Record<'duckdb' | 'postgresql', string | null>>;
}
