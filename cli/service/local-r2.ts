import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { R2Bucket } from '@cloudflare/workers-types';
import type { Progress } from '../../catalog-export/progress.ts';
import { projectFolder, wranglerConfig } from './wrangler.ts';

/** What `wrangler dev --persist-to <folder>` reads below its folder. */
const STATE = 'v3';

/** Objects that the workers write, which are not of the bucket in the folder. */
const isOwn = (key: string): boolean => key.startsWith('jobs/');

/** Objects that are replaced, and last: the others never change. */
const isPointer = (key: string): boolean =>
  key.endsWith('/latest.json') || key.startsWith('images/datasets/');

/**
 * Makes the local R2 bucket of `wrangler dev --persist-to <stateFolder>` equal to the bucket in a folder, copying what is new.
 * wrangler must not be running there.
 */
export async function fillLocalR2(
  bucketFolder: string,
  stateFolder: string,
  progress: Progress,
): Promise<void> {
  const { getPlatformProxy } = await import('wrangler');
  const proxy = await getPlatformProxy<{ BUCKET: R2Bucket }>({
    configPath: join(projectFolder, wranglerConfig('edge')),
    persist: { path: join(stateFolder, STATE) },
    envFiles: [],
    remoteBindings: false,
  });
  try {
    const bucket = proxy.env.BUCKET;
    const wanted = await folderKeys(bucketFolder);
    const present = await keysOf(bucket);
    const gone = [...present].filter((key) => !wanted.includes(key) && !isOwn(key));
    const missing = wanted.filter((key) => isPointer(key) || !present.has(key));
    progress.start('Copying releases to the local R2 bucket', missing.length);
    for (const key of missing.sort((a, b) => Number(isPointer(a)) - Number(isPointer(b)))) {
      await bucket.put(key, await readFile(join(bucketFolder, key)));
      progress.advance(1);
    }
    for (const key of gone) await bucket.delete(key);
    progress.done(`Local R2 bucket: ${wanted.length} objects, ${missing.length} copied`);
  } finally {
    await proxy.dispose();
  }
}

/** Keys of the objects in a bucket's folder. */
export async function folderKeys(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function keysOf(bucket: R2Bucket): Promise<Set<string>> {
  const keys = new Set<string>();
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await bucket.list(cursor ? { cursor } : {});
    for (const { key } of page.objects) keys.add(key);
    cursor = page.truncated ? page.cursor : undefined;
    more = page.truncated;
  }
  return keys;
}
