import { type Field, RecordBatchReader } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { joinedBytes } from '../joined-bytes.ts';
import { arrowType } from '../table/arrow.ts';
import type { Batch, Overflow } from '../table/result.ts';
import { DuckdbError } from './duckdb-error.ts';
import { writeQuery } from './message.ts';
import { type DuckdbFault, type DuckdbQuery, END_OF_STREAM } from './query.ts';

/** What of a service binding is used here. */
export interface Fetcher {
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** Milliseconds after the deadline at which an answer that has not begun is not waited for any more. */
const GRACE = 1000;

/**
 * Asks the DuckDB worker. It is asked when the first batch is; `return()` and the signal end its work.
 * @param columns of the answer: its Arrow types must be theirs (`arrowType`).
 * @param query whose `rows` is one more than the rows wanted: the last one only tells of the overflow.
 * @throws DuckdbError from `next()`: before the first batch nothing has been answered.
 */
export async function* askDuckdb(
  worker: Fetcher,
  query: DuckdbQuery,
  columns: readonly Column[],
  signal: AbortSignal | null,
): AsyncGenerator<Batch, Overflow, undefined> {
  const reader = await RecordBatchReader.from(wholeStream(await post(worker, query, signal)));
  await reader.open();
  try {
    requireTypes(reader.schema.fields, columns);
    let left = query.rows - 1;
    for await (const { data, numRows } of reader) {
      const length = Math.min(numRows, left);
      const cells = data.children.map((child) => ({
        data: length < numRows ? child.slice(0, length) : child,
        rows: null,
      }));
      if (length > 0) yield { length, columns: cells };
      left -= length;
      if (length < numRows) return { overflow: true };
    }
    return { overflow: false };
  } finally {
    await reader.cancel();
  }
}

async function post(
  worker: Fetcher,
  query: DuckdbQuery,
  signal: AbortSignal | null,
): Promise<ReadableStream<Uint8Array>> {
  const given = new AbortController();
  const leave = () => given.abort(signal!.reason);
  signal?.addEventListener('abort', leave);
  // A worker that DuckDB keeps busy cannot say that it is late.
  const busy = new DuckdbError('deadline', `DuckDB has not answered for ${query.deadline / 1000} s`);
  const timer = setTimeout(() => given.abort(busy), query.deadline + GRACE);
  signal?.throwIfAborted();
  const response = await worker
    .fetch('http://duckdb/query', {
      method: 'POST',
      body: writeQuery(query),
      signal: given.signal,
    })
    .catch((cause) => {
      throw given.signal.aborted ? given.signal.reason : unreachable(cause);
    })
    .finally(() => clearTimeout(timer));
  if (response.ok) return response.body!;
  const { fault, message } = (await response.json().catch(() => ({}))) as Partial<DuckdbFault>;
  throw fault ? new DuckdbError(fault, message!) : unreachable(`it answered ${response.status}`);
}

/** The bytes of an answer, up to its very end. */
async function* wholeStream(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let end = new Uint8Array();
  try {
    for await (const bytes of body) {
      end = joinedBytes([end, bytes.subarray(-END_OF_STREAM.length)]).subarray(-END_OF_STREAM.length);
      yield bytes;
    }
  } catch (cause) {
    throw unreachable(cause);
  }
  if (end.join() !== END_OF_STREAM.join()) throw unreachable('its answer ends too early');
}

function requireTypes(fields: readonly Field[], columns: readonly Column[]): void {
  const came = fields.map(({ type }) => `${type}`);
  const wanted = columns.map((column) => `${arrowType(column)}`);
  if (came.join() === wanted.join()) return;
  throw new DuckdbError('query', `DuckDB answered with columns of ${came} instead of ${wanted}`);
}

function unreachable(cause: unknown): DuckdbError {
  const why = cause instanceof Error ? cause.message : cause;
  return new DuckdbError('trap', `the DuckDB worker cannot be reached: ${why}`, { cause });
}
