import type pg from 'pg';
import { receiveCopy } from '../database/receive-copy.ts';
import { BUCKET_ORDER } from './sky-tasks.ts';
import type { Spill } from './spill.ts';

/** Rows that a COPY gave. */
export interface CopiedRows {
  /** Those that are in the spill. */
  readonly rows: number;
  /** Those that are not, because their position is null, NaN or out of range. */
  readonly rowsWithoutPosition: number;
}

/** Progress is told each time that so many bytes were read. */
const TELL_BYTES = 2 ** 20;

/**
 * Brings the rows of a table with positions into a spill, by bucket.
 * @param statement a binary COPY.
 * @param fields numbers of those that the positions are in.
 * @param advance is told of how many more rows were read.
 * @throws Error when PostgreSQL or the spill fails. The connection is closed then.
 */
export async function copyToSpill(
  client: pg.Client,
  statement: string,
  fields: { readonly ra: number; readonly dec: number },
  spill: Spill,
  advance: (rows: number) => void,
): Promise<CopiedRows> {
  const reader = spill.reader(fields, BUCKET_ORDER);
  let rows = 0;
  let rowsWithoutPosition = 0;
  let untold = 0;
  const place = (): boolean => {
    const come = reader.place();
    rows += come.rows - come.rowsWithoutPosition;
    rowsWithoutPosition += come.rowsWithoutPosition;
    untold = 0;
    advance(come.rows);
    return come.ended;
  };
  let complete = false;
  try {
    await receiveCopy(client, statement, {
      read(bytes) {
        const read = reader.read(bytes);
        untold += read;
        return read;
      },
      wait() {
        const isFull = spill.isFull();
        if (isFull || untold >= TELL_BYTES) place();
        return isFull ? spill.flush() : null;
      },
    });
    if (!place())
      throw new Error('the rows from PostgreSQL end before their trailer: the connection was cut');
    complete = true;
    return { rows, rowsWithoutPosition };
  } finally {
    if (!complete) await client.end().catch(() => {});
  }
}
