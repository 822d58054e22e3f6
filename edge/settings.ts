import type { Service } from './service.ts';
import { numberVariable, publicUrl } from './variables.ts';

/** The worker's variables: texts, as workerd and wrangler give them; one that is empty or absent has its default. */
export interface Settings {
  /** Degrees. */
  readonly MAX_RADIUS?: string;
  readonly MAX_RECORDS?: string;
  readonly DEFAULT_RECORDS?: string;
  /** Datasets of one request for links. */
  readonly DATALINK_MAX_IDS?: string;
  readonly PUBLIC_URL?: string;
  readonly SERVICE_TITLE?: string;
  /** Bytes of decoded rows that are kept in memory. */
  readonly CACHE_BYTES?: string;
  /** Bytes of the longest answer that is kept in Cloudflare's cache; 0: none is. */
  readonly ANSWER_CACHE_BYTES?: string;
}

/** What the settings say of the service, and of what it is made with. */
export interface ServiceSettings extends Omit<Service, 'engine' | 'answerCache' | 'tap' | 'soda' | 'jobs'> {
  readonly cacheBytes: number;
  readonly answerCacheBytes: number;
}

/** @throws Error naming the variable that is wrong, and what would be right. */
export function readSettings(env: Settings): ServiceSettings {
  const maxRecords = numberVariable(env, 'MAX_RECORDS', 1_000_000, 1, Number.MAX_SAFE_INTEGER);
  return {
    limits: {
      maxRadius: numberVariable(env, 'MAX_RADIUS', 20, Number.MIN_VALUE, 180),
      maxRecords,
      defaultRecords: Math.min(
        numberVariable(env, 'DEFAULT_RECORDS', 100_000, 1, Number.MAX_SAFE_INTEGER),
        maxRecords,
      ),
      maxIds: numberVariable(env, 'DATALINK_MAX_IDS', 10_000, 1, 1_000_000),
    },
    title: env.SERVICE_TITLE || 'Almagest',
    publicUrl: publicUrl(env.PUBLIC_URL),
    cacheBytes: numberVariable(env, 'CACHE_BYTES', 64 * 2 ** 20, 1, Number.MAX_SAFE_INTEGER),
    answerCacheBytes: numberVariable(env, 'ANSWER_CACHE_BYTES', 256 * 2 ** 10, 0, Number.MAX_SAFE_INTEGER),
  };
}
