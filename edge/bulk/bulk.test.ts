import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Hono } from 'hono';
import type { ReleaseFiles } from '../../engine/catalog/release-files.ts';
import { type ExportReport, publicReport } from '../../engine/catalog/reports.ts';
import { appOver } from '../../test/app.ts';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';

const CATALOG = 'hipparcos.stars';

let bucket: ScratchBucket;
let app: Hono;
let release: string;
let files: ReleaseFiles['files'];
/** Path and bytes of a data file. */
let path: string;
let bytes: Uint8Array<ArrayBuffer>;

before(async () => {
  bucket = await scratchBucket();
  app = appOver(bucket.storage);
  ({ release } = await bucket.latest(CATALOG));
  ({ files } = await bucket.readJson<ReleaseFiles>(`${CATALOG}/${release}/files.json`));
  path = files.find((file) => file.path.endsWith('Npix=4.parquet'))!.path;
  bytes = (await bucket.storage.get(`${CATALOG}/${release}/${path}`))!;
});
after(() => bucket.remove());

const ask = async (below: string, headers: Record<string, string> = {}, method = 'GET') =>
  app.request(`http://vo.example/bulk${below}`, { headers, method });
const bodyOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

test('every file is given as it is stored, by dated and latest address', async () => {
  for (const file of [...files, { path: 'files.json' }, { path: 'manifest.json' }]) {
    const stored = (await bucket.storage.get(`${CATALOG}/${release}/${file.path}`))!;
    for (const name of [release, 'latest']) {
      const response = await ask(`/${CATALOG}/${name}/${file.path}`);
      assert.equal(response.status, 200, file.path);
      assert.deepEqual(await bodyOf(response), new Uint8Array(stored), file.path);
      const { headers } = response;
      assert.equal(headers.get('etag'), `"${sha256(stored)}"`);
      const digest = createHash('sha256').update(stored).digest('base64');
      assert.equal(headers.get('repr-digest'), `sha-256=:${digest}:`);
      assert.equal(headers.get('content-length'), String(stored.length));
      assert.equal(headers.get('accept-ranges'), 'bytes');
      assert.equal(headers.get('almagest-release'), release);
      const lifetime = name === 'latest' ? 'max-age=60' : 'max-age=31536000, immutable';
      assert.equal(headers.get('cache-control'), `public, ${lifetime}, no-transform`);
    }
  }
});

test('media types and file names', async () => {
  const expected: Record<string, [string, string]> = {
    [path]: [
      'application/vnd.apache.parquet',
      `attachment; filename="${CATALOG}_${release}_Norder0_Npix4.parquet"`,
    ],
    'dataset/_metadata': [
      'application/vnd.apache.parquet',
      `attachment; filename="${CATALOG}_${release}__metadata"`,
    ],
    'hats.properties': [
      'text/plain;charset=utf-8',
      `inline; filename="${CATALOG}_${release}_hats.properties"`,
    ],
    'partition_info.csv': [
      'text/csv;charset=utf-8',
      `inline; filename="${CATALOG}_${release}_partition_info.csv"`,
    ],
    'moc.fits': ['application/fits', `attachment; filename="${CATALOG}_${release}_moc.fits"`],
    'moc.json': ['application/json', `inline; filename="${CATALOG}_${release}_moc.json"`],
  };
  for (const [file, [type, disposition]] of Object.entries(expected)) {
    const { headers } = await ask(`/${CATALOG}/${release}/${file}`, {}, 'HEAD');
    assert.equal(headers.get('content-type'), type, file);
    assert.equal(headers.get('content-disposition'), disposition, file);
  }
});

test('HEAD tells the size and reads nothing of the file', async () => {
  bucket.reads.splice(0);
  const response = await ask(`/${CATALOG}/${release}/${path}`, {}, 'HEAD');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-length'), String(bytes.length));
  assert.equal((await bodyOf(response)).length, 0);
  assert.ok(!bucket.reads.some(({ key }) => key.endsWith(path)));
});

test('ranges', async () => {
  for (const [header, from, to] of [
    ['bytes=0-3', 0, 4],
    [`bytes=${bytes.length - 8}-`, bytes.length - 8, bytes.length],
    ['bytes=-8', bytes.length - 8, bytes.length],
    ['bytes=0-', 0, bytes.length],
    ['bytes=1000-99999999', 1000, bytes.length],
  ] as const) {
    const response = await ask(`/${CATALOG}/${release}/${path}`, { range: header });
    assert.equal(response.status, 206, header);
    assert.equal(response.headers.get('content-range'), `bytes ${from}-${to - 1}/${bytes.length}`);
    assert.equal(response.headers.get('content-length'), String(to - from));
    assert.deepEqual(await bodyOf(response), new Uint8Array(bytes.slice(from, to)));
  }
  const beyond = await ask(`/${CATALOG}/${release}/${path}`, { range: `bytes=${bytes.length}-` });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.headers.get('content-range'), `bytes */${bytes.length}`);
  const several = await ask(`/${CATALOG}/${release}/${path}`, { range: 'bytes=0-1,5-6' });
  assert.equal(several.status, 200);
  assert.equal((await bodyOf(several)).length, bytes.length);
});

test('conditions', async () => {
  const file = `/${CATALOG}/${release}/${path}`;
  const { headers } = await ask(file, {}, 'HEAD');
  const etag = headers.get('etag')!;
  const date = headers.get('last-modified')!;
  const early = 'Sat, 01 Jan 2000 00:00:00 GMT';
  const cases: [Record<string, string>, number][] = [
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `W/${etag}, "other"` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': date }, 200],
    [{ 'if-modified-since': date }, 304],
    [{ 'if-modified-since': early }, 200],
    [{ 'if-modified-since': 'nonsense' }, 200],
    [{ 'if-match': etag }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': `W/${etag}` }, 412],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-unmodified-since': date }, 200],
    [{ 'if-unmodified-since': early }, 412],
    [{ range: 'bytes=0-3', 'if-range': etag }, 206],
    [{ range: 'bytes=0-3', 'if-range': date }, 206],
    [{ range: 'bytes=0-3', 'if-range': '"other"' }, 200],
    [{ range: 'bytes=0-3', 'if-range': `W/${etag}` }, 200],
    [{ range: 'bytes=0-3', 'if-range': early }, 200],
    [{ range: 'bytes=99999999-', 'if-none-match': etag }, 304],
  ];
  for (const [given, status] of cases) {
    const response = await ask(file, given);
    assert.equal(response.status, status, JSON.stringify(given));
    assert.equal(response.headers.get('etag'), etag);
  }
});

test('is never compressed on the way', async () => {
  const response = await ask(`/${CATALOG}/${release}/moc.txt`, { 'accept-encoding': 'gzip' });
  assert.equal(response.headers.get('content-encoding'), null);
});

test('other origins may read it all', async () => {
  const { headers } = await ask(`/${CATALOG}/${release}/${path}`, {
    origin: 'https://a.example',
    range: 'bytes=0-3',
  });
  assert.equal(headers.get('access-control-allow-origin'), '*');
  for (const name of ['Content-Range', 'ETag', 'Repr-Digest', 'Accept-Ranges']) {
    assert.match(headers.get('access-control-expose-headers')!, new RegExp(name));
  }
});

test('only files of complete releases can be had', async () => {
  await bucket.storage.put(`${CATALOG}/2099-01-01/dataset/Norder=0/Dir=0/Npix=0.parquet`, bytes);
  await bucket.storage.put(`${CATALOG}/${release}/secret.txt`, bytes);
  await bucket.storage.put('other/file', bytes);
  for (const below of [
    `/${CATALOG}/2099-01-01/dataset/Norder=0/Dir=0/Npix=0.parquet`,
    `/${CATALOG}/2099-01-01/`,
    `/${CATALOG}/${release}/secret.txt`,
    `/${CATALOG}/${release}/../latest.json`,
    `/${CATALOG}/${release}/%2e%2e/latest.json`,
    `/${CATALOG}/${release}/..%2flatest.json`,
    `/${CATALOG}/${release}/..%5clatest.json`,
    `/${CATALOG}/${release}//${path}`,
    `/${CATALOG}/${release}/${path}/`,
    `/${CATALOG}/latest.json`,
    `/${CATALOG}/reports.json`,
    `/${CATALOG}@${release}/${release}/${path}`,
    `/${CATALOG}/./`.replace('./', '%00/'),
    '/other/file',
    '/..%2fother/file',
  ]) {
    const response = await ask(below);
    assert.ok([404].includes(response.status), `${below}: ${response.status}`);
  }
});

test('says what there is where there is nothing', async () => {
  const said = async (below: string, status = 404) => {
    const response = await ask(below);
    assert.equal(response.status, status, below);
    return response.text();
  };
  assert.match(await said('/hipparcos.star/latest/x'), /Did you mean hipparcos\.stars\?/);
  assert.match(
    await said(`/${CATALOG}/2020-01-01/x`),
    new RegExp(`has no release "2020-01-01".*/bulk/hipparcos.stars lists its releases: latest, ${release}`),
  );
  assert.match(await said(`/${CATALOG}/${release}/moc.fit`), /Did you mean moc\.fits\?/);
  assert.match(await said(`/${CATALOG}/${release}/nothing/of/this`), /shows what there is/);
  assert.match(await said(`/${CATALOG}/${release}/%ff`, 400), /percent-encoding/);
  await bucket.writeJson(`${CATALOG}/removed.json`, {
    version: 1,
    releases: [{ release: '2019-01-01', removed: '2020-01-01T00:00:00.000Z' }],
  });
  assert.match(await said(`/${CATALOG}/2019-01-01/x`, 410), /2019-01-01 of hipparcos\.stars was removed/);
});

test('a release that is removed while it is served is gone, not damaged', async () => {
  const own = await scratchBucket();
  try {
    const served = appOver(own.storage);
    const get = async (name: string) => served.request(`http://vo.example/bulk/${CATALOG}/${name}/${path}`);
    const manifest = await own.latest(CATALOG);
    assert.equal((await get(release)).status, 200);
    await own.writeJson(`${CATALOG}/2099-01-01/manifest.json`, { ...manifest, release: '2099-01-01' });
    await own.writeJson(`${CATALOG}/latest.json`, { release: '2099-01-01', published: '' });
    await own.writeJson(`${CATALOG}/removed.json`, {
      version: 1,
      releases: [{ release, removed: '2099-01-01T00:00:00.000Z' }],
    });
    await own.storage.remove(`${CATALOG}/${release}`);
    const meanwhile = await get(release);
    assert.equal(meanwhile.status, 503);
    assert.match(await meanwhile.text(), /was removed\. Ask again/);
    assert.equal((await get(release)).status, 410);
  } finally {
    await own.remove();
  }
});

test('folders: a page with links to what lies in them, and JSON', async () => {
  const page = await ask(`/${CATALOG}/${release}/dataset/Norder=0/Dir=0/`);
  const links = [...(await page.text()).matchAll(/<td>|href="(Npix=[^"]*)"/g)].flatMap(
    ([, link]) => link ?? [],
  );
  assert.equal(links.length, 12);
  const away = await ask(`/${CATALOG}/${release}/dataset/Norder=0`);
  assert.equal(away.status, 301);
  assert.equal(away.headers.get('location'), './Norder=0/');
  const json = await ask(`/${CATALOG}/latest/dataset`, { accept: 'application/json' });
  const folder = (await json.json()) as {
    folders: { url: string }[];
    files: { url: string; sha256: string }[];
  };
  assert.deepEqual(folder.folders, [
    { name: 'Norder=0', url: `http://vo.example/bulk/${CATALOG}/${release}/dataset/Norder=0/` },
  ]);
  for (const { url, sha256: expected } of folder.files) {
    assert.equal(sha256(await bodyOf(await app.request(url))), expected);
  }
});

test('lists of files: of all, and of those that a region needs', async () => {
  const parquet = (text: string) => text.match(/Npix=\d+\.parquet/g) ?? [];
  const list = async (below: string) => {
    const response = await ask(`/${CATALOG}/latest/${below}`);
    assert.equal(response.status, 200, below);
    return response.text();
  };
  const sums = await list('SHA256SUMS');
  assert.equal(parquet(sums).length, 12);
  for (const line of sums.trim().split('\n')) {
    const [, sum, file] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line)!;
    assert.equal(sum, files.find((one) => one.path === file)!.sha256);
  }
  const urls = (await list('urls.txt')).trim().split('\n');
  assert.ok(urls.every((url) => url.startsWith(`http://vo.example/bulk/${CATALOG}/${release}/`)));
  assert.equal((await app.request(urls[0]!)).status, 200);
  assert.equal((await list('parquet.txt')).trim().split('\n').length, 12);
  assert.match(await list('curl.txt'), /^url = "http.*\/Npix=0\.parquet"\noutput = "dataset\/Norder=0/);
  assert.match(
    await list('aria2.txt'),
    /Npix=0\.parquet\n {2}out=dataset.*\n {2}checksum=sha-256=[0-9a-f]{64}\n/,
  );
  // Cells of order 0 by astropy-healpix: HEALPix(1, order='nested').lonlat_to_healpix.
  assert.deepEqual(parquet(await list('SHA256SUMS?CIRCLE=1 0 1')), ['Npix=4.parquet']);
  assert.deepEqual(parquet(await list('SHA256SUMS?circle=45+41.8+0.001')), ['Npix=0.parquet']);
  assert.deepEqual(parquet(await list('urls.txt?MOC=0/3 7')), ['Npix=3.parquet', 'Npix=7.parquet']);
  assert.deepEqual(parquet(await list('urls.txt?MOC=0/3&CIRCLE=1 0 1')), [
    'Npix=3.parquet',
    'Npix=4.parquet',
  ]);
  assert.deepEqual(parquet(await list('urls.txt?POLYGON=10 -2 14 -2 12 2')), ['Npix=4.parquet']);
  assert.match(await list('SHA256SUMS?MOC=0/3'), /hats\.properties/);
  assert.equal(parquet(await list('SHA256SUMS?CIRCLE=0 0 180')).length, 12);
  const json = JSON.parse(await list('files.json?MOC=0/3')) as ReleaseFiles;
  assert.deepEqual(
    json.files.filter(({ rows }) => rows !== undefined),
    files.filter((file) => file.path.endsWith('Npix=3.parquet')).map(({ content: _, ...file }) => file),
  );
});

test('a region that is too long for an address is POSTed', async () => {
  const moc = `9/${Array.from({ length: 3000 }, (_, at) => (3 << 18) + 2 * at).join(',')}`;
  const asked = await ask(`/${CATALOG}/latest/SHA256SUMS?${new URLSearchParams({ MOC: moc })}`);
  assert.equal(asked.status, 414);
  assert.match(await asked.text(), /send the parameters as a POST form/);
  for (const list of ['SHA256SUMS', 'files.json', 'urls.txt']) {
    const response = await app.request(`http://vo.example/bulk/${CATALOG}/latest/${list}`, {
      method: 'POST',
      body: new URLSearchParams({ MOC: moc }),
    });
    assert.equal(response.status, 200);
    assert.deepEqual((await response.text()).match(/Npix=\d+\.parquet/g), ['Npix=3.parquet']);
  }
  const file = await app.request(`http://vo.example/bulk/${CATALOG}/latest/moc.txt`, { method: 'POST' });
  assert.equal(file.status, 405);
  const long = await app.request(`http://vo.example/bulk/${CATALOG}/latest/SHA256SUMS`, {
    method: 'POST',
    headers: { 'content-length': '5000000', 'content-type': 'application/x-www-form-urlencoded' },
    body: `MOC=${' '.repeat(5_000_000)}`,
  });
  assert.equal(long.status, 413);
});

test('a region that is none', async () => {
  for (const [query, message] of [
    ['CIRCLE=1 2', /CIRCLE has 2 numbers; it is longitude, latitude and radius/],
    ['CIRCLE=1 2 three', /CIRCLE has a part that is wrong: "three" is not a decimal number/],
    ['CIRCLE=1 2 -3', /CIRCLE has the radius -3; it lies between 0 and 180/],
    ['CIRCLE=400 2 3', /CIRCLE has the longitude 400/],
    ['CIRCLE=1 95 3', /CIRCLE has the latitude 95/],
    ['POLYGON=1 2 3 4', /POLYGON has 4 numbers/],
    ['POLYGON=1 2 1 2 1 2', /POLYGON/],
    ['MOC=3/x', /MOC has "3\/x"/],
    ['MOC=0/3&CIRCLE=1', /CIRCLE has 1 numbers/],
  ] as const) {
    const response = await ask(`/${CATALOG}/latest/SHA256SUMS?${query}`);
    assert.equal(response.status, 400, query);
    assert.match(await response.text(), message);
  }
});

test('what there is, as a page and as JSON', async () => {
  for (const below of ['.json', '']) {
    const json = (await (await ask(below, { accept: 'application/json' })).json()) as {
      catalogs: { catalog: string; latest: { url: string } }[];
    };
    assert.deepEqual(
      json.catalogs.map(({ catalog }) => catalog),
      ['dso.objects', 'hipparcos.stars'],
    );
    assert.equal(json.catalogs[1]!.latest.url, `http://vo.example/bulk/${CATALOG}/${release}`);
  }
  const page = await ask('', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
  assert.match(page.headers.get('content-type')!, /text\/html/);
  assert.match(await page.text(), /hipparcos\.stars<\/a>.*118,216.*4\.\d+ MB/s);
  const catalog = (await (await ask(`/${CATALOG}.json`)).json()) as {
    latest: string;
    releases: { release: string; rows: number; files: string }[];
    reports: { outcome: string }[];
  };
  assert.equal(catalog.latest, release);
  assert.deepEqual(
    catalog.releases.map((one) => [one.release, one.rows]),
    [[release, 118216]],
  );
  assert.equal((await app.request(catalog.releases[0]!.files)).status, 200);
  assert.equal(catalog.reports[0]!.outcome, 'released');
});

test('why an export failed is told to nobody but who runs it', () => {
  const report: ExportReport = {
    release: null,
    started: '2026-11-20T03:00:00.000Z',
    seconds: 1,
    rows: 0,
    bytes: 0,
    partitions: { written: 0, copied: 0 },
    outcome: 'failed',
    message: 'connect ECONNREFUSED 10.0.0.5:5432',
  };
  assert.equal('message' in publicReport(report), false);
  const warned: ExportReport = { ...report, outcome: 'released', message: 'the clock went back' };
  assert.deepEqual(publicReport(warned), warned);
});

test('every link of the pages works', async () => {
  for (const below of ['', `/${CATALOG}`, `/${CATALOG}/${release}/`, `/${CATALOG}/latest/dataset/`]) {
    const page = await ask(below);
    assert.equal(page.status, 200);
    const links = [...(await page.text()).matchAll(/href="([^"#][^"]*)"/g)]
      .map(([, href]) => new URL(href!.replaceAll('&amp;', '&'), `http://vo.example/bulk${below}`).href)
      .filter((href) => href.startsWith('http://vo.example'));
    assert.ok(links.length > 2, below);
    for (const link of links) assert.equal((await app.request(link)).status, 200, link);
  }
});

test('a file list that was tampered with is not believed', async () => {
  const own = await scratchBucket();
  try {
    const key = `${CATALOG}/${release}/files.json`;
    const list = await own.readJson<ReleaseFiles>(key);
    await own.writeJson(key, { ...list, files: [{ path: 'x', bytes: 1, sha256: '0'.repeat(64) }] });
    const response = await appOver(own.storage).request(`http://vo.example/bulk/${CATALOG}/latest/x`);
    assert.equal(response.status, 500);
    assert.match(await response.text(), /files\.json is damaged: its SHA-256 differs/);
  } finally {
    await own.remove();
  }
});
