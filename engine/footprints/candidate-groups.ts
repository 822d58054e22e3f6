import {
  leavesInRanges,
  type Release,
  type RowGroup,
  rowGroupAt,
  rowGroupsInRanges,
} from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';

/**
 * The row groups of a release, leaf by leaf.
 * @param ranges cells in which the positions of the rows must be; null for all.
 * @throws CorruptReleaseError, StorageError
 */
export async function* candidateGroups(
  { leaves }: Pick<Engine, 'leaves'>,
  release: Release,
  ranges: CellRanges | null,
): AsyncGenerator<readonly RowGroup[], void, undefined> {
  const numbers = ranges === null ? release.manifest.leaves.keys() : leavesInRanges(release, ranges);
  for (const number of numbers) {
    const leaf = leaves.cached(release, number) ?? (await leaves.load(release, number));
    const places = ranges === null ? [...leaf.rows.keys()] : rowGroupsInRanges(leaf, ranges);
    if (places.length > 0) yield places.map((at) => rowGroupAt(release, number, leaf, at));
  }
}
