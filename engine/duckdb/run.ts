import { Message } from 'apache-arrow';
import type { Connection } from './database.ts';
import type { Pace } from './pace.ts';

/** Before the metadata of an Arrow IPC message: a marker and their length, four bytes each. */
const MESSAGE_HEAD = 8;

/**
 * Runs a SELECT, whose rows come as Arrow IPC messages: first the schema, once the first rows are known, then record batches. It
 * cannot change anything.
 */
export async function* run(
  connection: Connection,
  sql: string,
  pace: Pace,
): AsyncGenerator<Uint8Array, void, undefined> {
  connection.run('BEGIN TRANSACTION READ ONLY');
  connection.start(sql);
  for (;;) {
    const schema = connection.poll();
    if (schema !== null) {
      yield schema;
      break;
    }
    await pace.step();
  }
  for (;;) {
    const batch = connection.fetch();
    if (batch?.length === 0) break;
    if (batch !== null) yield batch;
    await pace.step();
  }
  connection.run('COMMIT');
}

/** Rows of a record batch. */
export function rowsOf(batch: Uint8Array): number {
  const header = Message.decode(batch.subarray(MESSAGE_HEAD)).header();
  return 'length' in header ? (header.length as number) : 0;
}
