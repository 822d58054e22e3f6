import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { almagest } from '../almagest.ts';
import { type RunningService, startService } from '../service.ts';
import { runChecks, skipWithoutPython } from './clients.ts';

const folder = process.env.ALMAGEST_TEST_DATA;
const skipWithoutData = folder ? skipWithoutPython : 'ALMAGEST_TEST_DATA is not set: no tycho2.parquet';

describe('1.9 million stars from a file', { skip: skipWithoutData }, () => {
  const file = join(folder!, 'tycho2.parquet');
  let data: string;
  let service: RunningService;

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'almagest-tycho2-'));
    for (const args of [
      ['load', file, '--as', 'tycho2.stars'],
      ['export', 'tycho2.stars'],
    ]) {
      const program = almagest(args, { ALMAGEST_DATA: data });
      assert.equal(await program.ended, 0, program.output());
    }
    service = await startService({ bucketFolder: join(data, 'bucket') });
  });
  after(async () => {
    await service?.close();
    await rm(data, { recursive: true, force: true });
  });

  test('5,000 random cones have the stars that numpy finds', (t) =>
    runChecks(t, 'check_cones.py', [
      ...[service.url, 'tycho2.stars', '--source', file],
      ...['--cones=5000', '--largest=5'],
    ]));
  test('20,000 positions in one request have the stars that astropy matches', (t) =>
    runChecks(t, 'check_positions.py', [service.url, 'tycho2.stars', '--source', file, '--count=20000']));
});
