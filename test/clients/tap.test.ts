import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { demoBucket } from '../demo-release.ts';
import { type RunningWorkers, startService } from '../service.ts';
import { runChecks, runStilts, skipWithoutPython, skipWithoutStilts } from './clients.ts';

/**
 * What taplint can look at where there are only synchronous queries: metadata, capabilities, examples, queries by GET and POST.
 * Left out: UWS (jobs), UPL (uploads), OBS and LOC (ObsCore), TSV (schemas of XML from the network).
 */
const TAPLINT_STAGES = 'TMV TME TMS TMC CPV CAP AVV QGE QPO MDQ EXA';

describe('clients of TAP', { skip: skipWithoutPython && skipWithoutStilts }, () => {
  let bucketFolder: string;
  let service: RunningWorkers;

  before(async () => {
    bucketFolder = await demoBucket();
    service = await startService({ bucketFolder, tap: true, database: true });
  });
  after(() => service?.close());

  test('pyVO and astropy ask, describe, and understand errors', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_tap_pyvo.py', [service.url]),
  );
  for (const engine of ['edge', 'postgresql']) {
    test(`geometry is that of astropy and mocpy, by ${engine}`, { skip: skipWithoutPython }, (t) =>
      runChecks(t, 'check_tap_sky.py', [service.url, engine]),
    );
  }
  test('psql, and DuckDB on the files, have the same numbers', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_tap_sql.py', [service.url, service.databaseUrl!, bucketFolder]),
  );
  test('STILTS asks', { skip: skipWithoutStilts }, async () => {
    const csv = await runStilts('tapquery', [
      `tapurl=${service.url}/tap`,
      'sync=true',
      'adql=SELECT TOP 3 source_id, vmag, name FROM hipparcos.stars ORDER BY vmag',
      'ofmt=csv',
      'out=-',
    ]);
    assert.match(csv, /^source_id,vmag,name\n32349,-1\.44,Sirius\n/);
  });
  test('taplint finds no error', { skip: skipWithoutStilts }, async (t) => {
    const report = await runStilts('taplint', [`tapurl=${service.url}/tap`, `stages=${TAPLINT_STAGES}`]);
    const lines = report.split('\n');
    for (const line of lines.filter((line) => /^[WF]-/.test(line))) t.diagnostic(line);
    const errors = lines.filter((line) => /^[EF]-/.test(line));
    assert.equal(errors.length, 0, errors.join('\n'));
    assert.match(report, /^Totals: Errors: 0;/m);
    for (const stage of TAPLINT_STAGES.split(' '))
      assert.match(report, new RegExp(`^Section ${stage}:`, 'm'));
  });
});
