import { joinedBytes } from '../../engine/joined-bytes.ts';
import type { Batch, Overflow, ResultTable } from '../../engine/table/result.ts';
import type { Bytes } from './answer-body.ts';

/** Whether the rows came to their end: a writer may end a document whose rows failed, and say so in it. */
export function watchedRows(table: ResultTable): { table: ResultTable; complete(): boolean } {
  let complete = false;
  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    const overflow = yield* table.batches;
    complete = true;
    return overflow;
  }
  return { table: { ...table, batches: batches() }, complete: () => complete };
}

/** Chunks as they pass, and all of them together once they have: null if they are too long, or did not come to their end. */
export function copiedBytes(
  source: AsyncGenerator<Bytes>,
  maxBytes: number,
): { chunks: AsyncGenerator<Bytes, void>; whole: Promise<Bytes | null> } {
  const { promise, resolve } = Promise.withResolvers<Bytes | null>();
  async function* chunks(): AsyncGenerator<Bytes, void> {
    let pieces: Bytes[] = [];
    let length = 0;
    let ended = false;
    try {
      for await (const chunk of source) {
        length += chunk.byteLength;
        if (length <= maxBytes) pieces.push(chunk);
        else pieces = [];
        yield chunk;
      }
      ended = true;
    } finally {
      resolve(ended && length <= maxBytes ? joinedBytes(pieces) : null);
    }
  }
  return { chunks: chunks(), whole: promise };
}
