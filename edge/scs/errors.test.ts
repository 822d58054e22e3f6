import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Hono } from 'hono';
import type { Manifest } from '../../engine/catalog/manifest.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { appOver } from '../../test/app.ts';
import { demoBucket } from '../../test/demo-release.ts';
import { partitionPaths } from '../../test/stored-row-groups.ts';
import { parseVotable } from '../../test/votable.ts';

const STARS = '/scs/hipparcos.stars';
const WHOLE_SKY = 'RA=0&DEC=0&SR=180&MAXREC=1000000';

/** The message of an error document, which must be one that SCS and DALI clients understand. */
async function messageOf(response: Response, status: number): Promise<string> {
  const text = await response.text();
  assert.equal(response.status, status, text.slice(0, 500));
  assert.equal(response.headers.get('content-type'), 'text/xml;content=x-votable');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const { infos, message, fields } = parseVotable(text);
  assert.equal(infos.get('QUERY_STATUS'), 'ERROR');
  assert.equal(infos.get('Error'), message);
  assert.equal(infos.get('standardID'), 'ivo://ivoa.net/std/ConeSearch');
  assert.equal(fields.length, 0);
  assert.doesNotMatch(text, /\bat .*\.ts|node_modules/, 'no stack trace');
  return message;
}

describe('requests that cannot be answered', () => {
  let app: Hono;
  before(async () => {
    app = appOver(folderStorage(await demoBucket()));
  });

  const BAD: readonly [query: string, message: RegExp][] = [
    ['', /^RA, DEC, SR are missing/],
    ['RA=10&DEC=10', /^SR is missing/],
    ['RA=&DEC=10&SR=1', /^RA is missing/],
    ['RA=abc&DEC=10&SR=1', /RA "abc" is not a decimal number/],
    ['RA=NaN&DEC=10&SR=1', /RA "NaN" is not a decimal number; it must be finite/],
    ['RA=inf&DEC=10&SR=1', /RA "inf" .* finite/],
    ['RA=10&DEC=-inf&SR=1', /DEC "-inf" .* finite/],
    ['RA=10&DEC=10&SR=1e400', /SR "1e400" is too large/],
    ['RA=12:30:00&DEC=10&SR=1', /RA "12:30:00" .* give degrees as a decimal number/],
    ['RA=10&DEC=-05:23:28&SR=1', /DEC "-05:23:28" .* give degrees/],
    ['RA=10,5&DEC=10&SR=1', /RA "10,5" .* write 10\.5/],
    ['RA=0x10&DEC=10&SR=1', /RA "0x10" is not a decimal/],
    ['RA=1_000&DEC=10&SR=1', /RA "1_000" is not a decimal/],
    ['RA=361&DEC=10&SR=1', /RA "361" is out of range/],
    ['RA=-10&DEC=10&SR=1', /RA "-10" is out of range/],
    ['RA=10&DEC=91&SR=1', /DEC "91" is out of range; declination runs from -90 to 90/],
    ['RA=10&DEC=10&SR=-1', /SR "-1" is out of range/],
    ['RA=10&DEC=10&SR=20.5', /SR "20.5" is out of range; .* 0 .* to 20 degrees/],
    ['RA=10&RA=10&DEC=10&SR=1', /RA is given 2 times/],
    ['RA=10&ra=11&DEC=10&SR=1', /RA is given 2 times/],
    ['RA=10&DEC=10&SR=1&VERB=4', /VERB "4" is none of 1, 2, 3/],
    ['RA=10&DEC=10&SR=1&MAXREC=-1', /MAXREC "-1" is not a whole number/],
    ['RA=10&DEC=10&SR=1&RESPONSEFORMAT=pdf', /RESPONSEFORMAT "pdf" is not offered; ask for votable/],
    ['RA=10&DEC=10&SR=1&SORT=ra', /SORT "ra" is none of separation, none/],
    ['RA=%E0%A4%A&DEC=10&SR=1', /RA .* is not a decimal number/],
    ['RA=%3Cscript%3E&DEC=10&SR=1', /RA "<script>" is not a decimal number/],
    ['RA=%00&DEC=10&SR=1', /RA .* is not a decimal number/],
  ];
  for (const [query, message] of BAD) {
    test(`400: ${query || 'no parameters'}`, async () => {
      assert.match(await messageOf(await app.request(`${STARS}?${query}`), 400), message);
    });
  }

  test('errors are VOTables whatever format was asked for', async () => {
    await messageOf(await app.request(`${STARS}?RA=x&RESPONSEFORMAT=csv`), 400);
    await messageOf(await app.request(`${STARS}?RA=x`, { headers: { accept: 'application/json' } }), 400);
  });

  test('404: an unknown catalogue, with the name that was probably meant', async () => {
    const message = await messageOf(await app.request('/scs/hiparcos.star?RA=1&DEC=2&SR=3'), 404);
    assert.equal(message, 'There is no catalogue "hiparcos.star". Did you mean hipparcos.stars?');
    const stranger = await messageOf(await app.request('/scs/gaia.dr3?RA=1&DEC=2&SR=3'), 404);
    assert.match(stranger, /The catalogues here are dso\.objects, hipparcos\.stars\./);
  });

  test('404: a name that is none, and a path out of the bucket', async () => {
    for (const name of [
      'x',
      '..%2f..%2fetc',
      'a.b%00',
      `${'a'.repeat(300)}.b`,
      'hipparcos.stars%2flatest.json',
    ]) {
      assert.match(await messageOf(await app.request(`/scs/${name}?RA=1&DEC=2&SR=3`), 404), /no catalogue/);
    }
  });

  test('404: a release that is not there', async () => {
    const pointer = await readFile(join(await demoBucket(), 'hipparcos.stars/latest.json'), 'utf8');
    const { release: latest } = JSON.parse(pointer);
    for (const release of ['1999-01-01', 'yesterday', '']) {
      const message = await messageOf(await app.request(`${STARS}@${release}?RA=1&DEC=2&SR=3`), 404);
      const there = `There are hipparcos.stars@${latest}; hipparcos.stars alone is the latest.`;
      assert.equal(message, `hipparcos.stars has no release "${release}". ${there}`);
    }
  });

  test('414: an address of 64 kB', async () => {
    const message = await messageOf(
      await app.request(`${STARS}?RA=1&DEC=2&SR=3&X=${'x'.repeat(65_536)}`),
      414,
    );
    assert.match(message, /more than 8192: send the parameters as a POST form/);
  });

  test('413: a body of 1 MB', async () => {
    const body = new URLSearchParams({ RA: '1', DEC: '2', SR: '3', X: 'x'.repeat(1_000_000) });
    assert.match(
      await messageOf(await app.request(STARS, { method: 'POST', body }), 413),
      /longer than 65536 bytes/,
    );
  });

  test('415: a body that is no form', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await app.request(STARS, { method: 'POST', body: '{"RA":1}', headers });
    assert.match(await messageOf(response, 415), /application\/json: .* application\/x-www-form-urlencoded/);
  });

  test('405: a method that there is not, with those that there are', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const response = await app.request(STARS, { method });
      assert.equal(response.status, 405);
      assert.equal(response.headers.get('allow'), 'GET, HEAD, POST, OPTIONS');
      assert.match(await response.text(), new RegExp(`^${method} is not possible here`));
    }
    assert.equal(
      (await app.request('/capabilities', { method: 'POST' })).headers.get('allow'),
      'GET, HEAD, OPTIONS',
    );
  });

  test('404: no such address, with those that there are', async () => {
    const response = await app.request('/cone');
    assert.equal(response.status, 404);
    assert.match(await response.text(), /\/scs\/\{schema\.table\}/);
  });
});

describe('a bucket at fault', { concurrency: false }, () => {
  let bucket: string;
  let log: unknown[][];
  const consoleError = console.error;

  before(async () => {
    bucket = await mkdtemp(join(tmpdir(), 'almagest-damaged-'));
    await cp(await demoBucket(), bucket, { recursive: true });
    // The service logs its own faults, whole: here they are wanted, and kept out of the test's output.
    console.error = (...args: unknown[]) => log.push(args);
    log = [];
  });
  after(async () => {
    console.error = consoleError;
    await rm(bucket, { recursive: true });
  });

  const damaged = (): Hono => appOver(folderStorage(bucket), { MAX_RADIUS: '180' });

  async function manifestPath(): Promise<string> {
    const { release } = JSON.parse(await readFile(join(bucket, 'hipparcos.stars/latest.json'), 'utf8'));
    return join(bucket, 'hipparcos.stars', release, 'manifest.json');
  }
  async function partitionPath(at: number): Promise<string> {
    const path = await manifestPath();
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
    return join(path, '..', (await partitionPaths(folderStorage(bucket), manifest)).at(at)!);
  }
  /** Runs a check while a file has other bytes. */
  async function whileChanged(
    path: string,
    change: (path: string) => Promise<void>,
    check: () => Promise<void>,
  ) {
    const bytes = await readFile(path);
    log.length = 0;
    try {
      await change(path);
      await check();
    } finally {
      await writeFile(path, bytes);
    }
    assert.ok(log.length > 0, 'the fault is in the log');
  }

  const DAMAGES: readonly [what: string, change: (path: string) => Promise<void>][] = [
    ['empty', (path) => truncate(path, 0)],
    ['truncated', (path) => truncate(path, 5000)],
    ['missing', (path) => rm(path)],
    ['of zeros', async (path) => writeFile(path, new Uint8Array((await readFile(path)).length))],
  ];

  for (const [what, change] of DAMAGES) {
    test(`500: the first Parquet file is ${what}`, async () => {
      await whileChanged(await partitionPath(0), change, async () => {
        for (const format of ['votable', 'csv', 'votable/b2', 'json', 'arrow', 'parquet']) {
          const response = await damaged().request(`${STARS}?${WHOLE_SKY}&RESPONSEFORMAT=${format}`);
          assert.match(await messageOf(response, 500), /The data of this release is damaged: .*\.parquet/);
        }
      });
    });

    test(`500: the manifest is ${what}`, async () => {
      await whileChanged(await manifestPath(), change, async () => {
        const response = await damaged().request(`${STARS}?RA=1&DEC=2&SR=3`);
        assert.match(await messageOf(response, 500), /manifest\.json/);
      });
    });
  }

  test('a Parquet file that turns out to be damaged midway: a VOTable ends with the error, all else breaks off', async () => {
    await whileChanged(
      await partitionPath(-1),
      (path) => truncate(path, 5000),
      async () => {
        for (const format of ['votable', 'votable/b2']) {
          const response = await damaged().request(`${STARS}?${WHOLE_SKY}&VERB=1&RESPONSEFORMAT=${format}`);
          assert.equal(response.status, 200);
          const { infos, message } = parseVotable(await response.text());
          assert.equal(infos.get('QUERY_STATUS'), 'ERROR');
          assert.match(message, /The table is incomplete: .*\.parquet/);
        }
        for (const format of ['csv', 'tsv', 'json', 'arrow', 'parquet']) {
          const response = await damaged().request(`${STARS}?${WHOLE_SKY}&RESPONSEFORMAT=${format}`);
          assert.equal(response.status, 200);
          await assert.rejects(response.text());
        }
        log.push(['the writers tell the client']);
      },
    );
  });

  test('503: a bucket that cannot be read', async () => {
    const broken: Storage = {
      ...folderStorage(bucket),
      get: () => Promise.reject(new Error('EIO: disk /dev/sdb')),
    };
    const response = await appOver(broken).request(`${STARS}?RA=1&DEC=2&SR=3`);
    const message = await messageOf(response, 503);
    assert.match(message, /cannot reach its data just now/);
    assert.doesNotMatch(message, /sdb/);
  });

  test('404: an empty bucket says what to do', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'almagest-empty-'));
    const response = await appOver(folderStorage(empty)).request(`${STARS}?RA=1&DEC=2&SR=3`);
    assert.match(await messageOf(response, 404), /No catalogue has been published yet: .*almagest export/);
    await rm(empty, { recursive: true });
  });
});
