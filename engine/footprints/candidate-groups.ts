import type { Leaf } from '../catalog/leaf.ts';
import { type Release, type RowGroup, rowGroupAt, rowGroupsInRanges } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { remembered } from '../remembered.ts';

/** A row group, and which of its rows may be wanted, ascending; null for all of them. */
export interface CandidateGroup {
  readonly group: RowGroup;
  readonly rows: Uint32Array | null;
}

/** Number of the first row of each leaf in the release. */
const firstRows = remembered(({ manifest }: Release): Float64Array => {
  const first = new Float64Array(manifest.leaves.length);
  for (let at = 1; at < first.length; at++) first[at] = first[at - 1]! + manifest.leaves[at - 1]!.rows;
  return first;
});

/**
 * The row groups of rows, leaf by leaf.
 * @param wanted numbers of rows in the release, ascending; null for all rows.
 * @param ranges cells in which the positions of the rows must be; null for all.
 * @throws CorruptReleaseError, StorageError
 */
export async function* candidateGroups(
  { leaves }: Pick<Engine, 'leaves'>,
  release: Release,
  wanted: Uint32Array | null,
  ranges: CellRanges | null,
): AsyncGenerator<readonly CandidateGroup[], void, undefined> {
  let from = 0;
  for (const [number, { rows: count }] of release.manifest.leaves.entries()) {
    const first = firstRows(release)[number]!;
    let to = from;
    if (wanted !== null) {
      while (to < wanted.length && wanted[to]! < first + count) to++;
      if (to === from) continue;
    }
    const leaf = leaves.cached(release, number) ?? (await leaves.load(release, number));
    const groups = wanted === null ? [...leaf.rows.keys()] : null;
    const found =
      groups === null
        ? groupsOfRows(leaf, wanted!.subarray(from, to), first)
        : groups.map((at): [number, null] => [at, null]);
    from = to;
    const near = ranges && new Set(rowGroupsInRanges(leaf, ranges));
    const kept = found.filter(([at]) => near === null || near.has(at));
    if (kept.length > 0) {
      yield kept.map(([at, rows]) => ({ group: rowGroupAt(release, number, leaf, at), rows }));
    }
  }
}

/** Places of row groups in a leaf, with the rows that are wanted of each, counted from its first. */
function groupsOfRows(leaf: Leaf, wanted: Uint32Array, firstRow: number): [number, Uint32Array][] {
  const found: [number, Uint32Array][] = [];
  let first = firstRow;
  let from = 0;
  for (let at = 0; at < leaf.rows.length && from < wanted.length; at++) {
    const end = first + leaf.rows[at]!;
    let to = from;
    while (to < wanted.length && wanted[to]! < end) to++;
    if (to > from) found.push([at, wanted.slice(from, to).map((row) => row - first)]);
    first = end;
    from = to;
  }
  return found;
}
