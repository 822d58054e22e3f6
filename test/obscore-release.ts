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

/** A bucket folder of one's own, to change, with a release of `ivoa.obscore` that has those rows. */
export async function scratchObscore(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-obscore-'));
  const bucket = await cachedBucket({
    name: 'obscore',
    sources: SOURCES,
    load: (client) => loadObscore(client, OBSCORE_ROWS),
    progress: silent,
  });
  await cp(bucket, folder, { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
