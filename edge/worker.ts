import type { Hono } from 'hono';
import { createEngine } from '../engine/engine.ts';
import healpixModule from '../engine/healpix-wasm/healpix.wasm';
import { createKernel } from '../engine/healpix-wasm/index.ts';
import { createApp } from './app.ts';
import type { AnswerCache } from './service.ts';
import { readSettings, type Settings } from './settings.ts';
import { type StorageBindings, storageOf } from './storage.ts';
import type { WorkerBinding } from './worker-binding.ts';

/** What the worker is bound to: the releases, the workers of other protocols, and settings. */
export interface Environment extends Settings, StorageBindings {
  readonly TAP?: WorkerBinding;
  readonly SODA?: WorkerBinding;
  readonly JOBS?: WorkerBinding;
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
  return createApp({
    engine,
    answerCache: answerCacheOf(env, answerCacheBytes),
    tap: env.TAP ?? null,
    soda: env.SODA ?? null,
    jobs: env.JOBS ?? null,
    ...service,
  });
}

/** Comes with R2. Bare workerd has none, and a disk at hand needs none. */
function answerCacheOf({ BUCKET }: Environment, maxBytes: number): AnswerCache | null {
  if (!BUCKET || maxBytes === 0) return null;
  const { default: cache } = caches as unknown as { readonly default: Cache };
  return { cache, maxBytes };
}
