import type { Data } from 'apache-arrow';
import { HEALPIX_COLUMN } from '../catalog/manifest.ts';
import type { Release } from '../catalog/release.ts';
import { mainColumns } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { KeptColumn } from '../parquet/kept-column.ts';
import type { StoredBytes } from '../parquet/row-groups.ts';
import { type Asked, type Cones, planVisits, type Visit } from './visits.ts';

/** Matches of some cones: rows of the pieces' columns as if those of one were put below those of another. */
export interface FoundRows {
  /** The columns asked for, of rows that may be in a cone. */
  readonly pieces: (readonly Data[])[];
  /** Rows of all pieces. */
  held: number;
  /** Each match: the place of its cone, its row, its separation in degrees. Those of one cone in the order of storage. */
  readonly cone: number[];
  readonly row: number[];
  readonly separation: number[];
}

/** Row groups that are read together, while those before them are looked at. */
const BLOCK_ROW_GROUPS = 32;

interface Loaded {
  readonly visits: readonly (Visit & { readonly columns: readonly KeptColumn[] | null })[];
  readonly stored: StoredBytes;
}

/**
 * Adds the rows of some cones to those found. Each row group is visited once for all cones of a plan.
 * @param which of the cones, in the order of their cells.
 * @param names of the columns wanted.
 * @param mostRows bound on the rows held.
 * @returns false where there are more: what was found then is not all.
 * @throws CorruptReleaseError, StorageError
 */
export async function findRows(
  engine: Engine,
  release: Release,
  cones: Cones,
  which: Uint32Array,
  names: readonly string[],
  found: FoundRows,
  mostRows: number,
): Promise<boolean> {
  const { ra, dec } = mainColumns(release.manifest.table);
  const wanted = [ra.name, dec.name, ...names];
  for (let from = 0; from < which.length; ) {
    const { visits, rows, cones: planned } = await planVisits(engine, release, cones, which.subarray(from));
    if (found.held + rows > mostRows) return false;
    from += planned;
    let next = load(engine, visits.slice(0, BLOCK_ROW_GROUPS), wanted);
    for (let at = 0; at < visits.length; at += BLOCK_ROW_GROUPS) {
      const block = next instanceof Promise ? await next : next;
      const following = visits.slice(at + BLOCK_ROW_GROUPS, at + 2 * BLOCK_ROW_GROUPS);
      next = load(engine, following, wanted);
      // Where too many rows end the search, nobody waits for it.
      if (next instanceof Promise) next.catch(() => {});
      for (const visit of block.visits) {
        look(engine, visit, block.stored, wanted, found);
        if (found.held > mostRows) return false;
      }
    }
  }
  return true;
}

/** At once where nothing has to be read. */
function load(
  { rowGroups }: Engine,
  planned: readonly Visit[],
  wanted: readonly string[],
): Loaded | Promise<Loaded> {
  const visits = planned.map((visit) => ({
    ...visit,
    columns: rowGroups.cachedColumns(visit.group, wanted),
  }));
  const unread = visits.filter(({ asked, columns }) => columns === null || asked.some(needsIndex));
  if (unread.length === 0) return { visits, stored: [] };
  const needed = unread.some(({ asked }) => asked.some(needsIndex)) ? [HEALPIX_COLUMN, ...wanted] : wanted;
  const reading = rowGroups.fetch(
    unread.map(({ group }) => group),
    needed,
  );
  return reading.then((stored) => ({ visits, stored }));
}

const needsIndex = ({ rows }: Asked): boolean => rows === null;

/** Adds the matches in one row group. */
function look(
  { kernel, rowGroups }: Engine,
  { group, asked, columns }: Loaded['visits'][number],
  stored: StoredBytes,
  wanted: readonly string[],
  found: FoundRows,
): void {
  const candidates = asked.some(needsIndex)
    ? rowGroups.useIndex(group, stored, true, (index) =>
        asked.map(({ cone, ranges, rows }) => rows ?? index.candidates(cone, ranges)),
      )
    : asked.map(({ rows }) => rows!);
  const rows = united(candidates);
  if (rows.length === 0) return;
  const kept = columns ?? rowGroups.columns(group, stored, true, wanted);
  const [lon, lat, ...rest] = kept.map((column) => column.take(rows));
  let matched = false;
  asked.forEach(({ at, cone }, which) => {
    const inside = kernel.coneRows(cone, lon!.values, lat!.values, places(candidates[which]!, rows));
    for (let match = 0; match < inside.row.length; match++) {
      found.cone.push(at);
      found.row.push(found.held + inside.row[match]!);
      found.separation.push(inside.separation[match]!);
      matched = true;
    }
  });
  if (!matched) return;
  found.pieces.push(rest);
  found.held += rows.length;
}

/** Numbers of several ascending lists, ascending, each once. */
function united(lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length === 1) return lists[0]!;
  const all = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const list of lists) {
    all.set(list, end);
    end += list.length;
  }
  all.sort();
  let kept = 0;
  for (let at = 0; at < all.length; at++) {
    if (kept === 0 || all[at] !== all[kept - 1]) all[kept++] = all[at]!;
  }
  return all.subarray(0, kept);
}

/** Where ascending numbers stand in an ascending list that has them all. */
function places(numbers: Uint32Array, list: Uint32Array): Uint32Array {
  let place = 0;
  return numbers.map((number) => {
    while (list[place] !== number) place++;
    return place;
  });
}
