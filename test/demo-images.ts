import { join } from 'node:path';
import type pg from 'pg';
import { loadDemo } from '../catalog-export/demo/load.ts';
import { loadDemoImages } from '../catalog-export/demo/load-images.ts';
import { addImages } from '../catalog-export/images/add.ts';
import { incomingFiles } from '../catalog-export/images/incoming.ts';
import { NO_MAPPING } from '../catalog-export/images/mapping.ts';
import type { Progress } from '../catalog-export/progress.ts';
import { loadFitsKernel } from '../engine/fits-wasm/node.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import type { Storage } from '../engine/storage/storage.ts';
import { cachedBucket } from './release-cache.ts';

const SOURCES = ['package-lock.json', 'catalog-export/**/*', 'cli/postgres/**/*', 'engine/**/*.{ts,wasm}'];
const silent: Progress = { start() {}, advance() {}, done() {} };

/** Real images, where there are any: not all of them have a place on the sky. */
const realImages =
  process.env.ALMAGEST_TEST_DATA === undefined ? null : join(process.env.ALMAGEST_TEST_DATA, 'images');

/**
 * A bucket folder with the demo's catalogues and simulated plates, with the real images of ALMAGEST_TEST_DATA in the collection `real`,
 * and with a release of ivoa.obscore; shared by all test files: read-only.
 */
export function imagesBucket(): Promise<string> {
  return cachedBucket({
    name: realImages === null ? 'images' : 'images-real',
    sources: SOURCES,
    load,
    progress: silent,
  });
}

async function load(client: pg.Client, storage: Storage): Promise<void> {
  await loadDemo(client, silent);
  const kernel = loadKernel();
  const fits = loadFitsKernel();
  const common = { client, storage, kernel, authority: 'almagest.example' };
  await loadDemoImages({ ...common, loadFits: () => fits, progress: silent });
  if (realImages === null) return;
  const context = { ...common, fits, mapping: NO_MAPPING, collection: 'real' };
  for await (const _ of addImages(await incomingFiles([realImages]), context));
}
