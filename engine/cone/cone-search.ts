import type { Data } from 'apache-arrow';
import type { Release } from '../catalog/release.ts';
import { qualifiedName } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { Cone, ConeRows } from '../healpix-wasm/kernel.ts';
import type { Batch, Cells, Overflow, ResultTable } from '../table/result.ts';
import { answerColumns, float64Data } from './answer-columns.ts';
import { coneMatches } from './matches.ts';
import { nearestRows } from './nearest-rows.ts';

export interface ConeQuery {
  readonly cone: Cone;
  /** Names of the columns wanted, in the order wanted. */
  readonly columns: readonly string[];
  /** Rows at most. */
  readonly limit: number;
  /**
   * Nearest first. Such an answer waits for all row groups of the cone and holds the nearest
   * `SORTED_ROWS` rows at most, whatever the limit. Else rows come in ascending order of `_healpix_29`,
   * each row group's as soon as they are known.
   */
  readonly sorted: boolean;
  /**
   * Only so many rows, the nearest of the cone, nearest first: of those at the same separation the first in the order of
   * storage. The search begins close to the centre and widens until it has them, so the cone may well be large.
   */
  readonly nearest?: number | null;
  /** Adds a last column `separation`: the distance from the cone's centre in degrees. */
  readonly separation: boolean;
}

/** Bound on a sorted answer, which must be in memory whole. */
export const SORTED_ROWS = 100_000;

/** Rows per batch of a sorted answer. */
const BATCH_ROWS = 4096;

/**
 * The rows of a release within a cone. Nothing is read before the first batch is asked for.
 * @throws RangeError naming a column that the table does not have, or a limit that is no count of rows. What
 *   the batches throw: CorruptPartitionError, StorageError, KernelError for a cone out of range.
 */
export function coneSearch(engine: Engine, release: Release, query: ConeQuery): ResultTable {
  const { table } = release.manifest;
  if (!(query.limit >= 0)) throw new RangeError(`the limit must be a count of rows, not ${query.limit}`);
  const { stored, withSeparation } = answerColumns(table)(query.columns);
  const rows = query.sorted || query.nearest ? sortedRows : rowsAsTheyCome;
  return {
    name: qualifiedName(table),
    description: table.description,
    columns: query.separation ? withSeparation : stored,
    infos: [],
    batches: rows(engine, release, query),
  };
}

async function* rowsAsTheyCome(
  engine: Engine,
  release: Release,
  query: ConeQuery,
): AsyncGenerator<Batch, Overflow, undefined> {
  let left = query.limit;
  for await (const matches of coneMatches(engine, release, query.cone, query.columns)) {
    if (left === 0) return { overflow: true };
    const { row, separation } = matches.row.length > left ? firstRows(matches, left) : matches;
    yield batch(row.length, matches.columns, row, query.separation ? separation : null);
    if (row.length < matches.row.length) return { overflow: true };
    left -= row.length;
  }
  return { overflow: false };
}

async function* sortedRows(
  engine: Engine,
  release: Release,
  { cone, columns: names, limit: most, nearest = null, separation }: ConeQuery,
): AsyncGenerator<Batch, Overflow, undefined> {
  const limit = Math.min(most, SORTED_ROWS);
  const { rows, found } = await nearestRows(engine, release, cone, names, nearest, limit);
  const total = rows?.separation.length ?? 0;
  for (let start = 0; start < total; start += BATCH_ROWS) {
    const end = Math.min(start + BATCH_ROWS, total);
    const columns = rows!.columns.map((data) => data.slice(start, end - start));
    yield batch(end - start, columns, null, separation ? rows!.separation.subarray(start, end) : null);
  }
  return { overflow: found > limit };
}

function firstRows({ row, separation }: ConeRows, count: number): ConeRows {
  return { row: row.subarray(0, count), separation: separation.subarray(0, count) };
}

/**
 * @param rows of the columns, ascending; null for all.
 * @param separation of each of those rows, where it is wanted.
 */
function batch(
  length: number,
  stored: readonly Data[],
  rows: Uint32Array | null,
  separation: Float64Array | null,
): Batch {
  const columns: Cells[] = stored.map((data) => ({ data, rows: rows?.length === data.length ? null : rows }));
  if (separation !== null) columns.push({ data: float64Data(separation), rows: null });
  return { length, columns };
}
