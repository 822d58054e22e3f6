import type { Data } from 'apache-arrow';
import type { Release, RowGroup } from '../catalog/release.ts';
import { mainColumns } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { CellRanges, Cone, FootprintTest, HealpixKernel, Region } from '../healpix-wasm/kernel.ts';
import { union } from '../healpix-wasm/ranges.ts';
import type { KeptColumn } from '../parquet/kept-column.ts';
import type { StoredBytes } from '../parquet/row-groups.ts';
import type { Batch, Overflow } from '../table/result.ts';
import { blocksOfSlots } from './block-groups.ts';
import { candidateGroups } from './candidate-groups.ts';
import { footprintCandidates } from './candidates.ts';
import { type FootprintColumns, footprintColumns, footprintNames } from './columns.ts';
import { columnsOf, type RowCondition, rowsThatMeet } from './conditions.ts';
import { footprintsOf } from './footprints-of.ts';

/** A search among the rows of a release that have footprints. */
export interface FootprintQuery {
  readonly release: Release;
  /** Parts of the sky; a row is found that passes the test with one of them. Null for all of the sky. */
  readonly sky: Sky | null;
  /** All of them are met. */
  readonly conditions: readonly RowCondition[];
  /** Names of the stored columns wanted, in the order wanted. */
  readonly columns: readonly string[];
}

export interface Sky {
  /** One at least. */
  readonly regions: readonly (Region | Cone)[];
  /** Of the footprint; or the position of the row is in the region. */
  readonly test: FootprintTest | 'position';
}

/** Row groups that are read together. */
const BLOCK_ROW_GROUPS = 16;

/** A search of more row groups of a leaf reads through, and leaves the cache to the small ones. */
const KEPT_ROW_GROUPS = 64;

/**
 * Stored bytes that a search looks at, at most: seconds of work. One that goes on ends with an overflow, as if there were too many rows.
 */
const MOST_BYTES = 512 * 2 ** 20;

/**
 * The rows of a search, in whatever order.
 * @param maxrec rows at most; that there are more is told as overflow.
 * @throws Error where the table has no footprints; CorruptReleaseError, StorageError, and KernelError for a region that is none.
 */
export async function* searchFootprints(
  engine: Engine,
  query: FootprintQuery,
  maxrec: number,
): AsyncGenerator<Batch, Overflow, undefined> {
  let left = maxrec;
  const effort: Effort = { bytes: 0, isSpent: false };
  for await (const { rows, columns } of foundRows(engine, query, effort)) {
    if (left === 0) return { overflow: true };
    const kept = rows.subarray(0, left);
    yield {
      length: kept.length,
      columns: columns.map((column) => ({ data: column.take(kept), rows: null })),
    };
    if (kept.length < rows.length) return { overflow: true };
    left -= kept.length;
  }
  return { overflow: effort.isSpent };
}

/** Rows, at least one, of the columns wanted. */
interface Found {
  readonly rows: Uint32Array;
  readonly columns: readonly Pick<KeptColumn, 'take'>[];
}

interface Effort {
  /** Stored bytes that were read. */
  bytes: number;
  /** Whether the search ended before its time. */
  isSpent: boolean;
}

/** By the index, where there is one and the regions are small; else row group by row group. */
async function* foundRows(
  engine: Engine,
  query: FootprintQuery,
  effort: Effort,
): AsyncGenerator<Found, void, undefined> {
  const { release, sky } = query;
  const isIndexed = release.manifest.footprints !== undefined && sky !== null && sky.test !== 'position';
  const slots = isIndexed ? await footprintCandidates(engine, release, sky.regions) : null;
  if (slots === null) yield* foundInRowGroups(engine, query, effort);
  else yield* foundInBlocks(engine, query, slots);
}

async function* foundInBlocks(
  engine: Engine,
  query: FootprintQuery,
  slots: Uint32Array,
): AsyncGenerator<Found, void, undefined> {
  for await (const blocks of blocksOfSlots(engine, query.release, slots)) {
    for (const { block, rows: candidates } of blocks) {
      const rows = judge(engine, query, (name) => block.column(name), candidates);
      if (rows.length > 0) yield { rows, columns: query.columns.map((name) => block.column(name)) };
    }
  }
}

async function* foundInRowGroups(
  engine: Engine,
  query: FootprintQuery,
  effort: Effort,
): AsyncGenerator<Found, void, undefined> {
  const { release, columns } = query;
  const judged = [...new Set([...skyNames(query), ...query.conditions.flatMap(columnsOf)])];
  const others = columns.filter((name) => !judged.includes(name));
  for await (const groups of candidateGroups(engine, release, positionRanges(engine, query))) {
    const keep = groups.length <= KEPT_ROW_GROUPS;
    for (let from = 0; from < groups.length; from += BLOCK_ROW_GROUPS) {
      effort.isSpent = effort.bytes > MOST_BYTES;
      if (effort.isSpent) return;
      const block = groups.slice(from, from + BLOCK_ROW_GROUPS);
      const looked = await readColumns(engine, block, judged, keep, effort);
      const found = block.flatMap((group, at) => {
        const known = looked[at]!;
        const all = allRows(group.leaf.rows[group.at]!);
        const rows = judge(engine, query, (name) => known.get(name)!, all);
        return rows.length === 0 ? [] : [{ group, rows, known }];
      });
      const read = await readColumns(
        engine,
        found.map(({ group }) => group),
        others,
        keep,
        effort,
      );
      for (const [at, { rows, known }] of found.entries()) {
        yield { rows, columns: columns.map((name) => (known.get(name) ?? read[at]!.get(name))!) };
      }
    }
  }
}

function skyColumns(release: Release): FootprintColumns {
  const found = footprintColumns(release.manifest.table);
  if (found === null) throw new Error(`${release.manifest.catalog} has no footprints`);
  return found;
}

/** The columns that the sky is judged by. */
function skyNames({ release, sky }: FootprintQuery): readonly string[] {
  if (sky === null) return [];
  if (sky.test !== 'position') return footprintNames(skyColumns(release));
  const { ra, dec } = mainColumns(release.manifest.table);
  return [ra.name, dec.name];
}

/** Cells of the positions that are wanted; null where it is not the positions that count. */
function positionRanges({ kernel }: Engine, { sky }: FootprintQuery): CellRanges | null {
  if (sky?.test !== 'position') return null;
  const covers = sky.regions.map((region) =>
    'kind' in region ? kernel.regionRanges(region) : kernel.coneRanges(region),
  );
  return covers.reduce(union);
}

/** Columns of each of the row groups by their names, from the cache or in few reads. */
async function readColumns(
  { rowGroups }: Engine,
  groups: readonly RowGroup[],
  names: readonly string[],
  keep: boolean,
  effort: Effort,
): Promise<ReadonlyMap<string, KeptColumn>[]> {
  const cached = groups.map((group) => rowGroups.cachedColumns(group, names));
  const unread = groups.filter((_, at) => cached[at] === null);
  let stored: StoredBytes = [];
  if (unread.length > 0 && names.length > 0) {
    stored = await rowGroups.fetch(unread, names);
    for (const { bytes } of stored) effort.bytes += bytes.length;
  }
  return groups.map((group, at) => {
    const columns = cached[at] ?? rowGroups.columns(group, stored, keep, names);
    return new Map(names.map((name, column) => [name, columns[column]!]));
  });
}

/** Of some rows, ascending, those that the search is for. */
function judge(
  { kernel }: Engine,
  query: FootprintQuery,
  columnOf: (name: string) => Pick<KeptColumn, 'take'>,
  candidates: Uint32Array,
): Uint32Array {
  let rows = candidates;
  const narrow = (names: readonly string[], test: (data: readonly Data[]) => Uint32Array) => {
    if (rows.length === 0) return;
    const places = test(names.map((name) => columnOf(name).take(rows)));
    if (places.length < rows.length) rows = places.map((place) => rows[place]!);
  };
  for (const condition of query.conditions) {
    narrow(columnsOf(condition), (data) => rowsThatMeet(condition, data));
  }
  const { sky } = query;
  if (sky !== null) narrow(skyNames(query), (data) => inAnyRegion(kernel, sky, data));
  return rows;
}

function inAnyRegion(kernel: HealpixKernel, { regions, test }: Sky, data: readonly Data[]): Uint32Array {
  const found = regions.map((region) => {
    if (test !== 'position') return kernel.footprintRows(region, footprintsOf(data), test);
    const [lon, lat] = data.map(({ values }) => values);
    if ('kind' in region) return kernel.regionRows(region, lon, lat, null);
    return kernel.coneRows(region, lon, lat, null).row;
  });
  if (found.length === 1) return found[0]!;
  return Uint32Array.from(new Set(found.flatMap((rows) => [...rows]))).sort();
}

/** Rows of a row group, but for the last one of a file. */
const GROUP_ROWS = 1024;

let rowNumbers = Uint32Array.from({ length: GROUP_ROWS }, (_, row) => row);

function allRows(count: number): Uint32Array {
  if (count > rowNumbers.length) rowNumbers = Uint32Array.from({ length: count }, (_, row) => row);
  return rowNumbers.subarray(0, count);
}
