import assert from 'node:assert/strict';
import test from 'node:test';
import type { Hono } from 'hono';
import { createTable } from '../catalog-export/database/copy.ts';
import {
  column,
  DEC,
  date,
  exported,
  ID,
  RA,
  stars,
  tableOf,
  withTable,
} from '../catalog-export/release/test-catalog.ts';
import { appOver } from '../test/app.ts';
import { tapAppOver } from '../test/tap-app.ts';
import { parseVotable } from '../test/votable.ts';

const STARS = tableOf([ID, RA, DEC]);
const EPOCHS = tableOf([column('id', 'long'), column('night', 'int')], 'survey', 'epochs');
const BANDS = tableOf(
  [column('band', 'char', 'meta.id;meta.main'), column('width', 'double')],
  'survey',
  'bands',
);
const NO_CONES =
  /^survey\.bands has no positions, so there is no cone search and no sky coverage of it; \/tap answers/;

/** A service with one table that has positions, and one that has none. */
function withBoth(use: (app: Hono, tap: ReturnType<typeof tapAppOver>) => Promise<void>): Promise<void> {
  return withTable(STARS, stars(500), async (catalog) => {
    await createTable(catalog.client, BANDS);
    await catalog.client.query(`INSERT INTO survey.bands VALUES ('g', 1.5), ('r', 2.5), ('i', NULL)`);
    await exported(catalog, STARS);
    await exported(catalog, BANDS, { date });
    await createTable(catalog.client, EPOCHS);
    await catalog.client.query('INSERT INTO survey.epochs VALUES (1, 5), (1, 6), (700, 5)');
    await exported(catalog, EPOCHS, { date });
    const tap = { fetch: async () => new Response() };
    await use(appOver(catalog.storage, {}, null, { tap }), tapAppOver(catalog.storage));
  });
}

test('a table without positions answers queries, and says that it has no cones and no coverage', () =>
  withBoth(async (app, tap) => {
    const text = async (path: string, status: number) => {
      const response = await app.request(`http://vo.example${path}`);
      const body = await response.text();
      assert.equal(response.status, status, body);
      return body;
    };

    const { infos, message } = parseVotable(await text('/scs/survey.bands?RA=1&DEC=2&SR=3', 404));
    assert.equal(infos.get('QUERY_STATUS'), 'ERROR');
    assert.match(message, NO_CONES);
    for (const path of ['moc', 'capabilities', 'tables']) {
      assert.match(await text(`/scs/survey.bands/${path}`, 404), NO_CONES);
    }
    const cones = await app.request('/scs/survey.bands/cones?SR=1', {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: 'ra,dec\n1,2\n',
    });
    assert.equal(cones.status, 404);

    assert.match(await text('/tables', 200), /<name>survey\.bands<\/name>/);
    const capabilities = await text('/capabilities', 200);
    assert.match(capabilities, /scs\/survey\.stars\?/);
    assert.doesNotMatch(capabilities, /survey\.bands/);
    assert.match(await text('/availability', 200), /<vosi:available>true/);

    const page = await text('/', 200);
    const section = page.slice(page.indexOf('id="survey.bands"'), page.indexOf('id="survey.epochs"'));
    assert.match(section, /Its rows have no positions/);
    assert.match(section, /SELECT TOP 10 \* FROM survey\.bands/);
    assert.doesNotMatch(section, /<form|scs\/survey\.bands|Rows on the sky|undefined|NaN/);
    assert.match(page.slice(page.indexOf('id="survey.stars"')), /scs\/survey\.stars\?RA=/);

    const bulk = await text('/bulk/survey.bands/', 200);
    assert.match(bulk, /pyarrow/);
    assert.doesNotMatch(bulk, /lsdb|undefined|NaN/);
    const files = JSON.parse(await text('/bulk/survey.bands/latest/files.json', 200)).files;
    assert.ok(files.some(({ path }: { path: string }) => path === 'dataset/part-00000.parquet'));
    assert.match(await text('/bulk/survey.bands/latest/urls.txt?CIRCLE=1+2+3', 404), /has no positions/);

    const query = new URLSearchParams({ LANG: 'ADQL', FORMAT: 'csv', QUERY: 'SELECT * FROM survey.bands' });
    const rows = await tap.request(`/tap/sync?${query}`);
    assert.equal(await rows.text(), 'band,width\r\ng,1.5\r\ni,\r\nr,2.5\r\n');
    assert.equal(rows.headers.get('almagest-engine'), 'edge');
    const examples = await (await tap.request('/tap/examples')).text();
    assert.match(examples, /What is in survey\.bands\?/);
    assert.match(examples, /Join survey\.stars and survey\.epochs/);
    assert.match(
      examples,
      /a\.ra, a\.dec, b\.\*\s+FROM survey\.stars AS a\s+JOIN survey\.epochs AS b ON b\.id = a\.id/,
    );
  }));
