import type { Engine } from '../../engine/engine.ts';
import type { ResultTable } from '../../engine/table/result.ts';
import { answerBody, type Body, type Bytes } from '../answer/answer-body.ts';
import { copiedBytes, watchedRows } from '../answer/whole-copy.ts';
import type { AnswerCache } from '../service.ts';

/** What a kept answer is found by, and what it is. */
export interface Kept {
  /** Address, on the host of the service: it names the release and all that the answer depends on. */
  readonly key: string;
  /** Value of Content-Type. */
  readonly mediaType: string;
  /** Lets a promise outlive the answer. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** Seconds for which an answer is kept: it never gets old, as its key names the release. */
const LIFETIME = 86_400;

/**
 * The body of an answer, from the cache if it is there. The cache is asked only before the answer goes to the bucket: what is in memory is
 * made sooner than the cache can say anything. An answer that had to be read is kept for the next time, if it was whole and is short enough.
 * @param makeTable with the engine that it is given.
 * @throws what `answerBody` throws.
 */
export async function keptBody(
  { cache, maxBytes }: AnswerCache,
  { key, mediaType, waitUntil }: Kept,
  engine: Engine,
  makeTable: (engine: Engine) => ResultTable,
  write: (table: ResultTable) => AsyncGenerator<Bytes>,
): Promise<Body> {
  let found: Promise<Bytes | null> | null = null;
  let begun = false;
  const hit = Promise.withResolvers<Bytes>();
  const unneeded = Promise.withResolvers<void>();
  async function beforeRead(): Promise<void> {
    if (begun) return;
    found ??= lookUp(cache, key);
    const bytes = await found;
    if (bytes === null) return;
    hit.resolve(bytes);
    await unneeded.promise;
  }

  const watched = watchedRows(makeTable(readingAfter(engine, beforeRead)));
  const copy = copiedBytes(write(watched.table), maxBytes);
  const made = answerBody(copy.chunks);
  const known = await Promise.race([made.then(() => null), hit.promise]);
  if (known !== null) {
    made.catch(() => {});
    unneeded.reject(new Error('the cache has the answer'));
    return known;
  }
  begun = true;
  unneeded.resolve();
  if (found !== null) waitUntil(copy.whole.then(keep));
  return made;

  async function keep(bytes: Bytes | null): Promise<void> {
    if (bytes === null || !watched.complete() || (await found) !== null) return;
    const headers = { 'content-type': mediaType, 'cache-control': `public, max-age=${LIFETIME}` };
    await cache.put(key, new Response(bytes, { headers })).catch(tellOfCache);
  }
}

/** Null for an answer that the cache does not have, or where the cache fails. */
async function lookUp(cache: AnswerCache['cache'], key: string): Promise<Bytes | null> {
  try {
    const answer = await cache.match(key);
    return answer === undefined ? null : new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    tellOfCache(error);
    return null;
  }
}

function tellOfCache(error: unknown): void {
  console.error(`The cache of answers failed: ${error instanceof Error ? error.message : error}`);
}

/** An engine that goes to the bucket for a release's rows once `ready` lets it. */
function readingAfter(engine: Engine, ready: () => Promise<void>): Engine {
  const { leaves, rowGroups } = engine;
  return {
    ...engine,
    leaves: {
      ...leaves,
      async load(...leaf) {
        await ready();
        return leaves.load(...leaf);
      },
    },
    rowGroups: {
      ...rowGroups,
      async fetch(...groups) {
        await ready();
        return rowGroups.fetch(...groups);
      },
    },
  };
}
