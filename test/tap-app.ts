import type { Hono } from 'hono';
import { answerQuery as answerDuckdbQuery } from '../edge/duckdb/answer-query.ts';
import { createTapApp } from '../edge/tap/app.ts';
import { duckdbEngine } from '../edge/tap/engines/duckdb.ts';
import type { Engines, RunQuery } from '../edge/tap/engines/engines.ts';
import { scanEngine } from '../edge/tap/engines/scan.ts';
import { answersInMemory } from '../edge/tap/kept-answers.ts';
import { publishedTables } from '../edge/tap/published.ts';
import { readTapSettings, type TapSettings } from '../edge/tap/settings.ts';
import type { Fetch } from '../edge/tap/uploads/fetch-file.ts';
import { createDuckdb } from '../engine/duckdb/duckdb.ts';
import { loadDuckdbCode } from '../engine/duckdb/node.ts';
import { createEngine } from '../engine/engine.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import type { Storage } from '../engine/storage/storage.ts';

/** DuckDB in this process, over a bucket. */
export function duckdbOver(storage: Storage): RunQuery {
  const reader = createEngine({ storage, kernel: loadKernel(), cacheBytes: 2 ** 22, pointerLifetime: 0 });
  const duckdb = createDuckdb({ reader, code: loadDuckdbCode(), memoryBytes: 96 * 2 ** 20 });
  return duckdbEngine({
    fetch: (url, init) => answerDuckdbQuery(duckdb, new Request(url, init), () => {}),
  });
}

/** The TAP app in this process, over a bucket. */
export interface TapApp {
  request(address: string, init?: RequestInit): Promise<Response>;
  /** Waits for what outlives the answers. */
  settled(): Promise<unknown>;
}

/** @param others engines beside the scan. */
export function tapAppOver(
  storage: Storage,
  settings: TapSettings = {},
  others: Partial<Engines> = {},
  fetch: Fetch = globalThis.fetch,
): TapApp {
  const { cacheBytes, answerMemoryBytes, answerCacheBytes, ...service } = readTapSettings(settings);
  const engine = createEngine({ storage, kernel: loadKernel(), cacheBytes, pointerLifetime: 0 });
  const app: Hono = createTapApp({
    engine,
    published: publishedTables(engine, 0),
    engines: { scan: scanEngine(engine), duckdb: null, postgresql: null, ...others },
    keptAnswers: answersInMemory(answerMemoryBytes, answerCacheBytes),
    fetch,
    ...service,
  });
  const later: Promise<unknown>[] = [];
  const context = {
    waitUntil: (promise: Promise<unknown>) => void later.push(promise),
    passThroughOnException() {},
    props: {},
  };
  return {
    request: async (address, init) =>
      app.request(new URL(address, 'http://vo.example').href, init, {}, context),
    settled: () => Promise.all(later),
  };
}
