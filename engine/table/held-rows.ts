import { QueryError } from '../errors.ts';
import { type ColumnGroup, columnGroups } from './column-groups.ts';
import type { ResultTable } from './result.ts';

/** Rows that a format has to know before it can write the first of them. */
export interface HeldRows {
  readonly groups: readonly ColumnGroup[];
  readonly rows: number;
  readonly overflow: boolean;
}

/** Bytes of rows that are held at most, in memory: an isolate on Cloudflare has 128 MB for everything. */
const MOST_BYTES = 32 << 20;

/** Rows of a group. */
const GROUP_ROWS = 65_536;

/** An answer that is too long for the format that was asked for; the message says which formats are not. */
export class TooLongForFormatError extends QueryError {
  override readonly name = 'TooLongForFormatError';
}

/**
 * All rows of an answer, in memory.
 * @param why the end of a sentence about the format: `says at its beginning how many rows it has`.
 * @throws TooLongForFormatError
 */
export async function heldRows({ batches, columns }: ResultTable, why: string): Promise<HeldRows> {
  const collector = columnGroups(columns, GROUP_ROWS);
  const groups: ColumnGroup[] = [];
  let rows = 0;
  let bytes = 0;
  let waiting = 0;
  try {
    let next = await batches.next();
    for (; !next.done; next = await batches.next()) {
      const { length } = next.value;
      rows += length;
      waiting += length;
      const group = collector.add(next.value);
      if (group === null) continue;
      groups.push(group);
      bytes += bytesOf(group);
      waiting = 0;
      if (bytes > MOST_BYTES) throw tooLong(rows - waiting, why);
    }
    const rest = collector.rest();
    if (rest !== null) groups.push(rest);
    return { groups, rows, overflow: next.value.overflow };
  } finally {
    await batches.return({ overflow: false });
  }
}

function bytesOf({ columns }: ColumnGroup): number {
  return columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function tooLong(rows: number, why: string): TooLongForFormatError {
  return new TooLongForFormatError(
    `the format ${why}, so that all rows have to be held until then, and these are more than the ${MOST_BYTES >> 20} MB that are: ` +
      `after some ${rows} rows there were more. Ask for fewer rows or columns, or for votable, parquet, arrow, csv, tsv or json, which have no such limit`,
  );
}
