import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Hono } from 'hono';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { ReleaseFiles } from '../../../engine/catalog/release-files.ts';
import { appOver } from '../../../test/app.ts';
import { type ScratchBucket, scratchBucket } from '../../../test/scratch-bucket.ts';

const FILE = 'dataset/Norder=0/Dir=0/Npix=4.parquet';
const ADDRESS = `http://vo.example/bulk/hipparcos.stars/latest/${FILE}`;

type Row = Record<string, unknown>;

let bucket: ScratchBucket;
let app: Hono;
/** Of the stored file, by an independent reader. */
let rows: Row[];
before(async () => {
  bucket = await scratchBucket();
  app = appOver(bucket.storage);
  const { release } = await bucket.latest('hipparcos.stars');
  const file = (await bucket.storage.get(`hipparcos.stars/${release}/${FILE}`))!.slice().buffer;
  rows = await parquetReadObjects({ file, compressors });
});
after(() => bucket.remove());

const ask = async (query: Record<string, string>, headers: Record<string, string> = {}, method = 'GET') =>
  app.request(`${ADDRESS}?${new URLSearchParams(query)}`, { headers, method });

async function selected(query: Record<string, string>): Promise<Row[]> {
  const response = await ask(query);
  assert.equal(response.status, 200, await response.clone().text());
  return parquetReadObjects({ file: await response.arrayBuffer() });
}

const only = (names: readonly string[]) => (row: Row) =>
  Object.fromEntries(names.map((name) => [name, row[name]]));

test('just those columns, in that order, and the index', async () => {
  const names = ['vmag', 'source_id', '_healpix_29'];
  const found = await selected({ columns: 'vmag,source_id' });
  assert.deepEqual(Object.keys(found[0]!), names);
  assert.deepEqual(found, rows.map(only(names)));
});

test('just those rows, of all columns', async () => {
  const found = await selected({ filters: 'vmag<4' });
  const expected = rows.filter(({ vmag }) => vmag !== null && (vmag as number) < 4);
  assert.ok(expected.length > 5 && expected.length < rows.length / 10);
  assert.deepEqual(found, expected.map(only(Object.keys(found[0]!))));
});

test('the columns of filters come along', async () => {
  const found = await selected({ columns: 'source_id', filters: 'constellation==Cet,vmag<5;name==Mira' });
  assert.deepEqual(Object.keys(found[0]!), ['source_id', 'constellation', 'vmag', 'name', '_healpix_29']);
  const expected = rows.filter(
    ({ constellation, vmag, name }) =>
      (constellation === 'Cet' && vmag !== null && (vmag as number) < 5) || name === 'Mira',
  );
  assert.ok(expected.length > 3);
  assert.deepEqual(found, expected.map(only(Object.keys(found[0]!))));
});

test('any ranges of cells, as LSDB asks for cones', async () => {
  const cells = rows.map((row) => row._healpix_29 as bigint);
  const border = fc.oneof(
    fc.constantFrom(...cells),
    fc.bigInt({ min: 4n << 58n, max: 5n << 58n }),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(border, border), { minLength: 1, maxLength: 4 }), async (ranges) => {
      const filters = ranges.map(([from, to]) => `_healpix_29>=${from},_healpix_29<${to}`).join(';');
      const found = await selected({ columns: 'source_id', filters });
      const expected = rows.filter(({ _healpix_29: cell }) =>
        ranges.some(([from, to]) => (cell as bigint) >= from && (cell as bigint) < to),
      );
      assert.deepEqual(
        found.map((row) => row.source_id),
        expected.map((row) => row.source_id),
      );
    }),
    { numRuns: 60 },
  );
});

test('row groups that the index rules out are not read', async () => {
  const cell = rows[Math.floor(rows.length / 2)]!._healpix_29 as bigint;
  bucket.reads.splice(0);
  const found = await selected({ columns: 'source_id', filters: `_healpix_29==${cell}` });
  assert.equal(found.length, 1);
  const bytes = bucket.reads
    .filter(({ key }) => key.endsWith('.parquet'))
    .reduce((sum, { range }) => sum + range!.length, 0);
  assert.ok(bytes > 0 && bytes < 50_000, `${bytes}`);
  await selected({ filters: '_healpix_29<0' });
});

test('no row at all is a file all the same', async () => {
  const response = await ask({ columns: 'source_id,name', filters: 'vmag<-50' });
  const file = await response.arrayBuffer();
  assert.equal(parquetMetadata(file).num_rows, 0n);
  assert.deepEqual(
    parquetMetadata(file)
      .schema.slice(1)
      .map(({ name }) => name),
    ['source_id', 'name', 'vmag', '_healpix_29'],
  );
});

test('has a size, ranges and a tag, as a file has', async () => {
  const query = { columns: 'source_id,ra,dec', filters: 'dec>0' };
  const whole = new Uint8Array(await (await ask(query)).arrayBuffer());
  for (const fresh of [false, true]) {
    if (fresh) app = appOver(bucket.storage);
    const head = await ask(query, {}, 'HEAD');
    assert.equal(head.headers.get('content-length'), String(whole.length));
    assert.equal(head.headers.get('accept-ranges'), 'bytes');
    const etag = head.headers.get('etag')!;
    assert.match(etag, /^"[0-9a-f]{32}"$/);
    assert.equal((await ask(query, { 'if-none-match': etag })).status, 304);
    assert.notEqual((await ask({ ...query, filters: 'dec>1' }, {}, 'HEAD')).headers.get('etag'), etag);
    for (const [from, to] of [
      [0, 4],
      [whole.length - 8, whole.length],
      [5000, 60000],
    ] as const) {
      const part = await ask(query, { range: `bytes=${from}-${to - 1}`, 'if-range': etag });
      assert.equal(part.status, 206);
      assert.equal(part.headers.get('content-range'), `bytes ${from}-${to - 1}/${whole.length}`);
      assert.deepEqual(new Uint8Array(await part.arrayBuffer()), whole.slice(from, to));
    }
    const beyond = await ask(query, { range: `bytes=${whole.length}-` });
    assert.equal(beyond.status, 416);
  }
});

test('describes its columns', async () => {
  const metadata = parquetMetadata(await (await ask({ columns: 'vmag' })).arrayBuffer());
  const votable = metadata.key_value_metadata!.find(({ key }) => key === 'IVOA.VOTable-Parquet.content')!
    .value!;
  assert.match(votable, /name="vmag"[^>]*unit="mag"/);
  assert.match(votable, /name="_healpix_29"/);
});

test('says what is wrong, and answers with no row', async () => {
  for (const [query, message] of [
    [{ columns: 'vmagg' }, /columns has "vmagg", which is no column\. Did you mean vmag\?/],
    [{ columns: 'vmag,,ra' }, /columns has "", which is no column/],
    [{ columns: 'nothing' }, /The columns are _healpix_29, source_id, ra/],
    [{ filters: 'vmagg<4' }, /filters has a condition on "vmagg"/],
    [{ filters: 'vmag<<4' }, /filters has "vmag<<4": a condition is/],
    [{ filters: 'vmag<four' }, /vmag, which is a number, but "four" is none/],
  ] as const) {
    const response = await ask(query as Record<string, string>);
    assert.equal(response.status, 400, JSON.stringify(query));
    assert.match(await response.text(), message);
  }
  const twice = await app.request(`${ADDRESS}?columns=ra&columns=dec`);
  assert.equal(twice.status, 400);
  assert.match(await twice.text(), /columns is given 2 times/);
});

test('parameters without a value choose nothing: the file as it is stored', async () => {
  const stored = await app.request(ADDRESS, { method: 'HEAD' });
  const response = await app.request(`${ADDRESS}?columns=&filters=`, { method: 'HEAD' });
  assert.equal(response.headers.get('etag'), stored.headers.get('etag'));
});

test('a file that the index does not know, such as one of a margin', async () => {
  const own = await scratchBucket();
  try {
    const { release } = await own.latest('hipparcos.stars');
    const prefix = `hipparcos.stars/${release}`;
    const path = FILE.replace('dataset', 'margin_10arcs/dataset');
    const bytes = (await own.storage.get(`${prefix}/${FILE}`))!;
    await own.storage.put(`${prefix}/${path}`, bytes);
    const list = await own.readJson<ReleaseFiles>(`${prefix}/files.json`);
    const files = [...list.files, { ...list.files.find((file) => file.path === FILE)!, path }];
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    await own.writeJson(`${prefix}/files.json`, { ...list, files });
    const written = (await own.storage.get(`${prefix}/files.json`))!;
    const sha256 = createHash('sha256').update(written).digest('hex');
    await own.editManifest('hipparcos.stars', (manifest) => ({
      ...manifest,
      files: { bytes: written.length, sha256 },
    }));
    const ownApp = appOver(own.storage);
    const query = new URLSearchParams({ columns: 'source_id', filters: 'constellation==Cet,vmag<5' });
    const bodyOf = async (below: string) => {
      const response = await ownApp.request(`http://vo.example/bulk/${prefix}/${below}?${query}`);
      assert.equal(response.status, 200);
      return new Uint8Array(await response.arrayBuffer());
    };
    assert.deepEqual(await bodyOf(path), await bodyOf(FILE));
    await own.storage.put(`${prefix}/${path}`, bytes.slice().fill(0, 1000, 1001));
    const damaged = await ownApp.request(`http://vo.example/bulk/${prefix}/${path}?columns=ra`);
    assert.equal(damaged.status, 500);
  } finally {
    await own.remove();
  }
});

test('a damaged file gives no rows', async () => {
  const own = await scratchBucket();
  try {
    const { release } = await own.latest('hipparcos.stars');
    const key = `hipparcos.stars/${release}/${FILE}`;
    const bytes = (await own.storage.get(key))!.slice();
    for (let at = 1000; at < bytes.length - 100_000; at += 5000) bytes[at]! ^= 255;
    await own.storage.put(key, bytes);
    const response = await appOver(own.storage).request(`${ADDRESS}?columns=source_id`);
    assert.equal(response.status, 500);
    assert.match(await response.text(), /damaged/);
  } finally {
    await own.remove();
  }
});
