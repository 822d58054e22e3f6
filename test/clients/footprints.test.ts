import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Vector } from 'apache-arrow';
import { createEngine } from '../../engine/engine.ts';
import { searchFootprints } from '../../engine/footprints/search.ts';
import type { Cone, Region } from '../../engine/healpix-wasm/kernel.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { dataOf } from '../../engine/table/rows.ts';
import { OBSCORE_ROWS, scratchObscore } from '../obscore-release.ts';
import { circle, magnitude, polygon, position, type Random, randomNumbers } from '../sky-shapes.ts';
import { runChecks, skipWithoutPython } from './clients.ts';

const REGIONS = 60;
/** Rows that numpy looks at. */
const ROWS = 500;

test('footprints in a release are found as numpy finds them', { skip: skipWithoutPython }, async (t) => {
  const bucket = await scratchObscore();
  const folder = await mkdtemp(join(tmpdir(), 'almagest-footprints-'));
  try {
    const engine = createEngine({
      storage: folderStorage(bucket.folder),
      kernel: loadKernel(),
      cacheBytes: 2 ** 26,
    });
    const release = (await engine.catalogs.open('ivoa.obscore'))!;
    const random = randomNumbers(7);
    const questions = [];
    for (let at = 0; at < REGIONS; at++) {
      const { numbers, region } = randomRegion(random, at);
      const sky = { regions: [region], test: 'overlaps' } as const;
      const query = { release, sky, conditions: [], columns: ['obs_publisher_did'] };
      const found: string[] = [];
      for await (const { columns } of searchFootprints(engine, query, Number.POSITIVE_INFINITY))
        found.push(...new Vector([dataOf(columns[0]!)]));
      questions.push({ kind: 'kind' in region ? region.kind : 'circle', numbers, found });
    }
    const path = join(folder, 'footprints.json');
    const rows = OBSCORE_ROWS.slice(0, ROWS).map(({ obs_publisher_did, s_ra, s_dec, s_fov, s_region }) => {
      return { did: obs_publisher_did, lon: s_ra, lat: s_dec, diameter: s_fov, polygon: s_region };
    });
    await writeFile(path, JSON.stringify({ rows, questions }));
    await runChecks(t, 'check_footprints.py', [path]);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await bucket.remove();
  }
});

/** Circles, polygons and ranges in turn, of all sizes and anywhere. */
function randomRegion(random: Random, at: number): { numbers: readonly number[]; region: Region | Cone } {
  if (at % 3 === 0) {
    const [lon, lat, radius] = circle(random);
    return { numbers: [lon, lat, radius], region: { lon, lat, radius } };
  }
  if (at % 3 === 1) {
    const numbers = polygon(random);
    const vertices = Array.from({ length: numbers.length / 2 }, (_, vertex) => {
      return { lon: numbers[2 * vertex]!, lat: numbers[2 * vertex + 1]! };
    });
    return { numbers, region: { kind: 'polygon', vertices } };
  }
  const [west, south] = position(random);
  const all = random() < 0.2;
  const east = all ? 360 : (west + magnitude(random, -3, 2.3)) % 360;
  const north = Math.min(90, south + magnitude(random, -3, 1.9));
  const numbers = [all ? 0 : west, east, south, north] as const;
  return { numbers, region: { kind: 'zone', west: numbers[0], east, south, north } };
}
