import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { pointerKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import { demoBucket } from '../demo-release.ts';
import { type RunningService, startWorkerd, startWranglerR2 } from '../service.ts';
import { runPython, skipWithoutPython, skipWithoutStilts } from './clients.ts';

const STARS = 'hipparcos.stars';

/** Runs a script of checks, whose lines become the test's diagnostics. */
async function checks(t: TestContext, script: string, args: readonly string[]): Promise<void> {
  const lines = (await runPython(script, args)).trim().split('\n');
  for (const line of lines) t.diagnostic(line);
  assert.ok(
    lines.some((line) => line.startsWith('ok ')),
    `${script} checked nothing`,
  );
}

describe('clients of the demo', { skip: skipWithoutPython }, () => {
  let bucketFolder: string;
  let release: string;
  let service: RunningService;

  before(async () => {
    bucketFolder = await demoBucket();
    const pointer = JSON.parse(await readFile(join(bucketFolder, pointerKey(STARS)), 'utf8'));
    release = join(bucketFolder, releasePrefix(STARS, pointer.release));
    service = await startWorkerd({ bucketFolder });
  });
  after(() => service?.close());

  test('2,000 random cones have the stars that numpy finds', (t) =>
    checks(t, 'check_cones.py', [service.url]));
  test('and so do 200 of them under wrangler with R2', async (t) => {
    const onR2 = await startWranglerR2({ bucketFolder });
    try {
      await checks(t, 'check_cones.py', [onR2.url, '--cones=200']);
    } finally {
      await onR2.close();
    }
  });
  test('pyVO searches, and understands errors and VOSI', (t) => checks(t, 'check_pyvo.py', [service.url]));
  test('astropy reads every format alike', (t) => checks(t, 'check_astropy.py', [service.url]));
  test('pyarrow, DuckDB and astropy read the Parquet files', (t) =>
    checks(t, 'check_parquet_clients.py', [release]));
  test('LSDB finds the stars that the service finds', (t) =>
    checks(t, 'check_lsdb.py', [service.url, release]));
  test('STILTS searches, matches and finds no fault', { skip: skipWithoutStilts }, (t) =>
    checks(t, 'check_stilts.py', [service.url, process.env.ALMAGEST_TEST_STILTS!]),
  );
});
