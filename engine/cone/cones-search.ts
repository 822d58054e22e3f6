import type { Data } from 'apache-arrow';
import type { Release } from '../catalog/release.ts';
import { qualifiedName } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { Batch, Overflow, ResultTable } from '../table/result.ts';
import { nullableFloat64Data } from './answer-columns.ts';
import { type FoundRows, findRows } from './cones-matches.ts';
import { inGivenOrder, type PositionRows } from './given-order.ts';
import { coneMatches } from './matches.ts';
import { nearbyRadius, widerRadius } from './nearby-radius.ts';
import { nearestRows } from './nearest-rows.ts';
import { type Identifiers, positionColumns, positionData } from './positions.ts';
import { type Cones, coneAt } from './visits.ts';

export interface ConesQuery {
  readonly cones: Cones;
  /** Of the cones' centres. */
  readonly identifiers: Identifiers;
  /** Names of the columns wanted, in the order wanted. */
  readonly columns: readonly string[];
  /** Rows at most. */
  readonly limit: number;
  /** So many rows of each cone, the nearest, nearest first; null for all, in the order of storage. */
  readonly nearest: number | null;
  /** Whether a cone without rows has a row of nulls. */
  readonly unmatched: boolean;
}

/** Cones whose rows are held together, to be put in order, unless they are too many: the more, the fewer reads. */
const BLOCK_CONES = 8192;

/** Bound on the cells that are held, unless rows are so long that not even `LEAST_ROWS` fit. */
const HELD_CELLS = 2 ** 19;
const LEAST_ROWS = 4096;

/**
 * The rows within each of many cones: those of one cone together, the cones in their order. The columns are the cone's
 * identifier, those asked for, and the separation. Memory holds the rows of some cones at a time; one that has too many passes as
 * it is read.
 * @throws RangeError naming a column that the table does not have. What the batches throw: CorruptReleaseError, StorageError,
 *   KernelError for a cone out of range.
 */
export function conesSearch(engine: Engine, release: Release, query: ConesQuery): ResultTable {
  const { table } = release.manifest;
  return {
    name: qualifiedName(table),
    description: table.description,
    columns: positionColumns(table, query.columns, query.identifiers),
    infos: [],
    batches: limited(engine, release, query),
  };
}

async function* limited(
  engine: Engine,
  release: Release,
  query: ConesQuery,
): AsyncGenerator<Batch, Overflow, undefined> {
  const positions = positionData(query.identifiers, query.cones.lon.length);
  let left = query.limit;
  for await (const rows of positionRows(engine, release, query)) {
    const { length } = rows.position;
    if (length === 0) continue;
    if (left === 0) return { overflow: true };
    yield batch(rows, positions, Math.min(length, left));
    if (length > left) return { overflow: true };
    left -= length;
  }
  return { overflow: false };
}

async function* positionRows(
  engine: Engine,
  release: Release,
  query: ConesQuery,
): AsyncGenerator<PositionRows, void, undefined> {
  const { cones, columns, nearest, unmatched } = query;
  const mostRows = Math.max(LEAST_ROWS, Math.floor(HELD_CELLS / (columns.length + 1)));
  const cells = engine.kernel.hash(cones.lon, cones.lat);
  let size = BLOCK_CONES;
  for (let from = 0; from < cells.length; ) {
    const to = Math.min(from + size, cells.length);
    const found = await findBlock(engine, release, query, cells, from, to, mostRows);
    if (found !== null) {
      yield inGivenOrder(release, columns, found, from, to, nearest, unmatched);
      if (found.held < mostRows / 4) size = Math.min(2 * size, BLOCK_CONES);
      from = to;
    } else if (to - from > 1) {
      size = Math.ceil((to - from) / 2);
    } else {
      yield* rowsOfOne(engine, release, query, from);
      from = to;
    }
  }
}

/** Null where there are more rows than may be held. */
async function findBlock(
  engine: Engine,
  release: Release,
  { cones, columns, nearest }: ConesQuery,
  cells: BigInt64Array,
  from: number,
  to: number,
  mostRows: number,
): Promise<FoundRows | null> {
  const found: FoundRows = { pieces: [], held: 0, cone: [], row: [], separation: [] };
  let which = inOrderOfCells(cells, from, to);
  if (nearest === null) {
    return (await findRows(engine, release, cones, which, columns, found, mostRows)) ? found : null;
  }
  const radius = cones.radius.slice();
  for (const at of which) {
    radius[at] = Math.min(nearbyRadius(release, cells[at]!, nearest), cones.radius[at]!);
  }
  while (which.length > 0) {
    const before = found.cone.length;
    if (!(await findRows(engine, release, { ...cones, radius }, which, columns, found, mostRows)))
      return null;
    which = which.filter(lackingRows(found, before, nearest, (at) => radius[at]! < cones.radius[at]!));
    const wider = new Set(which);
    forget(found, before, wider);
    for (const at of which) radius[at] = widerRadius(radius[at]!, cones.radius[at]!);
  }
  return found;
}

function inOrderOfCells(cells: BigInt64Array, from: number, to: number): Uint32Array {
  // As doubles they may lose their last digits, which matter little here, and compare quickly.
  const rough = Float64Array.from(cells.subarray(from, to), Number);
  const which = Uint32Array.from({ length: to - from }, (_, at) => from + at);
  return which.sort((a, b) => rough[a - from]! - rough[b - from]!);
}

/** Whether a cone had fewer matches than wanted, of those from one on, and may have more. */
function lackingRows(
  { cone }: FoundRows,
  before: number,
  wanted: number,
  mayHaveMore: (at: number) => boolean,
): (at: number) => boolean {
  const counts = new Map<number, number>();
  for (let match = before; match < cone.length; match++) {
    counts.set(cone[match]!, (counts.get(cone[match]!) ?? 0) + 1);
  }
  return (at) => (counts.get(at) ?? 0) < wanted && mayHaveMore(at);
}

/** Takes back the matches of some cones, of those from one on: they will be found again. */
function forget({ cone, row, separation }: FoundRows, before: number, cones: ReadonlySet<number>): void {
  let kept = before;
  for (let match = before; match < cone.length; match++) {
    if (cones.has(cone[match]!)) continue;
    cone[kept] = cone[match]!;
    row[kept] = row[match]!;
    separation[kept++] = separation[match]!;
  }
  cone.length = kept;
  row.length = kept;
  separation.length = kept;
}

/** The rows of a cone that has too many to be held, or may have before the nearest are chosen. */
async function* rowsOfOne(
  engine: Engine,
  release: Release,
  { cones, columns, nearest }: ConesQuery,
  at: number,
): AsyncGenerator<PositionRows, void, undefined> {
  const cone = coneAt(cones, at);
  const position = (count: number) => new Uint32Array(count).fill(at);
  if (nearest === null) {
    for await (const { row, separation, columns: data } of coneMatches(engine, release, cone, columns)) {
      yield { position: position(row.length), row, separation, columns: data };
    }
    return;
  }
  const { rows } = await nearestRows(engine, release, cone, columns, nearest, nearest);
  const { separation, columns: data } = rows!;
  const row = Uint32Array.from(separation, (_, at) => at);
  yield { position: position(row.length), row, separation, columns: data };
}

/** The first rows, so many. */
function batch({ position, row, separation, columns }: PositionRows, positions: Data, length: number): Batch {
  const rows = row.subarray(0, length);
  const found = separation.subarray(0, length);
  return {
    length,
    columns: [
      { data: positions, rows: position.subarray(0, length) },
      ...columns.map((data) => ({ data, rows })),
      { data: nullableFloat64Data(found), rows: null },
    ],
  };
}
