import { loadDemo } from '../catalog-export/demo/load.ts';
import type { Progress } from '../catalog-export/progress.ts';
import { cachedBucket } from './release-cache.ts';

const SOURCES = ['package-lock.json', 'catalog-export/**/*', 'cli/postgres/**/*', 'engine/**/*.{ts,wasm}'];
const silent: Progress = { start() {}, advance() {}, done() {} };

/** A bucket folder with the demo catalogues, shared by all test files: read-only. */
export function demoBucket(): Promise<string> {
  return cachedBucket({
    name: 'demo',
    sources: SOURCES,
    load: (client) => loadDemo(client, silent),
    progress: silent,
  });
}
