import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { Hono } from 'hono';
import { readMocAscii } from '../../engine/healpix-wasm/moc.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { appOver } from '../../test/app.ts';
import { demoBucket } from '../../test/demo-release.ts';
import { scratchBucket } from '../../test/scratch-bucket.ts';
import { RequestError } from '../request-error.ts';
import { chooseMocFormat } from './moc-format.ts';

const STARS = '/scs/hipparcos.stars';

describe('the MOC of a catalogue', () => {
  let app: Hono;
  let bucket: string;
  let release: string;
  before(async () => {
    bucket = await demoBucket();
    app = appOver(folderStorage(bucket));
    ({ release } = JSON.parse(await readFile(join(bucket, 'hipparcos.stars/latest.json'), 'utf8')));
  });

  for (const [format, file, type] of [
    ['fits', 'moc.fits', 'application/fits'],
    ['json', 'moc.json', 'application/json'],
    ['ascii', 'moc.txt', 'text/plain;charset=utf-8'],
  ] as const) {
    test(`as ${format} is the release's ${file}, under ${type}`, async () => {
      const stored = await readFile(join(bucket, 'hipparcos.stars', release, file));
      for (const [path, headers] of [
        [`${STARS}/moc?RESPONSEFORMAT=${format}`, {}],
        [`${STARS}@${release}/moc?responseformat=${type}`, {}],
        [`${STARS}/moc`, { Accept: `text/html;q=0.5, ${type.split(';')[0]}` }],
      ] as const) {
        const response = await app.request(path, { headers });
        assert.equal(response.status, 200, path);
        assert.equal(response.headers.get('content-type'), type);
        assert.equal(response.headers.get('almagest-release'), release);
        assert.equal(
          response.headers.get('content-disposition'),
          `inline; filename*=UTF-8''hipparcos.stars%40${release}.${file}`,
        );
        assert.deepEqual(Buffer.from(await response.arrayBuffer()), stored);
      }
    });
  }

  test('is FITS where nothing is asked for', async () => {
    for (const headers of [{}, { Accept: '*/*' }, { Accept: 'text/html,application/xml' }]) {
      const response = await app.request(`${STARS}/moc`, { headers });
      assert.equal(response.headers.get('content-type'), 'application/fits');
      assert.match((await response.text()).slice(0, 80), /^SIMPLE {2}= +T/);
    }
  });

  test('may be kept by caches: a day where the release is named, and is not sent twice', async () => {
    const latest = await app.request(`${STARS}/moc`);
    assert.equal(latest.headers.get('cache-control'), 'public, max-age=60');
    assert.equal(latest.headers.get('vary'), 'Accept, Accept-Encoding');
    const dated = await app.request(`${STARS}@${release}/moc`);
    assert.equal(dated.headers.get('cache-control'), 'public, max-age=86400');
    const etag = latest.headers.get('etag')!;
    assert.equal(dated.headers.get('etag'), etag);
    const again = await app.request(`${STARS}/moc`, { headers: { 'If-None-Match': etag } });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');
    const other = await app.request(`${STARS}/moc?RESPONSEFORMAT=json`, {
      headers: { 'If-None-Match': etag },
    });
    assert.equal(other.status, 200);
    const head = await app.request(`${STARS}/moc`, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
    assert.equal(head.headers.get('etag'), etag);
  });

  test('covers Sirius', async () => {
    const moc = readMocAscii(await (await app.request(`${STARS}/moc?RESPONSEFORMAT=ascii`)).text());
    const sirius = 1_473_525_292_019_227_934n;
    assert.ok(moc.ranges.start.some((start, i) => start <= sirius && sirius < moc.ranges.end[i]!));
  });

  test('a request that makes no sense is told why', async () => {
    for (const [path, status, says] of [
      [`${STARS}/moc?RESPONSEFORMAT=png`, 400, /"png" is not offered; ask for fits, json or ascii/],
      [`${STARS}/moc?RESPONSEFORMAT=fits&responseformat=json`, 400, /2 times/],
      ['/scs/hiparcos.stars/moc', 404, /Did you mean hipparcos\.stars\?/],
      [`${STARS}@2001-01-01/moc`, 404, /no release "2001-01-01"/],
    ] as const) {
      const response = await app.request(path);
      assert.equal(response.status, status, path);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.match(await response.text(), says);
    }
    const post = await app.request(`${STARS}/moc`, { method: 'POST' });
    assert.equal(post.status, 405);
  });
});

test('a MOC that is missing is a damaged release', async () => {
  const bucket = await scratchBucket();
  try {
    const { release } = await bucket.latest('dso.objects');
    await rm(join(bucket.folder, 'dso.objects', release, 'moc.json'));
    const app = appOver(bucket.storage);
    const response = await app.request('/scs/dso.objects/moc?RESPONSEFORMAT=json');
    assert.equal(response.status, 500);
    assert.match(await response.text(), /dso\.objects\/.*\/moc\.json is missing/);
  } finally {
    await bucket.remove();
  }
});

test('Accept chooses by preference, and never refuses', () => {
  const chosen = (accept: string) => chooseMocFormat({}, accept).file;
  assert.equal(chosen('application/json;q=0.4, text/plain;q=0.9'), 'moc.txt');
  assert.equal(chosen('image/fits'), 'moc.fits');
  assert.equal(chosen('application/json;q=0, */*'), 'moc.fits');
  assert.equal(chosen('application/x-votable+xml'), 'moc.fits');
  assert.equal(chooseMocFormat({ RESPONSEFORMAT: [''] }, 'application/json').file, 'moc.json');
  assert.equal(chooseMocFormat({ ResponseFormat: ['JSON '] }, 'text/plain').file, 'moc.json');
  assert.throws(() => chooseMocFormat({ RESPONSEFORMAT: ['moc'] }, undefined), RequestError);
});
