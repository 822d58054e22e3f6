import { positionColumns, type Table } from '../catalog/table.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { quoted } from './quoted.ts';

/** SQL of what a release has of a table: rows whose position is on the sphere, as exports take it. */
export function hasPosition(table: Table, prefix = ''): string {
  const { ra, dec } = positionColumns(table)!;
  return `${prefix}${quoted(ra.name)} BETWEEN 0 AND 360 AND ${prefix}${quoted(dec.name)} BETWEEN -90 AND 90`;
}

/** More ranges than these cost PostgreSQL more than the rows that they keep out. */
const MOST_RANGES = 32;

/** SQL of what PostgreSQL finds the rows in some cells of order 29 by, or in a few cells more. */
export function inRanges(table: Table, ranges: CellRanges): string {
  const { ra, dec } = positionColumns(table)!;
  // As the index has it, without casts.
  const cell = `almagest.healpix_index(29, ${quoted(ra.name)}, ${quoted(dec.name)})`;
  const parts = fewRanges(ranges).map(([first, last]) => `${cell} BETWEEN ${first} AND ${last}`);
  return parts.length === 0 ? 'false' : `(${parts.join(' OR ')})`;
}

/** The ranges, from the first to the last cell, those with the smallest gaps between them made one. */
function fewRanges({ start, end }: CellRanges): (readonly [first: bigint, last: bigint])[] {
  const gaps = Array.from(start.subarray(1), (next, index) => ({ index, size: next - end[index]! }));
  gaps.sort((a, b) => (a.size < b.size ? 1 : a.size > b.size ? -1 : 0));
  const kept = gaps.slice(0, MOST_RANGES - 1).map(({ index }) => index);
  const lasts = [...kept.sort((a, b) => a - b), ...(start.length > 0 ? [start.length - 1] : [])];
  return lasts.map(
    (last, index) => [start[index === 0 ? 0 : lasts[index - 1]! + 1]!, end[last]! - 1n] as const,
  );
}
