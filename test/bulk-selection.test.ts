import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { column, DEC, exported, ID, RA, tableOf, withTable } from '../catalog-export/release/test-catalog.ts';
import type { Manifest } from '../engine/catalog/manifest.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import { appOver } from './app.ts';
import { recipesOn } from './recipes.ts';

type Row = Record<string, unknown>;

/** Asks for columns and rows of the data files of a release, and puts the answers together. */
async function selected(
  bucket: string,
  { catalog, release }: Manifest,
  query: Record<string, string>,
): Promise<Row[]> {
  const app = appOver(folderStorage(bucket));
  const list = await app.request(`http://vo.example/bulk/${catalog}/${release}/parquet.txt`);
  const rows: Row[] = [];
  for (const url of (await list.text()).trim().split('\n')) {
    const response = await app.request(`${url}?${new URLSearchParams(query)}`);
    assert.equal(response.status, 200, await response.clone().text());
    rows.push(...(await parquetReadObjects({ file: await response.arrayBuffer() })));
  }
  return rows;
}

test('columns of all types', () => {
  const columns = [
    column('flag', 'boolean'),
    column('seen', 'char', 'time.epoch', 'timestamp'),
    column('flux', 'float'),
    column('band', 'short'),
    column('a name, with; separators', 'unicodeChar'),
    { ...column('mags', 'float'), arraysize: '3' },
  ];
  const table = tableOf([ID, RA, DEC, ...columns]);
  const rows = Array.from({ length: 3000 }, (_, id) => [
    id,
    (id * 137.5) % 360,
    (id % 170) - 85,
    id % 3 === 0 ? null : id % 3 === 1,
    id % 5 === 0 ? null : new Date(Date.UTC(2026, 0, 1) + id * 3_600_000).toISOString().replace('Z', ''),
    id % 7 === 0 ? 'NaN' : id / 10,
    id % 4,
    id % 2 === 0 ? `a, b; ${id % 10}` : null,
    `{${id},NULL,NaN}`,
  ]);
  return withTable(table, rows, async (catalog) => {
    const manifest = await exported(catalog, table, { maxRows: 1000 });
    assert.ok(manifest.partitions > 2);
    const ids = async (filters: string) =>
      (await selected(catalog.bucket, manifest, { columns: 'id', filters }))
        .map(({ id }) => Number(id))
        .sort((a, b) => a - b);
    const expected = (holds: (id: number) => boolean) =>
      Array.from({ length: 3000 }, (_, id) => id).filter(holds);
    assert.deepEqual(
      await ids('flag==True'),
      expected((id) => id % 3 === 1),
    );
    assert.deepEqual(
      await ids('seen>=2026-03-01T00:00:00,seen<2026-03-02 12:00'),
      expected((id) => id % 5 !== 0 && id >= 59 * 24 && id < 60 * 24 + 12),
    );
    assert.deepEqual(
      await ids('flux>=299'),
      expected((id) => id % 7 !== 0 && Math.fround(id / 10) >= 299),
    );
    assert.deepEqual(
      await ids('bandnot in[0, 1]'),
      expected((id) => id % 4 > 1),
    );
    assert.deepEqual(
      await ids("a name, with; separators=='a, b; 4'"),
      expected((id) => id % 10 === 4),
    );
    const [row] = await selected(catalog.bucket, manifest, { columns: 'mags', filters: 'id==42' });
    assert.deepEqual(row!.mags, [42, null, Number.NaN]);
  });
});

test('a table without positions', () => {
  const table = tableOf([column('key', 'long'), column('value', 'double')], 'survey', 'values');
  const rows = Array.from({ length: 5000 }, (_, key) => [key, key / 2]);
  return withTable(table, rows, async (catalog) => {
    const manifest = await exported(catalog, table, { maxRows: 1000 });
    assert.ok(manifest.partitions > 2);
    const found = await selected(catalog.bucket, manifest, { filters: 'value<10;key in [4999]' });
    assert.deepEqual(Object.keys(found[0]!), ['key', 'value']);
    assert.deepEqual(
      found.map(({ key }) => Number(key)).sort((a, b) => a - b),
      [...Array(20).keys(), 4999],
    );
    const app = appOver(catalog.storage);
    const page = await app.request('http://vo.example/bulk/survey.values');
    assert.doesNotMatch(await page.text(), /lsdb/);
    const region = await app.request('http://vo.example/bulk/survey.values/latest/SHA256SUMS?CIRCLE=0 0 1');
    assert.equal(region.status, 404);
    assert.match(await region.text(), /has no positions: its files cannot be chosen by a region/);
  });
});

test('names that need quoting', () => {
  const columns = [
    { ...ID, name: 'source id' },
    { ...RA, name: 'RA (deg)' },
    { ...DEC, name: 'Déc "J2000"' },
    column("kind's", 'unicodeChar'),
  ];
  const table = tableOf(columns, 'Sky & Survey', "o'dd #1");
  const rows = [
    [1, 10, 20, 'a'],
    [2, 11, 21, 'b'],
  ];
  return withTable(table, rows, async (catalog) => {
    const manifest = await exported(catalog, table);
    const app = appOver(catalog.storage);
    const below = `http://vo.example/bulk/${encodeURIComponent("Sky & Survey.o'dd #1")}`;
    for (const url of ['http://vo.example/bulk', below, `${below}/latest/`]) {
      const page = await (await app.request(url)).text();
      const links = [...page.matchAll(/href="([^"#][^"]*)"/g)]
        .map(([, href]) => new URL(href!.replaceAll('&amp;', '&').replaceAll('&#39;', "'"), url).href)
        .filter((href) => href.startsWith('http://vo.example'));
      for (const link of links) assert.equal((await app.request(link)).status, 200, link);
    }
    const curl = await (await app.request(`${below}/latest/curl.txt`)).text();
    assert.match(curl, /^url = "http:\/\/vo\.example\/bulk\/Sky%20%26%20Survey\.o'dd%20%231\/[^"\s]+"$/m);
    const query = { columns: "kind's,sourceid", filters: 'Déc "J2000">20.5' };
    const [row, ...none] = await selected(
      catalog.bucket,
      { ...manifest, catalog: encodeURIComponent(manifest.catalog) },
      query,
    );
    assert.deepEqual(none, []);
    assert.deepEqual(Object.keys(row!), ["kind's", 'source id', 'Déc "J2000"', '_healpix_29']);
    assert.equal(row!["kind's"], 'b');
    const recipes = recipesOn(await (await app.request(below)).text());
    assert.ok(
      recipes.some(({ code }) => code.includes(`'Sky & Survey.o'\\''dd #1'`)),
      'quoted for the shell',
    );
  });
});
