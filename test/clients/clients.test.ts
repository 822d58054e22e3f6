import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pointerKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import { demoBucket } from '../demo-release.ts';
import { type RunningService, startService, startWranglerR2 } from '../service.ts';
import { runChecks, skipWithoutPython, skipWithoutStilts, stiltsCommand } from './clients.ts';

const STARS = 'hipparcos.stars';

describe('clients of the demo', { skip: skipWithoutPython }, () => {
  let bucketFolder: string;
  let release: string;
  let service: RunningService;

  before(async () => {
    bucketFolder = await demoBucket();
    const pointer = JSON.parse(await readFile(join(bucketFolder, pointerKey(STARS)), 'utf8'));
    release = join(bucketFolder, releasePrefix(STARS, pointer.release));
    service = await startService({ bucketFolder });
  });
  after(() => service?.close());

  test('2,000 random cones have the stars that numpy finds', (t) =>
    runChecks(t, 'check_cones.py', [service.url, STARS]));
  test('and 300 the deep-sky objects, by names', (t) =>
    runChecks(t, 'check_cones.py', [service.url, 'dso.objects', '--cones=300']));
  test('and 200 the stars under wrangler with R2', async (t) => {
    const onR2 = await startWranglerR2({ bucketFolder });
    try {
      await runChecks(t, 'check_cones.py', [onR2.url, STARS, '--cones=200']);
    } finally {
      await onR2.close();
    }
  });
  test('4,000 positions in one request have the stars that astropy matches, and STILTS one by one', (t) =>
    runChecks(t, 'check_positions.py', [
      ...[service.url, STARS],
      ...stiltsCommand.map((command) => `--stilts=${command}`),
    ]));
  test('pyVO searches, and understands errors and VOSI', (t) => runChecks(t, 'check_pyvo.py', [service.url]));
  test('mocpy, astropy and STILTS read the MOCs, and every row is inside', (t) =>
    runChecks(t, 'check_moc.py', [service.url, ...stiltsCommand]));
  test('astropy reads every format alike', (t) => runChecks(t, 'check_astropy.py', [service.url]));
  test('pyarrow, DuckDB and astropy read the Parquet files', (t) =>
    runChecks(t, 'check_parquet_clients.py', [release]));
  test('LSDB finds the stars that the service finds', (t) =>
    runChecks(t, 'check_lsdb.py', [service.url, release]));
  test('STILTS searches, matches and finds no fault', { skip: skipWithoutStilts }, (t) =>
    runChecks(t, 'check_stilts.py', [service.url, process.env.ALMAGEST_TEST_STILTS!]),
  );
});
