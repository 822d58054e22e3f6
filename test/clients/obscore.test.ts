import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { obscoreBucket } from '../obscore-release.ts';
import { type RunningWorkers, startService } from '../service.ts';
import { runChecks, runStilts, skipWithoutPython, skipWithoutStilts } from './clients.ts';

describe('clients of ivoa.obscore, without a database', {
  skip: skipWithoutPython && skipWithoutStilts,
}, () => {
  let service: RunningWorkers;
  before(async () => {
    service = await startService({ bucketFolder: await obscoreBucket(), tap: true });
  });
  after(() => service?.close());

  test('pyVO asks; footprints are what astropy says', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_obscore.py', [service.url]),
  );
  test('taplint finds no error in ObsCore', { skip: skipWithoutStilts }, async (t) => {
    const stages = 'TMV TME TMS TMC CPV CAP OBS MDQ EXA';
    const report = await runStilts('taplint', [`tapurl=${service.url}/tap`, `stages=${stages}`]);
    const lines = report.split('\n');
    for (const line of lines.filter((line) => /^[WF]-/.test(line))) t.diagnostic(line);
    const errors = lines.filter((line) => /^[EF]-/.test(line));
    assert.equal(errors.length, 0, errors.join('\n'));
    assert.match(report, /^S-OBS-COLS-1 ivoa.ObsCore columns: 30\/30 required/m);
    assert.match(report, /^I-OBS-DMID-1 Checking against ObsCore DM 1.1/m);
  });
});
