import { joinedBytes } from '../joined-bytes.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import { answer } from './answer.ts';
import type { DuckdbCode } from './database.ts';
import { asDuckdbError } from './duckdb-error.ts';
import { type Instance, startInstance } from './instance.ts';
import { startPace } from './pace.ts';
import { type DuckdbQuery, END_OF_STREAM } from './query.ts';
import type { ReleaseReader } from './release-rows.ts';
import { openSession } from './session.ts';
import { writeStatement } from './statement.ts';

/** Answers SELECTs from releases. */
export interface Duckdb {
  /**
   * The answer as an Arrow IPC stream. The first bytes hold the first rows, if there are any: until then an error may be thrown
   * that leaves nothing half said.
   * @param signal of whoever waits for the answer.
   * @throws DuckdbError
   */
  answer(query: DuckdbQuery, signal: AbortSignal | null): AsyncGenerator<Uint8Array, void, undefined>;
}

export interface DuckdbOptions {
  readonly reader: ReleaseReader;
  readonly code: DuckdbCode;
  /** Of WebAssembly's memory at most. */
  readonly memoryBytes: number;
}

/** DuckDB starts with the first query, and anew after it broke. */
export function createDuckdb({ reader, code, memoryBytes }: DuckdbOptions): Duckdb {
  let running: Instance | null = null;
  const share = sharedLoads<Instance>();

  async function start(): Promise<Instance> {
    running = await startInstance(code, memoryBytes);
    return running;
  }

  async function* messages(query: DuckdbQuery, signal: AbortSignal | null) {
    const statements = {
      quick: query.quick && writeStatement(query.quick, query.parameters),
      sql: writeStatement(query.sql, query.parameters),
    };
    if (running?.database.broken) running = null;
    const instance = running ?? (await share('', start));
    const session = openSession(instance);
    const pace = startPace(query.deadline, signal);
    try {
      for await (const message of answer(reader, session, query, statements, pace)) {
        pace.pause();
        yield message;
        pace.resume();
      }
    } finally {
      session.close();
    }
  }

  return {
    async *answer(query, signal) {
      try {
        let schema: Uint8Array | null = null;
        let batches = 0;
        for await (const message of messages(query, signal)) {
          if (schema === null) schema = message;
          else yield batches++ === 0 ? joinedBytes([schema, message]) : message;
        }
        yield batches === 0 ? joinedBytes([schema!, END_OF_STREAM]) : END_OF_STREAM;
      } catch (error) {
        throw signal?.aborted ? signal.reason : asDuckdbError(error);
      }
    },
  };
}
