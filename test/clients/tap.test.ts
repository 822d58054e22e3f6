import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { demoBucket } from '../demo-release.ts';
import { type RunningWorkers, startService } from '../service.ts';
import { runChecks, runStilts, skipWithoutPython, skipWithoutStilts } from './clients.ts';

/**
 * What taplint looks at: metadata, capabilities, examples, queries by GET, by POST and as jobs, jobs themselves, uploads.
 * Left out: OBS and LOC (ObsCore), TSV (schemas of XML from the network).
 */
const TAPLINT_STAGES = 'TMV TME TMS TMC CPV CAP AVV QGE QPO QAS UWS MDQ UPL EXA';

/** STILTS 3.4.7 does not know this feature of ADQL 2.1, COALESCE. */
const EXPLAINED = /^W-CAP-CULF-\d+ .*#features-adql-conditional"/;

describe('clients of TAP', { skip: skipWithoutPython && skipWithoutStilts }, () => {
  let bucketFolder: string;
  let service: RunningWorkers;

  before(async () => {
    bucketFolder = await demoBucket();
    service = await startService({ bucketFolder, tap: true, jobs: true, database: true });
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
  test('STILTS runs a job, and resumes one', { skip: skipWithoutStilts }, async () => {
    const [tapurl, output] = [`${service.url}/tap`, ['ofmt=csv', 'out=-', 'poll=200']];
    const adql = 'SELECT TOP 2 source_id FROM hipparcos.stars ORDER BY vmag';
    const csv = await runStilts('tapquery', [`tapurl=${tapurl}`, 'sync=false', `adql=${adql}`, ...output]);
    assert.equal(csv, 'source_id\n32349\n30438\n');
    const body = new URLSearchParams({ LANG: 'ADQL', QUERY: adql, PHASE: 'RUN' });
    const { url } = await fetch(`${tapurl}/async`, { method: 'POST', body });
    assert.equal(await runStilts('tapresume', [`joburl=${url}`, 'delete=finished', ...output]), csv);
    assert.equal((await fetch(url)).status, 404);
  });
  test('pyVO and astropy bring tables, and read answers in all formats', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_uploads.py', [service.url]),
  );
  test('STILTS brings tables: in a query, in a job, to be matched', { skip: skipWithoutStilts }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'almagest-upload-'));
    try {
      const file = join(folder, 'mine.csv');
      await writeFile(file, 'num,ra,dec\n1,101.2872,-16.7161\n2,279.2347,38.7837\n3,10,10\n');
      const adql =
        'SELECT u.num, s.source_id FROM TAP_UPLOAD.t AS u JOIN hipparcos.stars AS s ON DISTANCE(u.ra, u.dec, s.ra, s.dec) < 10 / 3600. ORDER BY num';
      const [tapurl, output] = [`tapurl=${service.url}/tap`, ['ofmt=csv', 'out=-']];
      const upload = ['nupload=1', `upload1=${file}`, 'ufmt1=csv', 'upname1=t', `adql=${adql}`, ...output];
      for (const format of ['tabledata', 'binary', 'binary2']) {
        const found = await runStilts('tapquery', [tapurl, 'sync=true', `upvotformat=${format}`, ...upload]);
        assert.equal(found, 'num,source_id\n1,32349\n2,91262\n');
      }
      assert.equal(
        await runStilts('tapquery', [tapurl, 'sync=false', 'poll=200', ...upload]),
        'num,source_id\n1,32349\n2,91262\n',
      );
      const match = [
        'inlon=ra',
        'inlat=dec',
        'taptable=hipparcos.stars',
        'taplon=ra',
        'taplat=dec',
        'sr=0.003',
        'find=best',
      ];
      const matched = await runStilts('tapskymatch', [tapurl, `in=${file}`, 'ifmt=csv', ...match, ...output]);
      assert.deepEqual(
        matched
          .split('\n')
          .slice(1, -1)
          .map((line) => line.split(',').slice(0, 4)),
        [
          ['1', '101.2872', '-16.7161', '32349'],
          ['2', '279.2347', '38.7837', '91262'],
        ],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
  test('pyVO makes, changes, runs, lists, aborts and deletes jobs', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_jobs.py', [service.url]),
  );
  test('astroquery runs jobs, and finds them again', { skip: skipWithoutPython }, (t) =>
    runChecks(t, 'check_jobs_astroquery.py', [service.url]),
  );
  test('documents of jobs are what the schema of UWS 1.1 knows', { skip: skipWithoutStilts }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'almagest-uws-'));
    try {
      for (const [name, document] of Object.entries(await jobDocuments(`${service.url}/tap/async`))) {
        const file = join(folder, 'document.xml');
        await writeFile(file, document);
        const root = `{http://www.ivoa.net/xml/UWS/v1.0}${name.split(' ', 1)[0]}`;
        await runStilts('xsdvalidate', [`doc=${file}`, `topel=${root}`, 'uselocals=true']);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
  test('taplint finds no error', { skip: skipWithoutStilts }, async (t) => {
    const report = await runStilts('taplint', [`tapurl=${service.url}/tap`, `stages=${TAPLINT_STAGES}`]);
    const lines = report.split('\n');
    for (const line of lines.filter((line) => /^[WF]-/.test(line))) t.diagnostic(line);
    const errors = lines.filter((line) => /^[EFW]-/.test(line) && !EXPLAINED.test(line));
    assert.equal(errors.length, 0, errors.join('\n'));
    assert.match(report, /^Totals: Errors: 0;/m);
    for (const stage of TAPLINT_STAGES.split(' '))
      assert.match(report, new RegExp(`^Section ${stage}:`, 'm'));
  });
});

/** Documents of every kind, by their root elements. */
async function jobDocuments(list: string): Promise<Record<string, string>> {
  const make = async (fields: Record<string, string>) => {
    const body = new URLSearchParams({ LANG: 'ADQL', RUNID: '<&"é', ...fields });
    const made = await fetch(list, { method: 'POST', body, redirect: 'manual' });
    const job = made.headers.get('location')!;
    await (await fetch(`${job}?WAIT=20&PHASE=QUEUED`)).body?.cancel();
    await (await fetch(`${job}?WAIT=20&PHASE=EXECUTING`)).body?.cancel();
    return { job, cookie: made.headers.get('set-cookie')!.split(';', 1)[0]! };
  };
  const text = async (url: string, headers = {}) => (await fetch(url, { headers })).text();
  const [waiting, done, failed] = [
    await make({ WEBHOOK: 'https://vo.example/done' }),
    await make({ QUERY: 'SELECT TOP 1 name FROM dso.objects', PHASE: 'RUN' }),
    await make({ QUERY: 'SELECT\t"x"\nFROM <y>', PHASE: 'RUN' }),
  ] as const;
  assert.match(await text(done.job), /<uws:result id="result"/);
  assert.match(await text(failed.job), /<uws:errorSummary/);
  return {
    'job that waits': await text(waiting.job),
    'job that is done': await text(done.job),
    'job that failed': await text(failed.job),
    'parameters of one that failed': await text(`${failed.job}/parameters`),
    'results of one that is done': await text(`${done.job}/results`),
    'results of one that waits': await text(`${waiting.job}/results`),
    'jobs of a session': await text(list, { cookie: done.cookie }),
    'jobs of nobody': await text(list),
  };
}
