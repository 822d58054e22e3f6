import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietEnvironment } from '../cli/service/wrangler.ts';
import type { S3Location } from '../engine/storage/s3-location.ts';

/** A bucket that an S3 service has. */
export interface S3Endpoint {
  readonly location: S3Location;
  close(): Promise<void>;
}

/** The S3 service that wrangler has for its local R2, with an empty bucket. */
export async function startS3(): Promise<S3Endpoint> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-s3-'));
  const main = join(folder, 'worker.mjs');
  await writeFile(main, 'export default { fetch: () => new Response() };');
  Object.assign(process.env, quietEnvironment(folder));
  const credentials = { accessKeyId: 'almagest-test', secretAccessKey: `never-shown-${process.pid}` };
  const { createTestHarness } = await import('wrangler');
  const harness = createTestHarness({
    workers: [
      {
        config: {
          name: 'bucket',
          main,
          compatibility_date: '2026-10-20',
          no_bundle: true,
          r2_buckets: [
            {
              binding: 'BUCKET',
              bucket_name: 'survey',
              local_dev: { experimental_s3_credentials: credentials },
            },
          ],
        },
      },
    ],
  });
  const { url } = await harness.listen();
  return {
    location: {
      bucket: 'survey',
      prefix: '',
      endpoint: `${url.origin}/cdn-cgi/local/r2/s3`,
      region: 'us-east-1',
      credentials: { ...credentials, sessionToken: null },
    },
    async close() {
      await harness.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
