import type { Data } from 'apache-arrow';
import { coverageOf } from '../catalog/coverage.ts';
import { HEALPIX_COLUMN } from '../catalog/manifest.ts';
import {
  leavesInRanges,
  type Release,
  type RowGroup,
  rowGroupAt,
  rowGroupsInRanges,
} from '../catalog/release.ts';
import { mainColumns } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { CellRanges, Cone, ConeRows } from '../healpix-wasm/kernel.ts';
import { touches } from '../healpix-wasm/ranges.ts';
import type { StoredBytes } from '../parquet/row-groups.ts';
import { readAhead } from './read-ahead.ts';

/** Rows of one row group that are in the cone, ascending, with their separations in degrees; at least one. */
export interface Matches extends ConeRows {
  /** The columns asked for, whole. */
  readonly columns: readonly Data[];
}

/** Row groups that are read together. */
const BLOCK_ROW_GROUPS = 16;

/** Blocks on their way at once: the one whose rows are being sent, and the next. */
const BLOCKS = 2;

/** What is known of a row group before it is its turn. */
interface Candidate {
  readonly group: RowGroup;
  /** Rows that may be in the cone; null where the index column has to be read for that. */
  readonly rows: Uint32Array | null;
  /** Null where they have to be read. */
  readonly columns: readonly Data[] | null;
}

interface Block {
  readonly candidates: readonly Candidate[];
  readonly stored: StoredBytes;
}

/**
 * The rows in a cone, row group by row group in ascending order of cells. Of a row group only the index column
 * is decoded, into the kernel's memory, until it is known to have a row that may be in the cone.
 * @param names of the columns wanted.
 * @throws CorruptReleaseError, StorageError
 */
export async function* coneMatches(
  engine: Engine,
  release: Release,
  cone: Cone,
  names: readonly string[],
): AsyncGenerator<Matches, void, undefined> {
  const { kernel, rowGroups } = engine;
  const ranges = kernel.coneRanges(cone);
  if (!touches(ranges, coverageOf(release))) return;
  const { ra, dec } = mainColumns(release.manifest.table);
  const wanted = [ra.name, dec.name, ...names];

  function look(group: RowGroup): Candidate {
    const rows = rowGroups.cachedIndex(group)?.candidates(cone, ranges) ?? null;
    const columns = rows?.length === 0 ? [] : rowGroups.cachedColumns(group, wanted);
    return { group, rows, columns };
  }

  async function load(groups: readonly RowGroup[]): Promise<Block> {
    const candidates = groups.map(look).filter(({ rows }) => rows?.length !== 0);
    const unread = candidates.filter(({ rows, columns }) => rows === null || columns === null);
    if (unread.length === 0) return { candidates, stored: [] };
    const stored = await rowGroups.fetch(
      unread.map(({ group }) => group),
      unread.some(({ rows }) => rows === null) ? [HEALPIX_COLUMN, ...wanted] : wanted,
    );
    return { candidates, stored };
  }

  for await (const { candidates, stored } of readAhead(blocks(engine, release, ranges), BLOCKS, load)) {
    for (const { group, rows, columns } of candidates) {
      const found = rows ?? rowGroups.useIndex(group, stored, (index) => index.candidates(cone, ranges));
      if (found.length === 0) continue;
      const [lon, lat, ...rest] = columns ?? rowGroups.columns(group, stored, wanted);
      const inside = kernel.coneRows(cone, lon!.values, lat!.values, found);
      if (inside.row.length > 0) yield { ...inside, columns: rest };
    }
  }
}

/** Row groups that may have rows in the ranges, in ascending order. */
async function* blocks(
  { leaves }: Engine,
  release: Release,
  ranges: CellRanges,
): AsyncGenerator<RowGroup[], void, undefined> {
  for (const number of leavesInRanges(release, ranges)) {
    const leaf = leaves.cached(release, number) ?? (await leaves.load(release, number));
    const groups = rowGroupsInRanges(leaf, ranges);
    for (let from = 0; from < groups.length; from += BLOCK_ROW_GROUPS) {
      yield groups.slice(from, from + BLOCK_ROW_GROUPS).map((at) => rowGroupAt(release, number, leaf, at));
    }
  }
}
