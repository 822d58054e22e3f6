import { DataType } from 'apache-arrow';
import type { RowGroup } from '../catalog/release.ts';
import type { OpenedTable } from './query-tables.ts';
import { type ReleaseReader, rowGroupBytes, rowGroupsOf, sqlColumns } from './release-rows.ts';

/** Row groups of a piece at most, and of one with arrays: each may have a megabyte of them, however few bytes they are in files. */
const ROW_GROUPS = 64;
const ROW_GROUPS_OF_ARRAYS = 24;

/** What a piece takes in memory, about: one row group or so more. */
const PIECE_BYTES = 3 << 20;

/** Row groups of a table that are loaded together. At least one piece, for a query without rows has columns. */
export async function* piecesOf(
  reader: ReleaseReader,
  { release, columns, ranges }: OpenedTable,
): AsyncGenerator<readonly RowGroup[], void, undefined> {
  const arrays = sqlColumns(release, columns).some(({ arrowType }) => DataType.isList(arrowType));
  const most = arrays ? ROW_GROUPS_OF_ARRAYS : ROW_GROUPS;
  let piece: RowGroup[] = [];
  let bytes = 0;
  let first = true;
  for await (const group of rowGroupsOf(reader, release, ranges)) {
    piece.push(group);
    bytes += rowGroupBytes(group, columns);
    if (piece.length < most && bytes < PIECE_BYTES) continue;
    yield piece;
    piece = [];
    bytes = 0;
    first = false;
  }
  if (first || piece.length > 0) yield piece;
}
