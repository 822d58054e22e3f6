import type { ExecutionContext } from '@cloudflare/workers-types';
import duckdbModule from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm';
import { createDuckdb, type Duckdb } from '../../engine/duckdb/duckdb.ts';
import { webAssemblyFunction } from '../../engine/duckdb/trampolines.ts';
import trampolineModule from '../../engine/duckdb/trampolines.wasm';
import { createEngine } from '../../engine/engine.ts';
import healpixModule from '../../engine/healpix-wasm/healpix.wasm';
import { createKernel } from '../../engine/healpix-wasm/index.ts';
import { type StorageBindings, storageOf } from '../storage.ts';
import { numberVariable, type Variables } from '../variables.ts';
import { answerQuery } from './answer-query.ts';

/** What the worker is bound to: the releases, and settings. */
export interface Environment extends StorageBindings, Variables<'DUCKDB_MEMORY_BYTES'> {}

/** For what says where row groups lie: rows are kept by DuckDB. */
const CACHE_BYTES = 2 ** 22;

let duckdb: Duckdb | null = null;

export default {
  fetch(request: Request, env: Environment, context: ExecutionContext): Response | Promise<Response> {
    if (new URL(request.url).pathname !== '/query') return text(404, 'the only address is /query\n');
    if (request.method !== 'POST') return text(405, 'a query is POSTed as JSON\n');
    duckdb ??= build(env);
    return answerQuery(duckdb, request, (work) => context.waitUntil(work));
  },
};

function build(env: Environment): Duckdb {
  const kernel = createKernel(healpixModule);
  return createDuckdb({
    reader: createEngine({ storage: storageOf(env), kernel, cacheBytes: CACHE_BYTES }),
    code: { module: duckdbModule, wasmFunction: webAssemblyFunction(trampolineModule) },
    memoryBytes: numberVariable(env, 'DUCKDB_MEMORY_BYTES', 80 * 2 ** 20, 2 ** 26, 2 ** 32),
  });
}

function text(status: number, body: string): Response {
  return new Response(body, { status, headers: { allow: 'POST' } });
}
