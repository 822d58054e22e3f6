import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { R2Bucket } from '@cloudflare/workers-types';
import type { ReaderAccess } from '../cli/postgres/reader.ts';
import { type Bundle, bundleWorker } from '../cli/service/bundle.ts';
import { folderKeys } from '../cli/service/local-r2.ts';
import { startWorkers } from '../cli/service/workers.ts';
import { projectFolder, quietEnvironment, type WorkerName, wranglerConfig } from '../cli/service/wrangler.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import { startDemoDatabase } from './demo-database.ts';
import { demoBucket } from './demo-release.ts';

export interface BucketOptions {
  /** Folder of a bucket: objects as files. */
  readonly bucketFolder: string;
  /** Text variables that differ from those in the workers' wrangler.toml. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface ServiceOptions extends Partial<BucketOptions> {
  /** Whether the TAP worker runs. */
  readonly tap?: boolean;
  /** Whether DuckDB's worker runs; where TAP's does, unless this says no. */
  readonly duckdb?: boolean;
  /** Whether the SODA worker runs. */
  readonly soda?: boolean;
  /** Whether the worker of jobs runs. A text: the folder where it keeps them, which outlives the service. */
  readonly jobs?: boolean | string;
  /** PostgreSQL as TAP's reader. `true`: a server of this service's own, with the demo catalogues. */
  readonly database?: boolean | ReaderAccess;
}

/** The service over HTTP. */
export interface RunningService {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  /** Stores an object in the bucket that the service reads. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** The service as `npm start` runs it. */
export interface RunningWorkers extends RunningService {
  /** The process group of a worker. */
  pid(worker: WorkerName): number;
  /** The database as its owner, where `database` was `true`; else null. */
  readonly databaseUrl: string | null;
  /** What the workers have printed, and what became of those that ended. */
  readonly lines: readonly string[];
}

const cacheFolder = join(projectFolder, 'node_modules', '.cache', 'almagest');

/** Where bundles are kept, each made once for each content of the sources. */
export const bundlesFolder: string = join(cacheFolder, 'worker');

export function testBundle(worker: WorkerName = 'edge'): Promise<Bundle> {
  return bundleWorker(bundlesFolder, worker);
}

/**
 * The service as `npm start` runs it: bare workerd for each worker, reading the folder itself. Without options it is the edge worker over
 * the demo catalogues.
 */
export async function startService(options: ServiceOptions = {}): Promise<RunningWorkers> {
  const { tap = false, duckdb = tap, soda = false, jobs = false, database = false, variables = {} } = options;
  const bucketFolder = options.bucketFolder ?? (await demoBucket());
  const server = database === true ? await startDemoDatabase() : null;
  const ownFolder = jobs === true ? await mkdtemp(join(tmpdir(), 'almagest-jobs-')) : null;
  const release = async () => {
    await server?.close();
    if (ownFolder !== null) await rm(ownFolder, { recursive: true, force: true });
  };
  try {
    const lines: string[] = [];
    const workers = await startWorkers({
      bundles: {
        edge: await testBundle('edge'),
        ...(tap && { tap: await testBundle('tap') }),
        ...(duckdb && { duckdb: await testBundle('duckdb') }),
        ...(soda && { soda: await testBundle('soda') }),
        ...(jobs !== false && { jobs: await testBundle('jobs') }),
      },
      dataFolder: cacheFolder,
      bucketFolder,
      jobsFolder: typeof jobs === 'string' ? jobs : (ownFolder ?? ''),
      host: '127.0.0.1',
      port: 0,
      database: server?.reader ?? (typeof database === 'object' ? database : null),
      variables,
      log: (line) => lines.push(line),
    });
    return {
      url: `http://127.0.0.1:${workers.port}`,
      put: folderStorage(bucketFolder).put,
      pid: (worker) => workers.pid(worker)!,
      databaseUrl: server?.url ?? null,
      lines,
      close: async () => {
        await workers.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * The edge bundle in the workerd of wrangler, with a local R2 bucket that is filled from the folder; it has no TAP. wrangler starts no
 * worker that is bound to one which is not there: hence the configuration without services.
 */
export async function startWranglerR2({
  bucketFolder,
  variables = {},
}: BucketOptions): Promise<RunningService> {
  Object.assign(process.env, quietEnvironment(cacheFolder));
  const { createTestHarness, unstable_readConfig } = await import('wrangler');
  const bundle = await testBundle();
  const { name, r2_buckets } = unstable_readConfig({ config: join(projectFolder, wranglerConfig('edge')) });
  const harness = createTestHarness({
    workers: [
      {
        config: {
          name,
          main: join(bundle.folder, bundle.modules[0]!),
          compatibility_date: bundle.compatibilityDate,
          compatibility_flags: [...bundle.compatibilityFlags],
          no_bundle: true,
          rules: [{ type: 'CompiledWasm', globs: ['*.wasm'] }],
          r2_buckets,
          vars: { ...bundle.variables, ...variables },
        },
      },
    ],
  });
  const { url } = await harness.listen();
  const { BUCKET } = await harness.getWorker<{ BUCKET: R2Bucket }>().getEnv();
  for (const key of await folderKeys(bucketFolder)) {
    await BUCKET.put(key, await readFile(join(bucketFolder, key)));
  }
  return {
    url: url.origin,
    put: async (key, bytes) => {
      await BUCKET.put(key, bytes);
    },
    close: () => harness.close(),
  };
}
