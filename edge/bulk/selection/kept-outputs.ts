import { LRUCache } from 'lru-cache';
import { joinedBytes } from '../../../engine/joined-bytes.ts';
import { sharedLoads } from '../../../engine/storage/shared-loads.ts';
import type { Bytes } from '../../answer/answer-body.ts';
import { createTurns } from './turns.ts';

/** What is known of an output that was made once: its size, and its last bytes, which may be all. */
export interface KeptOutput {
  readonly size: number;
  /** Where the bytes begin. */
  readonly from: number;
  readonly bytes: Bytes;
}

/** Makes an output from its beginning: the same bytes each time. */
export type Make = () => AsyncGenerator<Bytes>;

/** Bytes of an output that are kept: readers of Parquet begin at its end. */
const KEPT_BYTES = 1 << 20;
const CACHE_BYTES = 4 << 20;

/** Keeps the ends of outputs for those who read a file in ranges, one of which would otherwise cost as much as all of it. */
export function createKeptOutputs() {
  const cache = new LRUCache<string, KeptOutput>({ maxSize: CACHE_BYTES });
  const share = sharedLoads<KeptOutput>();
  const inTurn = createTurns();

  async function* watched(key: string, make: Make): AsyncGenerator<Bytes, KeptOutput> {
    const pieces: Bytes[] = [];
    let held = 0;
    let size = 0;
    for await (const piece of inTurn(make)) {
      pieces.push(piece);
      held += piece.length;
      size += piece.length;
      while (held - pieces[0]!.length >= KEPT_BYTES) held -= pieces.shift()!.length;
      yield piece;
    }
    // A piece may be as large as a row group.
    const bytes = joinedBytes(pieces).slice(-KEPT_BYTES);
    const output = { size, from: size - bytes.length, bytes };
    cache.set(key, output, { size: bytes.length + 1 });
    return output;
  }

  async function measured(key: string, make: Make): Promise<KeptOutput> {
    const pieces = watched(key, make);
    for (;;) {
      const next = await pieces.next();
      if (next.done) return next.value;
    }
  }

  return {
    known: (key: string): KeptOutput | null => cache.get(key) ?? null,
    /** The output as it is made; what is worth knowing of it is kept. */
    watched,
    /** The output as it is made, when it is its turn. */
    inTurn,
    /** Makes the output once, if it is not known, to know it. */
    measured: async (key: string, make: Make): Promise<KeptOutput> =>
      cache.get(key) ?? share(key, () => measured(key, make)),
  };
}

export type KeptOutputs = ReturnType<typeof createKeptOutputs>;

/** The bytes [offset, offset + length) of an output: from what is kept of it, else made anew up to their end. */
export async function* partOf(
  { from, bytes }: KeptOutput,
  make: Make,
  offset: number,
  length: number,
): AsyncGenerator<Bytes> {
  if (offset >= from) {
    yield bytes.slice(offset - from, offset - from + length);
    return;
  }
  let at = 0;
  for await (const piece of make()) {
    const part = piece.subarray(Math.max(0, offset - at), Math.max(0, offset + length - at));
    at += piece.length;
    if (part.length > 0) yield part;
    if (at >= offset + length) return;
  }
}
