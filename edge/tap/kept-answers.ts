import { LRUCache } from 'lru-cache';
import type { Bytes } from '../answer/answer-body.ts';

/** A whole answer. */
export interface KeptAnswer {
  readonly bytes: Bytes;
  /** Those that say what the bytes are and where they come from. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers that are kept, by keys that name the releases and all else that an answer depends on: none ever gets old. */
export interface KeptAnswers {
  /** Longest answer that is kept, bytes; 0 where none is. */
  readonly maxBytes: number;
  find(key: string): Promise<KeptAnswer | null>;
  keep(key: string, answer: KeptAnswer): Promise<void>;
}

/** A key and what goes with it, about. */
const OVERHEAD_BYTES = 500;

/**
 * Answers in the memory of this instance, the least recently used given up first.
 * @param totalBytes of all of them; 0: none is kept.
 */
export function answersInMemory(totalBytes: number, maxBytes: number): KeptAnswers {
  const most = Math.min(totalBytes, maxBytes);
  const answers = totalBytes > 0 ? new LRUCache<string, KeptAnswer>({ maxSize: totalBytes }) : null;
  return {
    maxBytes: most,
    async find(key) {
      return answers?.get(key) ?? null;
    },
    async keep(key, answer) {
      const size = answer.bytes.byteLength + OVERHEAD_BYTES;
      if (answer.bytes.byteLength <= most) answers?.set(key, answer, { size });
    },
  };
}

/** Seconds for which a data centre's cache keeps an answer. */
const LIFETIME = 86_400;

/** Answers in memory, and beyond it in a data centre's cache, which its instances of the worker share. */
export function answersInCache(memory: KeptAnswers, cache: Pick<Cache, 'match' | 'put'>): KeptAnswers {
  return {
    maxBytes: memory.maxBytes,
    async find(key) {
      const known = await memory.find(key);
      if (known !== null) return known;
      const found = await cache.match(addressOf(key)).catch(tellOfCache);
      if (found === undefined) return null;
      const answer = { bytes: new Uint8Array(await found.arrayBuffer()), headers: headersOf(found) };
      await memory.keep(key, answer);
      return answer;
    },
    async keep(key, answer) {
      await memory.keep(key, answer);
      const headers = { ...answer.headers, 'cache-control': `public, max-age=${LIFETIME}` };
      await cache.put(addressOf(key), new Response(answer.bytes, { headers })).catch(tellOfCache);
    },
  };
}

/** Cloudflare's cache wants addresses; nobody is at this one. */
const addressOf = (key: string): string => `https://almagest.invalid/tap/${encodeURIComponent(key)}`;

function headersOf({ headers }: Response): Record<string, string> {
  const kept = [...headers].filter(([name]) => name.startsWith('almagest-') || name.startsWith('content-'));
  return Object.fromEntries(kept.filter(([name]) => name !== 'content-length'));
}

function tellOfCache(error: unknown): undefined {
  console.error(`The cache of answers failed: ${error instanceof Error ? error.message : error}`);
}
