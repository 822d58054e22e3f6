import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { projectFolder } from '../../cli/service/wrangler.ts';
import { imagesBucket } from '../demo-images.ts';
import { type RunningWorkers, startService } from '../service.ts';
import { runChecks, runStilts, skipWithoutPython, skipWithoutStilts } from './clients.ts';

const PLATE = encodeURIComponent('ivo://almagest.example/demo?orion-v');

/** Terms of DataLink's vocabulary that STILTS 3.4.7 does not know where it cannot ask www.ivoa.net. */
const NEW_TERMS = /Unknown predicate 'thumbnail' from core DataLink vocabulary/;

describe('clients of images', { skip: skipWithoutPython && skipWithoutStilts }, () => {
  let service: RunningWorkers;

  before(async () => {
    service = await startService({ bucketFolder: await imagesBucket(), tap: true, soda: true, jobs: true });
  });
  after(() => service?.close());

  test('cutouts are what astropy cuts, and pyVO finds them', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_soda.py', [service.url, '--cutouts=200']),
  );
  test('pyVO, astropy and Aladin find images by SIA', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_sia.py', [service.url]),
  );
  test('the examples of the documentation run', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_examples.py', [service.url, join(projectFolder, 'docs/examples')]),
  );
  test('votlint finds no fault in what SIA answers', { skip: skipWithoutStilts }, async () => {
    const queries = ['sia2/query?POS=CIRCLE+56.75+24.12+1', 'sia2/query?MAXREC=0'];
    for (const query of [...queries, 'sia?POS=56.75,24.12&SIZE=1', 'sia?FORMAT=METADATA', 'sia?POS=1']) {
      const report = await runStilts('votlint', [`votable=${service.url}/${query}`]);
      assert.equal(report.trim(), '', query);
    }
  });
  test('datalinklint and votlint find no fault', { skip: skipWithoutStilts }, async (t) => {
    const links = `${service.url}/datalink/links`;
    for (const query of [`?ID=${PLATE}`, `?ID=${PLATE}&ID=ivo://x/y&ID=../x`, '']) {
      const report = await runStilts('datalinklint', [`votable=${links}${query}`]);
      const faults = report.split('\n').filter((line) => /^[EW]-/.test(line) && !NEW_TERMS.test(line));
      assert.deepEqual(faults, [], report);
      assert.match(report, /^Totals: Errors: \d/m);
      t.diagnostic(`${query}: ${report.trim().split('\n').at(-1)}`);
      assert.equal((await runStilts('votlint', [`votable=${links}${query}`])).trim(), '');
    }
  });
});
