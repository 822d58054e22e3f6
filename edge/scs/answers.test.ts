import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { tableFromIPC } from 'apache-arrow';
import type { Hono } from 'hono';
import { parquetReadObjects } from 'hyparquet';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { appOver } from '../../test/app.ts';
import { demoBucket } from '../../test/demo-release.ts';
import { parseVotable } from '../../test/votable.ts';

const STARS = '/scs/hipparcos.stars';
const SIRIUS = 'RA=101.287&DEC=-16.716&SR=0.01';
const PLEIADES = 'RA=56.75&DEC=24.12&SR=1';

describe('cone search over the demo release', () => {
  let app: Hono;
  before(async () => {
    app = appOver(folderStorage(await demoBucket()), { MAX_RECORDS: '1000', DEFAULT_RECORDS: '500' });
  });

  async function votable(query: string, init?: RequestInit) {
    const response = await app.request(`${STARS}?${query}`, init);
    assert.equal(response.status, 200);
    return parseVotable(await response.text());
  }
  const names = async (query: string) => (await votable(query)).fields.map(({ name }) => name);

  test('Sirius, as SCS 1.03 wants it', async () => {
    const { fields, rows, infos } = await votable(SIRIUS);
    const {
      source_id: id,
      ra,
      dec,
      separation,
    } = Object.fromEntries(fields.map((field) => [field.name, field]));
    assert.deepEqual(
      rows.map(([first]) => first),
      ['32349'],
    );
    assert.equal(id!.ucd, 'ID_MAIN');
    assert.equal(id!.datatype, 'char');
    assert.equal(id!.arraysize, '*');
    assert.equal(ra!.ucd, 'POS_EQ_RA_MAIN');
    assert.equal(dec!.ucd, 'POS_EQ_DEC_MAIN');
    assert.equal(ra!.datatype, 'double');
    assert.equal(separation!.unit, 'deg');
    assert.equal(infos.get('QUERY_STATUS'), 'OK');
  });

  test('the answer says what it is and where it comes from', async () => {
    const response = await app.request(`${STARS}?${SIRIUS}&VERB=3&MAXREC=7`);
    const release = response.headers.get('almagest-release')!;
    assert.match(release, /^\d{4}-\d\d-\d\d/);
    assert.equal(response.headers.get('almagest-engine'), 'edge');
    assert.equal(response.headers.get('content-type'), 'text/xml;content=x-votable');
    assert.match(response.headers.get('last-modified')!, / GMT$/);
    const { infos } = parseVotable(await response.text());
    assert.equal(infos.get('standardID'), 'ivo://ivoa.net/std/ConeSearch');
    assert.equal(infos.get('catalog'), 'hipparcos.stars');
    assert.equal(infos.get('release'), release);
    assert.equal(infos.get('engine'), 'edge');
    assert.equal(infos.get('RA'), '101.287');
    assert.equal(infos.get('DEC'), '-16.716');
    assert.equal(infos.get('SR'), '0.01');
    assert.equal(infos.get('VERB'), '3');
    assert.equal(infos.get('MAXREC'), '7');
  });

  test('VERB chooses the columns', async () => {
    assert.deepEqual(await names(`${SIRIUS}&VERB=1`), ['source_id', 'ra', 'dec']);
    const usual = await names(SIRIUS);
    assert.deepEqual(await names(`${SIRIUS}&VERB=2`), usual);
    const all = await names(`${SIRIUS}&VERB=3`);
    assert.ok(usual.length > 4 && all.length > usual.length);
    assert.ok(usual.every((name) => all.includes(name)));
    assert.equal(usual.at(-1), 'separation');
    assert.equal(all.at(-1), 'separation');
  });

  test('SORT=separation gives the nearest first', async () => {
    const { fields, rows } = await votable(`${PLEIADES}&SORT=separation`);
    const at = fields.findIndex(({ name }) => name === 'separation');
    const separations = rows.map((row) => Number(row[at]));
    assert.ok(separations.length > 10);
    assert.deepEqual(
      separations,
      separations.toSorted((a, b) => a - b),
    );
    assert.ok(separations.every((separation) => separation <= 1));
    assert.deepEqual(await names(`${PLEIADES}&SORT=separation&VERB=1`), [
      'source_id',
      'ra',
      'dec',
      'separation',
    ]);
  });

  test('NEAREST gives so many rows, nearest first, and the answer is complete', async () => {
    const separationOf = ({ fields, rows }: Awaited<ReturnType<typeof votable>>) =>
      rows.map((row) => Number(row[fields.findIndex(({ name }) => name === 'separation')]));
    const sorted = separationOf(await votable('RA=56.75&DEC=24.12&SR=20&SORT=separation'));
    for (const query of ['NEAREST=3', 'NEAREST=3&SR=1&SORT=none', 'NEAREST=3&VERB=1']) {
      const answer = await votable(`RA=56.75&DEC=24.12&${query}`);
      assert.deepEqual(separationOf(answer), sorted.slice(0, 3), query);
      assert.equal(answer.infos.get('QUERY_STATUS'), 'OK');
      assert.equal(answer.infos.get('NEAREST'), '3');
    }
    const cut = await votable('RA=56.75&DEC=24.12&NEAREST=3&MAXREC=2');
    assert.deepEqual(separationOf(cut), sorted.slice(0, 2));
    assert.equal(cut.infos.get('QUERY_STATUS'), 'OVERFLOW');
    const tags = await Promise.all(
      ['', '&NEAREST=3', '&NEAREST=4', '&SORT=separation'].map(
        async (more) => (await app.request(`${STARS}?${PLEIADES}${more}`)).headers.get('etag')!,
      ),
    );
    assert.equal(new Set(tags).size, 4);
  });

  test('SR=0 asks for the columns only', async () => {
    const { fields, rows, infos } = await votable('RA=101.2872&DEC=-16.7161&SR=0');
    assert.deepEqual(
      fields.map(({ name }) => name),
      await names(SIRIUS),
    );
    assert.equal(rows.length, 0);
    assert.equal(infos.get('QUERY_STATUS'), 'OK');
  });

  test('MAXREC=0 asks for the columns only, with an overflow', async () => {
    const { fields, rows, infos } = await votable(`${SIRIUS}&MAXREC=0`);
    assert.equal(fields.length, 7);
    assert.equal(rows.length, 0);
    assert.equal(infos.get('QUERY_STATUS'), 'OVERFLOW');
  });

  test('an answer that was cut says so, one that just fits does not', async () => {
    const all = await votable(PLEIADES);
    const cut = await votable(`${PLEIADES}&MAXREC=${all.rows.length - 1}`);
    assert.equal(cut.rows.length, all.rows.length - 1);
    assert.equal(cut.infos.get('QUERY_STATUS'), 'OVERFLOW');
    const fits = await votable(`${PLEIADES}&MAXREC=${all.rows.length}`);
    assert.equal(fits.rows.length, all.rows.length);
    assert.equal(fits.infos.get('QUERY_STATUS'), 'OK');
  });

  test('the default and the largest number of rows are those of the service', async () => {
    assert.equal((await votable('RA=0&DEC=0&SR=20')).rows.length, 500);
    assert.equal((await votable('RA=0&DEC=0&SR=20&MAXREC=9999')).rows.length, 1000);
  });

  test('the same rows in every format', async () => {
    const ids = (await votable(PLEIADES)).rows.map(([id]) => id).sort();
    const text = async (format: string) => {
      const response = await app.request(`${STARS}?${PLEIADES}&RESPONSEFORMAT=${encodeURIComponent(format)}`);
      assert.equal(response.status, 200);
      return response.text();
    };
    const csv = (await text('csv')).trim().split(/\r?\n/);
    assert.match(csv[0]!, /^source_id,ra,dec,/);
    assert.deepEqual(
      csv
        .slice(1)
        .map((line) => line.split(',')[0])
        .sort(),
      ids,
    );
    const tsv = (await text('text/tab-separated-values')).trim().split(/\r?\n/);
    assert.deepEqual(
      tsv
        .slice(1)
        .map((line) => line.split('\t')[0])
        .sort(),
      ids,
    );
    const json = JSON.parse(await text('json')) as { data: string[][] };
    assert.deepEqual(json.data.map(([id]) => id).sort(), ids);
    const binary = await text('application/x-votable+xml;serialization=BINARY2');
    assert.match(binary, /<BINARY2>\s*<STREAM encoding="base64">/);

    const bytes = async (format: string) => {
      const response = await app.request(`${STARS}?${PLEIADES}&RESPONSEFORMAT=${format}`);
      assert.match(
        response.headers.get('content-disposition')!,
        /^attachment; filename="hipparcos\.stars\.(arrows|parquet)"$/,
      );
      return response.arrayBuffer();
    };
    const arrow = tableFromIPC(new Uint8Array(await bytes('arrow')));
    assert.deepEqual([...arrow.getChild('source_id')!].sort(), ids);
    assert.equal(arrow.schema.fields[1]!.metadata.get('ucd'), 'POS_EQ_RA_MAIN');
    const parquet = await parquetReadObjects({ file: await bytes('parquet'), columns: ['source_id'] });
    assert.deepEqual(parquet.map(({ source_id }) => source_id).sort(), ids);
  });

  test('Content-Type is the media type that was asked for', async () => {
    for (const [format, mediaType] of [
      ['votable', /^text\/xml/],
      ['text/xml', /^text\/xml/],
      ['application/x-votable+xml', /^application\/x-votable\+xml/],
      ['text/csv', /^text\/csv/],
      ['application/json', /^application\/json/],
      ['arrow', /^application\/vnd\.apache\.arrow\.stream$/],
      ['parquet', /^application\/vnd\.apache\.parquet$/],
    ] as const) {
      const response = await app.request(`${STARS}?${SIRIUS}&RESPONSEFORMAT=${encodeURIComponent(format)}`);
      assert.match(response.headers.get('content-type')!, mediaType);
    }
  });

  test('the Accept header chooses where RESPONSEFORMAT does not', async () => {
    const response = await app.request(`${STARS}?${SIRIUS}`, { headers: { accept: 'text/csv' } });
    assert.match(response.headers.get('content-type')!, /^text\/csv/);
    assert.match(response.headers.get('vary')!, /Accept/);
  });

  test('names have no case, POST is as good as GET', async () => {
    const get = await (await app.request(`${STARS}?ra=101.287&dec=-16.716&sr=0.01`)).text();
    const form = new URLSearchParams({ Ra: '101.287', DEC: '-16.716', sR: '0.01' });
    const multipart = new FormData();
    for (const [name, value] of form) multipart.set(name, value);
    for (const body of [form, multipart]) {
      const post = await app.request(STARS, { method: 'POST', body });
      assert.equal(post.status, 200);
      assert.equal(await post.text(), get);
    }
  });

  test('right ascension wraps, the poles have no right ascension', async () => {
    const ids = async (query: string) => (await votable(query)).rows.map(([id]) => id);
    assert.deepEqual(await ids('RA=360&DEC=10&SR=1'), await ids('RA=0&DEC=10&SR=1'));
    const pole = await ids('RA=0&DEC=90&SR=2');
    assert.ok(pole.includes('11767'), 'Polaris');
    assert.deepEqual(await ids('RA=123.4&DEC=90&SR=2'), pole);
  });

  test('an older release at its own address, which may be kept for long', async () => {
    const release = (await app.request(`${STARS}?${SIRIUS}`)).headers.get('almagest-release');
    const dated = await app.request(`${STARS}@${release}?${SIRIUS}`);
    assert.equal(dated.status, 200);
    assert.equal(dated.headers.get('almagest-release'), release);
    assert.equal(dated.headers.get('cache-control'), 'public, max-age=86400');
  });

  test('HEAD has the headers of GET and no body', async () => {
    const get = await app.request(`${STARS}?${SIRIUS}`);
    const head = await app.request(`${STARS}?${SIRIUS}`, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
    assert.equal(head.headers.get('etag'), get.headers.get('etag'));
    assert.equal(head.headers.get('content-type'), get.headers.get('content-type'));
    assert.equal((await app.request(`${STARS}?RA=1`, { method: 'HEAD' })).status, 400);
  });

  test('an entity tag for each release and query, however it is spelled', async () => {
    const tag = async (query: string) => (await app.request(`${STARS}?${query}`)).headers.get('etag')!;
    const sirius = await tag(SIRIUS);
    assert.match(sirius, /^W\/"[\x21\x23-\x7e]+"$/);
    assert.equal(await tag('sr=0.010&DEC=-16.7160&RA=101.287&VERB=2&RUNID=x'), sirius);
    assert.notEqual(await tag(`${SIRIUS}&VERB=3`), sirius);
    assert.notEqual(await tag(`${SIRIUS}&RESPONSEFORMAT=csv`), sirius);
    assert.notEqual(await tag(PLEIADES), sirius);
  });

  test('If-None-Match: 304 without a body', async () => {
    const etag = (await app.request(`${STARS}?${SIRIUS}`)).headers.get('etag')!;
    const headers = { 'if-none-match': etag };
    const again = await app.request(`${STARS}?${SIRIUS}`, { headers });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
    assert.equal(again.headers.get('etag'), etag);
    assert.equal((await app.request(`${STARS}?${PLEIADES}`, { headers })).status, 200);
  });

  test('compressed for who accepts it', async () => {
    const plain = await app.request(`${STARS}?${PLEIADES}`);
    const packed = await app.request(`${STARS}?${PLEIADES}`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    assert.equal(packed.headers.get('content-encoding'), 'gzip');
    assert.match(packed.headers.get('vary')!, /Accept-Encoding/);
    const bytes = new Uint8Array(await packed.arrayBuffer());
    assert.equal(gunzipSync(bytes).toString(), await plain.text());
  });

  test('pages of other origins may ask and read', async () => {
    const headers = { origin: 'https://aladin.example', 'access-control-request-method': 'POST' };
    const preflight = await app.request(STARS, { method: 'OPTIONS', headers });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
    assert.match(preflight.headers.get('access-control-allow-methods')!, /GET.*HEAD.*POST/);
    const answer = await app.request(`${STARS}?${SIRIUS}`, { headers });
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.match(answer.headers.get('access-control-expose-headers')!, /Almagest-Release/);
  });

  test('a client that hangs up ends the reading', async () => {
    const stored = folderStorage(await demoBucket());
    let reads = 0;
    const counting: Storage = {
      ...stored,
      get(key, range) {
        reads++;
        return stored.get(key, range);
      },
    };
    const everything = `${STARS}?RA=0&DEC=0&SR=180&MAXREC=1000000`;
    const limits = { MAX_RADIUS: '180', CACHE_BYTES: '1' };
    const whole = await appOver(counting, limits).request(everything);
    await whole.arrayBuffer();
    const readsForAll = reads;
    reads = 0;
    const broken = await appOver(counting, limits).request(everything);
    const reader = broken.body!.getReader();
    await reader.read();
    await reader.cancel();
    assert.ok(reads < readsForAll / 2, `${reads} reads of ${readsForAll}`);
    const readsAtEnd = reads;
    await new Promise(setImmediate);
    assert.equal(reads, readsAtEnd);
  });
});
