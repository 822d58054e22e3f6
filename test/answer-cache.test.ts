import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { folderKeys } from '../cli/service/local-r2.ts';
import { manifestKey, type Pointer, pointerKey } from '../engine/catalog/manifest.ts';
import { demoBucket } from './demo-release.ts';
import { type Answer, type RequestOptions, request } from './http.ts';
import { type RunningService, startWranglerR2 } from './service.ts';

const CATALOG = 'dso.objects';
const M31 = 'RA=10.68&DEC=41.27&SR=12';
const STARS = 'hipparcos.stars';
const WHOLE_SKY = 'RA=0&DEC=0&SR=180&VERB=1&MAXREC=1000000';

/**
 * A service whose memory holds nothing, so that every answer comes from the bucket or, once the bucket's data files are
 * emptied, from the cache or not at all.
 */
describe('answers kept in the cache of miniflare', { concurrency: false }, () => {
  let bucket: string;
  let release: string;
  let data: ReadonlyMap<string, Buffer>;
  let service: RunningService;

  before(async () => {
    bucket = await demoBucket();
    ({ release } = JSON.parse(await readFile(join(bucket, pointerKey(CATALOG)), 'utf8')) as Pointer);
    const keys = (await folderKeys(bucket)).filter((key) => key.endsWith('.parquet'));
    data = new Map(
      await Promise.all(keys.map(async (key) => [key, await readFile(join(bucket, key))] as const)),
    );
  });
  afterEach(() => service.close());

  async function start(variables: Record<string, string> = {}): Promise<void> {
    service = await startWranglerR2({
      bucketFolder: bucket,
      variables: { CACHE_BYTES: '1', MAX_RADIUS: '180', ...variables },
    });
  }

  const ask = (query: string, options?: RequestOptions, address = CATALOG): Promise<Answer> =>
    request(`${service.url}/scs/${address}?${query}`, options);

  async function empty(): Promise<void> {
    for (const key of data.keys()) await service.put(key, new Uint8Array());
  }

  async function restore(): Promise<void> {
    for (const [key, bytes] of data) await service.put(key, bytes);
  }

  /** The answer while the bucket is whole; leaves the bucket empty, with the answer kept. */
  async function askUntilKept(query: string, address = CATALOG): Promise<Answer> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
      await restore();
      const made = await ask(query, {}, address);
      assert.equal(made.status, 200);
      await empty();
      if ((await ask(query, {}, address)).status === 200) return made;
    }
    throw new Error(`${query} is not kept`);
  }

  test('are the same, under the same headers, however they are asked for', async () => {
    await start();
    const made = await askUntilKept(`${M31}&RESPONSEFORMAT=csv`);
    assert.match(made.body.toString(), /NGC ?224|M ?31/);
    for (const [query, options] of [
      [`${M31}&RESPONSEFORMAT=csv`, {}],
      [`${M31}&VERB=2&responseformat=text/csv`, {}],
      [`sr=12.0&ra=10.680&dec=+41.27`.replace('+', '%2B'), { headers: { Accept: 'text/csv' } }],
      [M31, { headers: { Accept: 'text/csv', 'If-None-Match': '"another"' } }],
      [
        '',
        {
          method: 'POST',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: `${M31}&RESPONSEFORMAT=csv`,
        },
      ],
    ] as const) {
      const kept = await ask(query, options);
      assert.equal(kept.status, 200, query);
      assert.deepEqual(kept.body, made.body);
      const { date: _, ...headers } = kept.headers;
      const { date: __, ...expected } = made.headers;
      assert.deepEqual(headers, expected);
    }
    const gzipped = await ask(`${M31}&RESPONSEFORMAT=csv`, { headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(gzipped.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(gzipped.body), made.body);
    const head = await ask(`${M31}&RESPONSEFORMAT=csv`, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
    assert.equal(head.headers.etag, made.headers.etag);
    const same = await ask(`${M31}&RESPONSEFORMAT=csv`, { headers: { 'If-None-Match': made.headers.etag! } });
    assert.equal(same.status, 304);
  });

  test('are of one format, one verbosity, one limit, one order and one release', async () => {
    await start();
    await askUntilKept(M31);
    for (const other of [
      'RESPONSEFORMAT=csv',
      'RESPONSEFORMAT=votable/b2',
      'VERB=1',
      'MAXREC=2',
      'SORT=separation',
      'NEAREST=1',
    ]) {
      const answer = await ask(`${M31}&${other}`);
      assert.equal(answer.status, 500, other);
      assert.match(answer.body.toString(), /dso\.objects/);
    }
    assert.equal((await ask(`${M31}1`)).status, 500, 'another radius');
    const dated = await ask(M31, {}, `${CATALOG}@${release}`);
    assert.equal(dated.status, 200, 'the same release by its name');
    assert.equal(dated.headers['cache-control'], 'public, max-age=86400');
  });

  test('are not seen any more once there is a new release', async () => {
    await start();
    await askUntilKept(M31);
    const next = '2099-01-01';
    const folder = join(bucket, CATALOG, release);
    for (const path of await folderKeys(folder)) {
      const key = `${CATALOG}/${next}/${path}`;
      if (path !== 'manifest.json') await service.put(key, await readFile(join(folder, path)));
    }
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    await service.put(
      manifestKey(CATALOG, next),
      Buffer.from(JSON.stringify({ ...manifest, release: next })),
    );
    const pointer: Pointer = { release: next, published: new Date().toISOString() };
    await service.put(pointerKey(CATALOG), Buffer.from(JSON.stringify(pointer)));
    const answer = await until(
      () => ask(M31),
      ({ headers }) => headers['almagest-release'] === next,
    );
    assert.equal(answer.status, 200);
    assert.match(answer.body.toString(), /<INFO name="release" value="2099-01-01"/);
    const old = await ask(M31, {}, `${CATALOG}@${release}`);
    assert.equal(old.status, 200);
    assert.equal(old.headers['almagest-release'], release);
    assert.ok(old.body.includes(`<INFO name="release" value="${release}"`));
  });

  test('are none that failed, from the start or midway', async () => {
    await start({ ANSWER_CACHE_BYTES: '100000000' });
    await empty();
    assert.equal((await ask(M31)).status, 500);
    await restore();
    assert.equal((await ask(M31)).status, 200, 'the failure is not kept');

    await service.put(`${STARS}/${release}/dataset/Norder=0/Dir=0/Npix=11.parquet`, new Uint8Array());
    const broken = await ask(WHOLE_SKY, {}, STARS);
    assert.equal(broken.status, 200);
    assert.match(broken.body.subarray(-400).toString(), /QUERY_STATUS" value="ERROR"/);
    await askUntilKept(M31);
    assert.equal((await ask(WHOLE_SKY, {}, STARS)).status, 500, 'the answer that broke off is not kept');
    const whole = await askUntilKept(WHOLE_SKY, STARS);
    assert.ok(whole.body.length > 10 * 65_536, 'it has many chunks');
    assert.deepEqual((await ask(WHOLE_SKY, {}, STARS)).body, whole.body);
  });

  test('are none that nobody read to the end, or that are too long', async () => {
    await start({ ANSWER_CACHE_BYTES: '20000' });
    const long = await ask(`${M31}0&RESPONSEFORMAT=csv`);
    assert.ok(long.body.length > 20_000, `${long.body.length} bytes`);
    assert.equal((await ask(WHOLE_SKY, { method: 'HEAD' }, STARS)).status, 200);
    const short = await askUntilKept(`${M31}&RESPONSEFORMAT=csv`);
    assert.ok(short.body.length < 20_000);
    assert.equal((await ask(`${M31}0&RESPONSEFORMAT=csv`)).status, 500);
    assert.equal((await ask(WHOLE_SKY, {}, STARS)).status, 500);
  });

  test('are none where the service is told so', async () => {
    await start({ ANSWER_CACHE_BYTES: '0' });
    assert.equal((await ask(M31)).status, 200);
    assert.equal((await ask(M31)).status, 200);
    await empty();
    assert.equal((await ask(M31)).status, 500);
  });
});

async function until(next: () => Promise<Answer>, accept: (answer: Answer) => boolean): Promise<Answer> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const answer = await next();
    if (accept(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('it did not come true within a minute');
}
