import { FitsError } from './errors.ts';
import type { FitsSource } from './source.ts';

/** A half-open range of bytes of a file. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Spans that one read brings: from the first one's start to the end of the last one. */
export interface Read extends Span {
  readonly spans: readonly Span[];
}

/** Bytes of a read at most, and of all that are under way. */
export const READ_BYTES = 2 ** 20;
/** A gap that is cheaper to read than to ask once more: a request to a bucket takes as long as some 100 kB. */
const GAP = 2 ** 17;
/** Reads under way at a time. */
const AT_ONCE = 8;

/** Puts spans of ascending offsets together where gaps are small; spans that are longer than a read are cut. */
export function* coalesced(spans: Iterable<Span>): Generator<Read> {
  let pending: Span[] = [];
  const read = (): Read => {
    const [first, last] = [pending[0]!, pending.at(-1)!];
    return { offset: first.offset, length: last.offset + last.length - first.offset, spans: pending };
  };
  for (const span of pieces(spans)) {
    const last = pending.at(-1);
    if (last !== undefined) {
      const gap = span.offset - (last.offset + last.length);
      const length = span.offset + span.length - pending[0]!.offset;
      if (gap < 0 || gap > GAP || length > READ_BYTES) {
        yield read();
        pending = [];
      }
    }
    pending.push(span);
  }
  if (pending.length > 0) yield read();
}

function* pieces(spans: Iterable<Span>): Generator<Span> {
  for (const { offset, length } of spans) {
    for (let done = 0; done < length; done += READ_BYTES) {
      yield { offset: offset + done, length: Math.min(READ_BYTES, length - done) };
    }
  }
}

/**
 * Does reads a little ahead of the one who takes their bytes, in order.
 * @throws {FitsError} `truncated` where the file ends before a read does
 */
export async function* readAhead(
  source: FitsSource,
  reads: Iterable<Read>,
): AsyncGenerator<{ read: Read; bytes: Uint8Array }> {
  const waiting: { read: Read; bytes: Promise<Uint8Array> }[] = [];
  let underWay = 0;
  const iterator = reads[Symbol.iterator]();
  let next = iterator.next();
  while (!next.done || waiting.length > 0) {
    while (
      !next.done &&
      waiting.length < AT_ONCE &&
      (underWay === 0 || underWay + next.value.length <= READ_BYTES)
    ) {
      const read = next.value;
      const bytes = exactly(source, read);
      // Its failure is thrown when its turn comes, and is nobody's if the taker leaves before.
      bytes.catch(() => undefined);
      waiting.push({ read, bytes });
      underWay += read.length;
      next = iterator.next();
    }
    const { read, bytes } = waiting.shift()!;
    yield { read, bytes: await bytes };
    underWay -= read.length;
  }
}

/** @throws {FitsError} `truncated` */
export async function exactly(source: FitsSource, { offset, length }: Span): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new FitsError(
    'truncated',
    null,
    `${source.name} ends at byte ${offset + bytes.length}, before the pixels that should be there up to byte ${offset + length}`,
  );
}
