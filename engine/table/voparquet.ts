import { type Column, fixedLength, isArray } from '../catalog/column.ts';
import { withArrowSchema } from './arrow-schema.ts';
import { type VotableHeader, votableWithoutData } from './votable-header.ts';

/** How astropy shows a null text; a shorter column would cut it. */
const ASTROPY_NULL = 'None';

/**
 * The key-value metadata of a Parquet file: VOParquet 1.0 §2.2, and for astropy the width of text columns. Its `parquet.votable`
 * reader (8.0) fails on texts of unknown length, be it in the VOTable (arraysize `*`) or, when some are null, in the Parquet
 * file (`table::len::`). It wants arrays in the VOTable to have the shape that they have in the Parquet file, which is flat.
 * @param longest bytes of the longest text of each column that is text in Parquet, by name.
 */
export function voparquetMetadata(
  header: VotableHeader,
  longest: ReadonlyMap<string, number>,
): Map<string, string> {
  const columns = header.columns.map((column) => asStored(column, longest.get(column.name)));
  const widths = Array.from(longest, ([name, length]): [string, string] => [
    `table::len::${name}`,
    `${Math.max(length, ASTROPY_NULL.length)}`,
  ]);
  const metadata = new Map([
    ['IVOA.VOTable-Parquet.version', '1.0'],
    ['IVOA.VOTable-Parquet.content', votableWithoutData({ ...header, columns })],
    ...widths,
  ]);
  return withArrowSchema(header.columns, metadata);
}

/** Arrays lie flat in Parquet, whatever their dimensions. */
function asStored(column: Column, longestText: number | undefined): Column {
  if (longestText !== undefined && column.arraysize === '*') {
    return { ...column, arraysize: `${Math.max(1, longestText)}*` };
  }
  if (!isArray(column)) return column;
  return { ...column, arraysize: `${fixedLength(column.arraysize!) ?? '*'}` };
}
