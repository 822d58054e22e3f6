import { newOutput, type Output, take } from './output.ts';
import type { Batch, ResultTable } from './result.ts';

/** Bytes at which a chunk is sent. */
const CHUNK_BYTES = 65_536;

/** Rows written between two looks at the size of the chunk, where the format does not say. */
const ROWS_AT_ONCE = 64;

/** A format: what it writes before, between and after the rows. It holds the state of one answer. */
export interface TableEncoder {
  readonly rowsAtOnce?: number;
  start(out: Output): void;
  /** Makes what writes the rows [from, to) of a batch. */
  rows(batch: Batch): (from: number, to: number, out: Output) => void;
  end(out: Output, overflow: boolean): void;
  /** Ends an answer whose rows fail midway, if the format can say so; else the stream fails. */
  fail?(out: Output, error: unknown): void;
}

/**
 * An answer in a format, in chunks of some 64 kB, each made when it is asked for. What fails before the
 * first chunk is thrown: wait for that chunk before you promise success.
 */
export async function* streamTable(
  { batches }: ResultTable,
  encoder: TableEncoder,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const out = newOutput();
  const { rowsAtOnce = ROWS_AT_ONCE } = encoder;
  let started = false;
  try {
    let next = await batches.next();
    encoder.start(out);
    for (; !next.done; next = await batches.next()) {
      const rows = next.value.length;
      const write = encoder.rows(next.value);
      for (let from = 0; from < rows; from += rowsAtOnce) {
        write(from, Math.min(from + rowsAtOnce, rows), out);
        if (out.length < CHUNK_BYTES) continue;
        started = true;
        yield take(out);
      }
    }
    encoder.end(out, next.value.overflow);
  } catch (error) {
    if (!started || encoder.fail === undefined) throw error;
    encoder.fail(out, error);
  } finally {
    await batches.return({ overflow: false });
  }
  yield take(out);
}
