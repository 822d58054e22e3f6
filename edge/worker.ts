import type { R2Bucket } from '@cloudflare/workers-types';
import type { Hono } from 'hono';
import { createEngine } from '../engine/engine.ts';
import healpixModule from '../engine/healpix-wasm/healpix.wasm';
import { createKernel } from '../engine/healpix-wasm/index.ts';
import { diskServiceStorage, type Fetcher } from '../engine/storage/disk-service.ts';
import { r2Storage } from '../engine/storage/r2.ts';
import type { Storage } from '../engine/storage/storage.ts';
import { createApp } from './app.ts';
import type { AnswerCache } from './service.ts';
import { readSettings, type Settings } from './settings.ts';

/** What the worker is bound to: a bucket on Cloudflare or a disk service on one's own server, and settings. */
export interface Environment extends Settings {
  readonly BUCKET?: R2Bucket;
  readonly DISK?: Fetcher;
}

let app: Hono | null = null;

export default {
  fetch(
    request: Request,
    env: Environment,
    context: Parameters<Hono['fetch']>[2],
  ): Response | Promise<Response> {
    app ??= build(env);
    return app.fetch(request, env, context);
  },
};

function build(env: Environment): Hono {
  const { cacheBytes, answerCacheBytes, ...service } = readSettings(env);
  const engine = createEngine({
    storage: storageOf(env),
    kernel: createKernel(healpixModule),
    cacheBytes,
  });
  return createApp({ engine, answerCache: answerCacheOf(env, answerCacheBytes), ...service });
}

/** Comes with R2. Bare workerd has none, and a disk at hand needs none. */
function answerCacheOf({ BUCKET }: Environment, maxBytes: number): AnswerCache | null {
  if (!BUCKET || maxBytes === 0) return null;
  const { default: cache } = caches as unknown as { readonly default: Cache };
  return { cache, maxBytes };
}

function storageOf({ BUCKET, DISK }: Environment): Storage {
  if (BUCKET) return r2Storage(BUCKET);
  if (DISK) return diskServiceStorage(DISK);
  throw new Error('the worker needs a binding: BUCKET (R2) or DISK (disk service)');
}
