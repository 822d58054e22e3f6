import { type VotableHeader, votableWithoutData } from './votable-header.ts';

/** How astropy shows a null text; a shorter column would cut it. */
const ASTROPY_NULL = 'None';

/**
 * The key-value metadata of a Parquet file: VOParquet 1.0 §2.2, and for astropy the width of text columns. Its `parquet.votable`
 * reader (8.0) fails on texts of unknown length, be it in the VOTable (arraysize `*`) or, when some are null, in the Parquet
 * file (`table::len::`).
 * @param longest bytes of the longest text of each column that is text in Parquet, by name.
 */
export function voparquetMetadata(
  header: VotableHeader,
  longest: ReadonlyMap<string, number>,
): Map<string, string> {
  const columns = header.columns.map((column) => {
    const length = longest.get(column.name);
    return length === undefined || column.arraysize !== '*'
      ? column
      : { ...column, arraysize: `${Math.max(1, length)}*` };
  });
  const widths = Array.from(longest, ([name, length]): [string, string] => [
    `table::len::${name}`,
    `${Math.max(length, ASTROPY_NULL.length)}`,
  ]);
  return new Map([
    ['IVOA.VOTable-Parquet.version', '1.0'],
    ['IVOA.VOTable-Parquet.content', votableWithoutData({ ...header, columns })],
    ...widths,
  ]);
}
