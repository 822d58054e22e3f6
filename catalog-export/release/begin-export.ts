import type pg from 'pg';
import { catalogFolder, type Manifest } from '../../engine/catalog/manifest.ts';
import { hasPositions, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { footprintColumns } from '../../engine/footprints/columns.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { historyId } from '../database/row-history.ts';
import type { Progress } from '../progress.ts';
import { identifierFault } from './duplicates.ts';
import { DEFAULT_LIMITS, stateOf } from './export-state.ts';
import { keptState } from './kept-state.ts';
import {
  type KnownPartitions,
  knownPartitions,
  NONE_KNOWN,
  type PreviousRelease,
  previousRelease,
} from './known-partitions.ts';
import { beginSnapshot, checkColumns } from './source.ts';
import type { PartitionLimits } from './table-rows.ts';

export interface WriteOptions {
  /** No transaction is open on it, and nobody else uses it meanwhile. Closed when the export fails half-way. */
  readonly client: pg.Client;
  readonly table: Table;
  readonly storage: Storage;
  readonly kernel: HealpixKernel;
  /** When the release is made. */
  readonly date: Date;
  /** Most rows of a partition. */
  readonly maxRows?: number;
  /** Most bytes of a partition's rows, as PostgreSQL sends them. */
  readonly maxBytes?: number;
  /** Arcseconds around each partition within which rows are in its margin too; 0: there is to be no margin. Default: as in the previous release. */
  readonly margin?: number | undefined;
  /** Whether all is written anew, whatever has changed. */
  readonly full?: boolean;
  readonly progress: Progress;
}

/** What is known before the rows are read, in the transaction that they will be read in. */
export interface BegunExport {
  /** The state of the table is that of the previous release: there is nothing to do, and the transaction is over. */
  readonly isUnchanged: boolean;
  readonly limits: PartitionLimits;
  /** Arcseconds; null for none. */
  readonly margin: number | null;
  /** Of the catalogue in the release: empty, or with a slash at its end. */
  readonly folder: string;
  readonly snapshot: string;
  readonly state: string | null;
  readonly history: string | null;
  /** The release that the new one is compared with; null where there is to be a new one whatever it holds. */
  readonly before: PreviousRelease | null;
  readonly known: KnownPartitions;
  /** What whoever keeps the table should know; it keeps nothing from being exported. */
  readonly notes: readonly string[];
}

/** Arcseconds. */
const MAX_MARGIN = 3600;

/**
 * Begins the snapshot, and looks at what was exported before.
 * @throws Error when the table has changed since it was published, or when PostgreSQL or the storage fails.
 */
export async function beginExport(
  options: WriteOptions,
  { previous, unfinished }: { readonly previous: Manifest | null; readonly unfinished: readonly string[] },
): Promise<BegunExport> {
  const { client, table, storage, full = false } = options;
  const limits = {
    rows: options.maxRows ?? DEFAULT_LIMITS.rows,
    bytes: options.maxBytes ?? DEFAULT_LIMITS.bytes,
  };
  const margin = marginOf(options, previous);
  const snapshot = await beginSnapshot(client, table);
  await checkColumns(client, table);
  const state = await stateOf(client, table, limits);
  const history = await historyOf(client, table);
  const begun = { limits, margin, folder: catalogFolder({ margin }), snapshot, state, history };
  // PostgreSQL can be asked only for releases that name the history.
  const isComparable =
    previous !== null &&
    previous.history === history &&
    previous.margin === margin &&
    hasFootprints(previous) === (footprintColumns(table) !== null);
  if (!full && isComparable && state !== null && (await isStateOf(storage, previous, state))) {
    await client.query('commit');
    return { ...begun, isUnchanged: true, before: null, known: NONE_KNOWN, notes: [] };
  }
  const before = full || previous === null ? null : await previousRelease(storage, previous);
  const known = full ? NONE_KNOWN : await knownPartitions(storage, qualifiedName(table), before, unfinished);
  const fault = await identifierNote(client, table);
  const notes = fault === null ? [] : [fault];
  return { ...begun, isUnchanged: false, before: isComparable ? before : null, known, notes };
}

/** Whether the table, in that state, has the rows of the release. */
async function isStateOf(storage: Storage, release: Manifest, state: string): Promise<boolean> {
  return state === release.state || state === (await keptState(storage, release.catalog, release.release));
}

/** Whether a release has an index of footprints: those that were made before there was one have none. */
function hasFootprints({ footprints }: Manifest): boolean {
  return footprints !== undefined;
}

/** What is odd about the identifiers keeps nothing from being exported, be it that they could not be counted. */
async function identifierNote(client: pg.Client, table: Table): Promise<string | null> {
  await client.query('savepoint identifiers');
  try {
    return await identifierFault(client, table);
  } catch (error) {
    await client.query('rollback to savepoint identifiers');
    return `whether identifiers are unique could not be told: ${(error as Error).message}`;
  }
}

/** @throws Error for a margin that is none. */
function marginOf({ table, margin }: WriteOptions, previous: Manifest | null): number | null {
  if (!hasPositions(table) || margin === 0) return null;
  if (margin === undefined) return previous?.margin ?? null;
  if (margin > 0 && margin <= MAX_MARGIN) return margin;
  throw new Error(`a margin of ${margin} arcseconds is none: it must be from 0 (none) to ${MAX_MARGIN}`);
}

/** Null where no versions of rows are kept, in a database that was not prepared for it among others. */
async function historyOf(client: pg.Client, table: Table): Promise<string | null> {
  const { rows } = await client.query<{ kept: boolean }>(
    "select to_regclass('almagest.history') is not null as kept",
  );
  return rows[0]!.kept ? historyId(client, table) : null;
}
