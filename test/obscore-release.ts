import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObscoreRow } from '../engine/obscore/row.ts';
import { generatedRows, loadObscore } from './obscore-rows.ts';
import { cachedBucket } from './release-cache.ts';

const SOURCES = [
  'package-lock.json',
  'catalog-export/{database,hats,release}/**/*',
  'engine/**/*.{ts,wasm}',
  'test/obscore-*.ts',
];
const silent = { start() {}, advance() {}, done() {} };

/** Datasets that nobody observed. */
export const OBSCORE_ROWS: readonly ObscoreRow[] = generatedRows(1500);

/** A bucket folder with a release of `ivoa.obscore` that has those rows, shared by all test files: read-only. */
export function obscoreBucket(): Promise<string> {
  return cachedBucket({
    name: 'obscore',
    sources: SOURCES,
    load: (client) => loadObscore(client, OBSCORE_ROWS),
    progress: silent,
  });
}

/** The same of one's own, to change. */
export async function scratchObscore(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-obscore-'));
  await cp(await obscoreBucket(), folder, { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
