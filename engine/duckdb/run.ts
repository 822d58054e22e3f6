import { Message } from 'apache-arrow';
import { DuckdbError } from './duckdb-error.ts';
import type { Pace } from './pace.ts';
import type { Session } from './session.ts';

/** Before the metadata of an Arrow IPC message: a marker and their length, four bytes each. */
const MESSAGE_HEAD = 8;

/**
 * Runs a SELECT, whose rows come as Arrow IPC messages: first the schema, once the first rows are known, then record batches. It
 * cannot change anything.
 */
export async function* run(
  session: Session,
  sql: string,
  pace: Pace,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { connection } = session;
  session.begin();
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
  session.end('COMMIT');
}

/**
 * Runs a SELECT, or, where it fails, another one with the same answer.
 * @param failed is told so.
 */
export async function* runEither(
  session: Session,
  [first, second]: readonly [first: string, second: string],
  failed: () => void,
  pace: Pace,
): AsyncGenerator<Uint8Array, void, undefined> {
  let begun = false;
  try {
    for await (const message of run(session, first, pace)) {
      begun = true;
      yield message;
    }
  } catch (error) {
    if (begun || !(error instanceof DuckdbError) || error.fault !== 'query') throw error;
    failed();
    session.end('ROLLBACK');
    yield* run(session, second, pace);
  }
}

/** Rows of a record batch. */
export function rowsOf(batch: Uint8Array): number {
  const header = Message.decode(batch.subarray(MESSAGE_HEAD)).header();
  return 'length' in header ? (header.length as number) : 0;
}
