import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Hono } from 'hono';
import type { Manifest } from '../../engine/catalog/manifest.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { appOver } from '../../test/app.ts';
import { demoBucket } from '../../test/demo-release.ts';
import { duckdbOver, tapAppOver } from '../../test/tap-app.ts';
import { parseVotable } from '../../test/votable.ts';

const unescapeHtml = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

describe('the front page', () => {
  let app: Hono;
  let page: string;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-portal-'));
    const storage = folderStorage(await demoBucket());
    const tap = tapAppOver(storage, {}, { duckdb: duckdbOver(storage) });
    app = appOver(storage, { SERVICE_TITLE: 'Stars & more' }, null, {
      tap: { fetch: (request) => tap.request(request.url, request) },
    });
    page = await (await app.request('http://vo.example/')).text();
  });
  after(() => rm(folder, { recursive: true }));

  test('says what there is', () => {
    assert.match(page, /<h1>Stars &amp; more<\/h1>/);
    for (const name of ['dso.objects', 'hipparcos.stars']) assert.ok(page.includes(`>${name}</h2>`));
    for (const rows of ['118,216', '15,806']) assert.ok(page.includes(`<dd>${rows}</dd>`));
    assert.match(page, /left out<\/dt><dd>3<\/dd>/);
    assert.match(page, /<code>vmag<\/code>/);
    assert.match(
      page,
      /pyvo\.dal\.SCSService\(&quot;http:\/\/vo\.example\/scs\/dso\.objects&quot;\)|SCSService\("http:\/\/vo\.example\/scs\/dso\.objects"\)/,
    );
  });

  test('every link of its own works, and every cone search on it finds rows', async () => {
    const links = [...page.matchAll(/href="([^"#][^"]*)"/g)]
      .map(([, href]) => unescapeHtml(href!))
      .filter((href) => !/^(https?|data):/.test(href));
    assert.ok(links.length > 20);
    for (const link of links) {
      const response = await app.request(new URL(link, 'http://vo.example/').href);
      assert.equal(response.status, 200, link);
      const text = await response.text();
      if (link.includes('RESPONSEFORMAT=csv')) assert.ok(text.trim().split('\n').length > 3, link);
    }
  });

  test('queries: a form, and an example of each catalogue; none where there is no TAP', async () => {
    assert.match(page, /<form action="tap\/sync"[^>]*>.*<textarea name="QUERY"[^>]*>SELECT TOP 10/s);
    const examples = page.match(/href="tap\/sync\?[^"]*"/g) ?? [];
    assert.equal(examples.length, 2);
    const bare = await (await appOver(folderStorage(await demoBucket())).request('/')).text();
    assert.doesNotMatch(bare, /tap\/|ADQL/);
  });

  test('its anchors and labels have their targets, once', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
    assert.equal(new Set(ids).size, ids.length);
    const wanted = [...page.matchAll(/(?:href="#|aria-labelledby="|url\('#|url\(&#39;#)([^"'&]*)/g)].map(
      ([, id]) => id!,
    );
    assert.ok(wanted.length > 5);
    for (const id of wanted) assert.ok(ids.includes(id), id);
  });

  test('needs no script and nothing from elsewhere', () => {
    assert.doesNotMatch(page, /<script|<link rel="stylesheet"|<img|@import|src=/);
  });

  test('its map shows every cell that has rows', () => {
    const [first] = page.match(/<svg.*?<\/svg>/s)!;
    assert.match(first, /role="img" aria-label="Map of the whole sky: \d+ % of it has rows"/);
    assert.ok((first.match(/z/g) ?? []).length > 1000);
    assert.doesNotMatch(first, /NaN|undefined|Infinity/);
  });

  test('what publishers write is text, never markup', async () => {
    const bucket = join(folder, 'odd');
    await cp(await demoBucket(), bucket, { recursive: true });
    const { release } = JSON.parse(await readFile(join(bucket, 'dso.objects/latest.json'), 'utf8'));
    const path = join(bucket, 'dso.objects', release, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
    const description = '<script>alert("1")</script> & \'more\'';
    const columns = manifest.table.columns.map((column) => ({ ...column, description, unit: '<b>' }));
    await writeFile(
      path,
      JSON.stringify({ ...manifest, table: { ...manifest.table, description, columns } }),
    );
    const odd = appOver(folderStorage(bucket));
    const html = await (await odd.request('/')).text();
    assert.doesNotMatch(html, /<script|<b>/);
    assert.match(html, /&lt;script&gt;alert\(&quot;1&quot;\)/);
    for (const document of ['/tables', '/capabilities', '/scs/dso.objects?RA=0&DEC=0&SR=0']) {
      assert.doesNotMatch(await (await odd.request(document)).text(), /<script|<b>/);
    }
  });

  test('a name that needs encoding is encoded in addresses', async () => {
    const bucket = join(folder, 'names');
    const name = 'my survey.a&b #1';
    await cp(join(await demoBucket(), 'dso.objects'), join(bucket, name), { recursive: true });
    const { release } = JSON.parse(await readFile(join(bucket, name, 'latest.json'), 'utf8'));
    const path = join(bucket, name, release, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
    const table = { ...manifest.table, schema: 'my survey', name: 'a&b #1' };
    await writeFile(path, JSON.stringify({ ...manifest, catalog: name, table }));
    const odd = appOver(folderStorage(bucket));
    const html = await (await odd.request('/')).text();
    const link = unescapeHtml(html.match(/href="(scs\/[^"]*RESPONSEFORMAT=csv)"/)![1]!);
    assert.equal((await odd.request(`/${link}`)).status, 200);
    const capabilities = await (await odd.request('http://vo.example/capabilities')).text();
    assert.match(capabilities, />http:\/\/vo\.example\/scs\/my%20survey\.a%26b%20%231\?</);
  });

  test('a catalogue without rows', async () => {
    const bucket = join(folder, 'no-rows');
    await cp(join(await demoBucket(), 'dso.objects'), join(bucket, 'dso.objects'), { recursive: true });
    const { release } = JSON.parse(await readFile(join(bucket, 'dso.objects/latest.json'), 'utf8'));
    const path = join(bucket, 'dso.objects', release, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
    const skymap = { order: 4, rows: manifest.skymap!.rows.map(() => 0) };
    await writeFile(
      path,
      JSON.stringify({ ...manifest, rows: 0, skymap, partitions: 0, bytes: 0, leaves: [] }),
    );
    const bare = appOver(folderStorage(bucket));
    const html = await (await bare.request('/')).text();
    assert.match(html, /<dt>Rows<\/dt><dd>0<\/dd>/);
    assert.match(html, /There are none/);
    assert.doesNotMatch(html, /NaN|Infinity|undefined/);
    assert.doesNotMatch(await (await bare.request('/capabilities')).text(), /testQuery/);
    const answer = parseVotable(await (await bare.request('/scs/dso.objects?RA=1&DEC=2&SR=3')).text());
    assert.equal(answer.rows.length, 0);
    assert.equal(answer.infos.get('QUERY_STATUS'), 'OK');
  });

  test('an empty bucket: what to do about it', async () => {
    const response = await appOver(folderStorage(join(folder, 'empty'))).request('/');
    assert.equal(response.status, 200);
    const html = await response.text();
    assert.match(html, /No catalogue has been published yet/);
    assert.match(html, /npx almagest export/);
  });
});
