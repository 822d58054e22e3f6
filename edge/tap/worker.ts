import type { Hyperdrive } from '@cloudflare/workers-types';
import type { Hono } from 'hono';
import type { Fetcher } from '../../engine/duckdb/client.ts';
import { createEngine } from '../../engine/engine.ts';
import healpixModule from '../../engine/healpix-wasm/healpix.wasm';
import { createKernel } from '../../engine/healpix-wasm/index.ts';
import { hyperdriveAccess } from '../../engine/postgres/access.ts';
import { type StorageBindings, storageOf } from '../storage.ts';
import { createTapApp } from './app.ts';
import { duckdbEngine } from './engines/duckdb.ts';
import { postgresqlEngine } from './engines/postgresql.ts';
import { scanEngine } from './engines/scan.ts';
import { answersInCache, answersInMemory, type KeptAnswers } from './kept-answers.ts';
import { publishedTables } from './published.ts';
import { readTapSettings, type TapServiceSettings, type TapSettings } from './settings.ts';

/** What the TAP worker is bound to: the releases, DuckDB's worker, PostgreSQL, and settings. */
export interface Environment extends TapSettings, StorageBindings {
  readonly DUCKDB?: Fetcher;
  readonly HYPERDRIVE?: Hyperdrive;
}

/** Milliseconds for which the list of catalogues is believed. */
const PUBLISHED_LIFETIME = 5000;

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
  const settings = readTapSettings(env);
  const { title, publicUrl, limits, uploadLimits, cacheBytes } = settings;
  const engine = createEngine({
    storage: storageOf(env),
    kernel: createKernel(healpixModule),
    cacheBytes,
  });
  return createTapApp({
    engine,
    published: publishedTables(engine, PUBLISHED_LIFETIME),
    engines: {
      scan: scanEngine(engine),
      duckdb: env.DUCKDB ? duckdbEngine(env.DUCKDB) : null,
      postgresql: env.HYPERDRIVE ? postgresqlEngine(hyperdriveAccess(env.HYPERDRIVE)) : null,
    },
    keptAnswers: keptAnswers(env, settings),
    limits,
    uploadLimits,
    fetch: (address, init) => fetch(address, init),
    title,
    publicUrl,
  });
}

/** A data centre's cache comes with R2; bare workerd has none. */
function keptAnswers(
  { BUCKET }: Environment,
  { answerMemoryBytes, answerCacheBytes }: TapServiceSettings,
): KeptAnswers {
  const memory = answersInMemory(answerMemoryBytes, answerCacheBytes);
  if (!BUCKET || answerCacheBytes === 0) return memory;
  const { default: cache } = caches as unknown as { readonly default: Cache };
  return answersInCache(memory, cache);
}
