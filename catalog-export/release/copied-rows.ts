import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { type CopyRows, copyRows } from './copy-binary.ts';

/** The rows that a COPY gives. One that is left half-way cannot be resumed or skipped: the connection is closed then. */
export async function* copiedRows(client: pg.Client, statement: string): AsyncGenerator<CopyRows> {
  let complete = false;
  try {
    yield* copyRows(client.query(copyTo(statement)));
    complete = true;
  } finally {
    if (!complete) await client.end().catch(() => {});
  }
}
