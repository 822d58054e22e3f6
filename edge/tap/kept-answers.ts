import { LRUCache } from 'lru-cache';
import type { Bytes } from '../answer/answer-body.ts';

/** A whole answer. */
export interface KeptAnswer {
  readonly bytes: Bytes;
  /** Those that say what the bytes are and where they come from. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers that are kept, by addresses on the host of the service, as Cloudflare's cache wants it: they name the releases and all else
 * that an answer depends on, so that none ever gets old.
 */
export interface KeptAnswers {
  /** Longest answer that is kept, bytes; 0 where none is. */
  readonly maxBytes: number;
  find(address: string): Promise<KeptAnswer | null>;
  keep(address: string, answer: KeptAnswer): Promise<void>;
}

/** An address and what goes with it, about. */
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
    async find(address) {
      return answers?.get(address) ?? null;
    },
    async keep(address, answer) {
      const size = answer.bytes.byteLength + OVERHEAD_BYTES;
      if (answer.bytes.byteLength <= most) answers?.set(address, answer, { size });
    },
  };
}

/** Seconds for which a data centre's cache keeps an answer. */
const LIFETIME = 86_400;

/** Answers in memory, and beyond it in a data centre's cache, which its instances of the worker share. */
export function answersInCache(memory: KeptAnswers, cache: Pick<Cache, 'match' | 'put'>): KeptAnswers {
  return {
    maxBytes: memory.maxBytes,
    async find(address) {
      const known = await memory.find(address);
      if (known !== null) return known;
      const answer = await lookUp(cache, address).catch(tellOfCache);
      if (answer === undefined) return null;
      await memory.keep(address, answer);
      return answer;
    },
    async keep(address, answer) {
      await memory.keep(address, answer);
      const headers = { ...answer.headers, 'cache-control': `public, max-age=${LIFETIME}` };
      await cache.put(address, new Response(answer.bytes, { headers })).catch(tellOfCache);
    },
  };
}

async function lookUp(cache: Pick<Cache, 'match'>, address: string): Promise<KeptAnswer | undefined> {
  const found = await cache.match(address);
  return found && { bytes: new Uint8Array(await found.arrayBuffer()), headers: headersOf(found) };
}

function headersOf({ headers }: Response): Record<string, string> {
  const kept = [...headers].filter(([name]) => name.startsWith('almagest-') || name.startsWith('content-'));
  return Object.fromEntries(kept.filter(([name]) => name !== 'content-length'));
}

function tellOfCache(error: unknown): undefined {
  console.error(`The cache of answers failed: ${error instanceof Error ? error.message : error}`);
}
