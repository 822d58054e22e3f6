import type { Hono } from 'hono';
import { createApp } from '../edge/app.ts';
import type { AnswerCache, Service } from '../edge/service.ts';
import { readSettings, type Settings } from '../edge/settings.ts';
import { createEngine } from '../engine/engine.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import type { Storage } from '../engine/storage/storage.ts';

/** The edge app in this process, over a bucket: for requests with `app.request(address)`. */
export function appOver(
  storage: Storage,
  settings: Settings = {},
  answerCache: AnswerCache | null = null,
  workers: Partial<Pick<Service, 'tap' | 'soda' | 'jobs'>> = {},
): Hono {
  const { cacheBytes, answerCacheBytes: _, ...service } = readSettings(settings);
  const engine = createEngine({
    storage,
    kernel: loadKernel(),
    cacheBytes,
    pointerLifetime: 0,
  });
  return createApp({ engine, answerCache, tap: null, soda: null, jobs: null, ...workers, ...service });
}
