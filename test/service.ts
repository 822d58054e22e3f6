import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { R2Bucket } from '@cloudflare/workers-types';
import { type Bundle, bundleWorker } from '../cli/service/bundle.ts';
import { folderKeys } from '../cli/service/local-r2.ts';
import { startWorkerd as startBareWorkerd } from '../cli/service/workerd.ts';
import { projectFolder, quietEnvironment, wranglerConfig } from '../cli/service/wrangler.ts';
import { folderStorage } from '../engine/storage/folder.ts';

export interface ServiceOptions {
  /** Folder of a bucket: objects as files. */
  readonly bucketFolder: string;
  /** Text variables that differ from wrangler.toml's. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The service over HTTP. */
export interface RunningService {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  /** Stores an object in the bucket that the service reads. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const cacheFolder = join(projectFolder, 'node_modules', '.cache', 'almagest');

/** The worker's bundle, made once for each content of the sources. */
export function testBundle(): Promise<Bundle> {
  return bundleWorker(join(cacheFolder, 'worker'));
}

/** The service as `npm start` runs it: bare workerd, reading the folder itself. */
export async function startWorkerd({
  bucketFolder,
  variables = {},
}: ServiceOptions): Promise<RunningService> {
  const workerd = await startBareWorkerd({
    bundle: await testBundle(),
    bucketFolder,
    host: '127.0.0.1',
    port: 0,
    variables,
    log: () => {},
  });
  return {
    url: `http://127.0.0.1:${workerd.port}`,
    put: folderStorage(bucketFolder).put,
    close: workerd.close,
  };
}

/** The same bundle in the workerd of wrangler, with a local R2 bucket that is filled from the folder. */
export async function startWranglerR2({
  bucketFolder,
  variables = {},
}: ServiceOptions): Promise<RunningService> {
  Object.assign(process.env, quietEnvironment(cacheFolder));
  const { createTestHarness } = await import('wrangler');
  const bundle = await testBundle();
  const harness = createTestHarness({
    workers: [{ configPath: wranglerConfig, prebuiltWorkerDir: bundle.folder, vars: { ...variables } }],
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
