import type { Data } from 'apache-arrow';
import type { Column } from '../../engine/catalog/column.ts';
import { INDEX_COLUMN } from '../../engine/catalog/index-column.ts';
import { hasPositions, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { voparquetMetadata } from '../../engine/table/voparquet.ts';

/** Is the column text in Parquet too? (Timestamps are text in VOTable only.) */
export function isText({ datatype, xtype }: Column): boolean {
  return (datatype === 'char' || datatype === 'unicodeChar') && xtype !== 'timestamp';
}

/** Bytes of the longest value of each text column. */
export function longestTexts(table: Table, arrays: readonly Data[]): Map<string, number> {
  const longest = new Map<string, number>();
  for (const [index, column] of table.columns.entries()) {
    if (isText(column)) longest.set(column.name, longestValue(arrays[index]!.valueOffsets as Int32Array));
  }
  return longest;
}

/**
 * The key-value metadata of a data file.
 * @param texts as `longestTexts` gives them.
 */
export function fileMetadata(table: Table, texts: ReadonlyMap<string, number>): Map<string, string> {
  const { description, columns } = table;
  const stored = hasPositions(table) ? [INDEX_COLUMN, ...columns] : columns;
  return voparquetMetadata({ name: qualifiedName(table), description, columns: stored, infos: [] }, texts);
}

function longestValue(offsets: Int32Array): number {
  let longest = 0;
  for (let row = 1; row < offsets.length; row += 1)
    longest = Math.max(longest, offsets[row]! - offsets[row - 1]!);
  return longest;
}
