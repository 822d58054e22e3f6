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
import type { Cone, ConeRows } from '../healpix-wasm/kernel.ts';
import { touches } from '../healpix-wasm/ranges.ts';
import type { KeptColumn } from '../parquet/kept-column.ts';
import type { StoredBytes } from '../parquet/row-groups.ts';

/**
 * Rows of one row group that are in the cone, ascending, with their separations in degrees; at least one. They are
 * rows of the columns beside them.
 */
export interface Matches extends ConeRows {
  /** The columns asked for; other rows may be among theirs. */
  readonly columns: readonly Data[];
}

/** Row groups that are read together, while the rows of those before them are sent. */
const BLOCK_ROW_GROUPS = 8;

/** A cone that touches more row groups of a leaf reads through, and leaves the cache to the small ones. */
const KEPT_ROW_GROUPS = 64;

/** What is known of a row group before it is its turn. */
interface Candidate {
  readonly group: RowGroup;
  /** Rows that may be in the cone; null where the index column has to be read for that. */
  readonly rows: Uint32Array | null;
  /** Null where they have to be read. */
  readonly columns: readonly KeptColumn[] | null;
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
  const { kernel, leaves, rowGroups } = engine;
  const ranges = kernel.coneRanges(cone);
  if (!touches(ranges, coverageOf(release))) return;
  const { ra, dec } = mainColumns(release.manifest.table);
  const wanted = [ra.name, dec.name, ...names];

  function look(group: RowGroup): Candidate {
    const rows = rowGroups.cachedIndex(group)?.candidates(cone, ranges) ?? null;
    const columns = rows?.length === 0 ? [] : rowGroups.cachedColumns(group, wanted);
    return { group, rows, columns };
  }

  /** At once where nothing has to be read. */
  function load(groups: readonly RowGroup[]): Block | Promise<Block> {
    const candidates = groups.map(look).filter(({ rows }) => rows?.length !== 0);
    const unread = candidates.filter(({ rows, columns }) => rows === null || columns === null);
    if (unread.length === 0) return { candidates, stored: [] };
    const needed = unread.some(({ rows }) => rows === null) ? [HEALPIX_COLUMN, ...wanted] : wanted;
    const reading = rowGroups.fetch(
      unread.map(({ group }) => group),
      needed,
    );
    return reading.then((stored) => ({ candidates, stored }));
  }

  for (const number of leavesInRanges(release, ranges)) {
    const leaf = leaves.cached(release, number) ?? (await leaves.load(release, number));
    const found = rowGroupsInRanges(leaf, ranges);
    const block = (from: number) => {
      const positions = found.slice(from, from + BLOCK_ROW_GROUPS);
      return load(positions.map((at) => rowGroupAt(release, number, leaf, at)));
    };
    const keep = found.length <= KEPT_ROW_GROUPS;
    let next = block(0);
    for (let from = 0; from < found.length; from += BLOCK_ROW_GROUPS) {
      const { candidates, stored } = next instanceof Promise ? await next : next;
      next = block(from + BLOCK_ROW_GROUPS);
      // Whoever asks for no more rows does not hear of it.
      if (next instanceof Promise) next.catch(() => {});
      for (const { group, rows, columns } of candidates) {
        const maybe =
          rows ?? rowGroups.useIndex(group, stored, keep, (index) => index.candidates(cone, ranges));
        if (maybe.length === 0) continue;
        const kept = columns ?? rowGroups.columns(group, stored, keep, wanted);
        const [lon, lat, ...rest] = kept.map((column) => column.take(maybe));
        const inside = kernel.coneRows(cone, lon!.values, lat!.values, null);
        if (inside.row.length > 0) yield { ...inside, columns: rest };
      }
    }
  }
}
