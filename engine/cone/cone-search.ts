import { BufferType, Data, Float64 } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import type { Release } from '../catalog/release.ts';
import { qualifiedName, type Table } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { Cone, ConeRows } from '../healpix-wasm/kernel.ts';
import { remembered } from '../remembered.ts';
import type { Batch, Cells, Overflow, ResultTable } from '../table/result.ts';
import { takeRows } from '../table/rows.ts';
import { coneMatches } from './matches.ts';
import { nearest } from './nearest.ts';

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
  const rows = query.sorted ? sortedRows : rowsAsTheyCome;
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
  query: ConeQuery,
): AsyncGenerator<Batch, Overflow, undefined> {
  const limit = Math.min(query.limit, SORTED_ROWS);
  const collected = nearest(limit);
  let found = 0;
  for await (const matches of coneMatches(engine, release, query.cone, query.columns)) {
    found += matches.row.length;
    const { horizon } = collected;
    const row = matches.row.filter((_, at) => matches.separation[at]! <= horizon);
    if (row.length === 0 || limit === 0) continue;
    const separation = matches.separation.filter((distance) => distance <= horizon);
    collected.add(
      matches.columns.map((data) => takeRows(data, row)),
      separation,
    );
  }
  const kept = collected.take();
  const total = kept?.separation.length ?? 0;
  for (let start = 0; start < total; start += BATCH_ROWS) {
    const end = Math.min(start + BATCH_ROWS, total);
    const columns = kept!.columns.map((data) => data.slice(start, end - start));
    yield batch(end - start, columns, null, query.separation ? kept!.separation.subarray(start, end) : null);
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

function float64Data(values: Float64Array): Data {
  return new Data(new Float64(), 0, values.length, 0, { [BufferType.DATA]: values } as Partial<
    Data['buffers']
  >);
}

/** The columns of an answer by their names, without and with the separation. */
const answerColumns = remembered((table: Table) =>
  remembered((names: readonly string[]) => {
    const stored = names.map((name) => columnNamed(table, name));
    return { stored, withSeparation: [...stored, separationColumn(stored)] };
  }),
);

function columnNamed(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const names = table.columns.map((candidate) => candidate.name).join(', ');
    throw new RangeError(`${qualifiedName(table)} has no column ${name}; it has ${names}`);
  }
  return column;
}

/** The column of separations, with a name that no other column of the answer has. */
function separationColumn(others: readonly Column[]): Column {
  const taken = new Set(others.map((column) => column.name.toLowerCase()));
  let name = 'separation';
  for (let n = 2; taken.has(name); n++) name = `separation_${n}`;
  return {
    name,
    datatype: 'double',
    arraysize: null,
    xtype: null,
    unit: 'deg',
    ucd: 'pos.angDistance',
    utype: null,
    description: 'Angular distance from the centre of the search',
    principal: true,
    indexed: false,
    std: false,
  };
}
