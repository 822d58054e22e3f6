import { CorruptReleaseError, QueryError, StorageError } from '../errors.ts';
import type { FaultKind } from './query.ts';

/** A query that the DuckDB worker could not answer. */
export class DuckdbError extends QueryError {
  override readonly name = 'DuckdbError';
  readonly fault: FaultKind;

  constructor(fault: FaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** What an error means that DuckDB or the reading of a release threw. */
export function asDuckdbError(error: unknown): DuckdbError {
  if (error instanceof DuckdbError) return error;
  const fault = (kind: FaultKind, message: string) => new DuckdbError(kind, message, { cause: error });
  if (error instanceof CorruptReleaseError || error instanceof StorageError) {
    return fault('release', error.message);
  }
  const message = messageOf(error);
  if (OUT_OF_MEMORY.test(message)) return fault('memory', 'the query needs more memory than DuckDB has here');
  if (breaks(error)) return fault('trap', `DuckDB broke: ${message}`);
  return fault('query', message);
}

const OUT_OF_MEMORY = /out of memory|bad_alloc|allocation failure|could not allocate/i;

/** Whether the database that threw this is of no more use. */
export function breaks(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
    return true;
  return /bad_alloc|allocation failure|^(FATAL|INTERNAL) Error|database has been invalidated/i.test(
    messageOf(error),
  );
}

/** DuckDB's message is text, or, where it passed through C++, JSON. After the first line it gives hints for whoever wrote the SQL. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const json = /\{"exception_type":.*\}/s.exec(text);
  const message = json ? jsonMessage(json[0]) : text;
  return message.split('\n')[0]!.trim();
}

function jsonMessage(json: string): string {
  try {
    const { exception_type: type, exception_message: message } = JSON.parse(json);
    return `${type} Error: ${message}`;
  } catch {
    return json;
  }
}
