import type { Column } from '../../engine/catalog/column.ts';
import { HEALPIX_COLUMN } from '../../engine/catalog/manifest.ts';
import type { RowBatch } from '../database/copy.ts';

/** A file's table on its way into PostgreSQL. */
export interface IngestSource {
  readonly columns: readonly Column[];
  readonly description: string | null;
  readonly rowCount: number;
  /** Names of the columns of arrays whose arraysize the file tells, so that nobody need look for it in the rows. */
  readonly arraysizes: ReadonlySet<string>;
  /** The rows, values in the order of the columns; each call reads from the start. */
  batches(): AsyncIterable<RowBatch>;
}

export const BATCH_ROWS = 2000;

/** What the user chose of a table's columns; null for all of them. Names are compared without case. */
export type ColumnChoice = readonly string[] | null;

/** Longest name of a column or table in PostgreSQL, in bytes. */
const NAME_BYTES = 63;

/**
 * A file's column names as the table will have them: in lower case, so that queries need no quotes, unless two
 * names differ in case only.
 * @throws Error for names that are empty, given twice or too long.
 */
export function columnNames(names: readonly string[]): string[] {
  const lower = names.map((name) => name.trim().toLowerCase());
  const result = names.map((name, i) => (isUnique(lower[i]!, lower) ? lower[i]! : name.trim()));
  for (const [i, name] of result.entries()) {
    if (name === '') throw new Error(`column ${i + 1} has no name: the first line must name every column`);
    if (!isUnique(name, result)) throw new Error(`two columns are called "${name}": rename one`);
    if (Buffer.byteLength(name) > NAME_BYTES) {
      throw new Error(
        `the column name "${name}" is longer than PostgreSQL's ${NAME_BYTES} bytes: shorten it`,
      );
    }
  }
  return result;
}

function isUnique(name: string, names: readonly string[]): boolean {
  return names.indexOf(name) === names.lastIndexOf(name);
}

/**
 * Positions of the chosen columns among `names`, in the order chosen. A HEALPix index from a HATS catalogue is
 * left out: the export makes its own under that name.
 * @throws Error for a name that is not among them.
 */
export function chosenIndexes(names: readonly string[], choice: ColumnChoice): number[] {
  const indexes = choice?.map((wanted) => indexOf(names, wanted)) ?? names.map((_, i) => i);
  return [...new Set(indexes)].filter((i) => names[i] !== HEALPIX_COLUMN);
}

function indexOf(names: readonly string[], wanted: string): number {
  const exact = names.indexOf(wanted);
  if (exact >= 0) return exact;
  const index = names.findIndex((name) => name.toLowerCase() === wanted.toLowerCase());
  if (index < 0) throw new Error(`there is no column "${wanted}": the columns are ${names.join(', ')}`);
  return index;
}
