import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import type { Hono } from 'hono';
import { OBSCORE } from '../engine/obscore/table.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import { tapSchemaJson } from '../engine/tap-schema/rows.ts';
import { appOver } from '../test/app.ts';
import { OBSCORE_ROWS, obscoreBucket } from '../test/obscore-release.ts';
import { type TapApp, tapAppOver } from '../test/tap-app.ts';
import { parseVotable } from '../test/votable.ts';
import { tapCapability } from './tap/capability.ts';

const [FIRST] = OBSCORE_ROWS;
const AT_FIRST = `RA=${FIRST!.s_ra}&DEC=${FIRST!.s_dec}&SR=0.0001`;
const QUERY = `SELECT obs_publisher_did, access_url, s_region AS outline FROM ivoa.ObsCore
WHERE 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE(${FIRST!.s_ra}, ${FIRST!.s_dec}, 0.0001))`;
const REGION = `POLYGON ICRS ${FIRST!.s_region!.join(' ')}`;
const linksAt = (root: string) => `${root}/datalink/links?ID=${encodeURIComponent(FIRST!.obs_publisher_did)}`;

let app: Hono;
let tap: TapApp;
before(async () => {
  const storage = folderStorage(await obscoreBucket());
  app = appOver(storage);
  tap = tapAppOver(storage);
});

const sync = (query: string, more: Record<string, string> = {}) =>
  `/tap/sync?${new URLSearchParams({ LANG: 'ADQL', QUERY: query, RESPONSEFORMAT: 'votable/td', ...more })}`;

async function rowOf(answer: Response): Promise<Record<string, string | undefined>> {
  assert.equal(answer.status, 200);
  const { fields, rows } = parseVotable(await answer.text());
  const row = rows.find((cells) => cells.includes(FIRST!.obs_publisher_did));
  return Object.fromEntries(fields.map(({ name }, at) => [name, row?.[at]]));
}

test('TAP gives whole addresses on the host that was asked, kept answers too, and regions as text', async () => {
  for (const root of ['http://vo.example', 'https://other.example:444', 'http://vo.example']) {
    const row = await rowOf(await tap.request(root + sync(QUERY)));
    await tap.settled();
    assert.deepEqual(row, {
      obs_publisher_did: FIRST!.obs_publisher_did,
      access_url: linksAt(root),
      outline: REGION,
    });
  }
  const { fields, rows } = parseVotable(await (await tap.request(sync(QUERY, { MAXREC: '0' }))).text());
  assert.deepEqual(rows, []);
  const outline = fields.find(({ name }) => name === 'outline')!;
  assert.deepEqual([outline.datatype, outline.arraysize, outline.xtype], ['char', '*', 'adql:REGION']);
  const arrow = await tap.request(sync(QUERY, { RESPONSEFORMAT: 'arrow' }));
  const table = tableFromIPC(new Uint8Array(await arrow.arrayBuffer()));
  assert.deepEqual(
    table.toArray().map((row) => row.outline),
    [REGION],
  );
});

test('a cone search does, of many positions too, and finds its columns by utype', async () => {
  const answer = await app.request(
    `https://vo.example/scs/ivoa.obscore?${AT_FIRST}&VERB=3&RESPONSEFORMAT=votable/td`,
  );
  const text = await answer.clone().text();
  const row = await rowOf(answer);
  assert.equal(row.access_url, linksAt('https://vo.example'));
  assert.equal(row.s_region, REGION);
  const { fields } = parseVotable(text);
  const ucds = Object.fromEntries(fields.map(({ name, ucd }) => [name, ucd]));
  assert.deepEqual(
    [ucds.obs_publisher_did, ucds.s_ra, ucds.s_dec],
    ['ID_MAIN', 'POS_EQ_RA_MAIN', 'POS_EQ_DEC_MAIN'],
  );
  const cones = await app.request(
    'http://vo.example/scs/ivoa.obscore/cones?SR=0.0001&VERB=3&RESPONSEFORMAT=votable/td',
    {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: `ra,dec\n${FIRST!.s_ra},${FIRST!.s_dec}\n`,
    },
  );
  assert.equal((await rowOf(cones)).access_url, linksAt('http://vo.example'));
});

test('the address that the operator gives comes before the request’s', async () => {
  const own = appOver(folderStorage(await obscoreBucket()), { PUBLIC_URL: 'https://archive.example/vo' });
  const answer = await own.request(
    `http://inside/scs/ivoa.obscore?${AT_FIRST}&VERB=3&RESPONSEFORMAT=votable/td`,
  );
  assert.equal((await rowOf(answer)).access_url, linksAt('https://archive.example/vo'));
});

test('descriptions have the region as answers have it, and capabilities the data model', async () => {
  const columns: Record<string, unknown>[] = JSON.parse(tapSchemaJson('columns', [OBSCORE]));
  const { datatype, arraysize, xtype } = columns.find((column) => column.column_name === 's_region')!;
  assert.deepEqual([datatype, arraysize, xtype], ['char', '*', 'adql:REGION']);

  const region =
    /<name>s_region<\/name>(?:(?!<\/column>)[\s\S])*?<dataType xsi:type="vs:VOTableType" arraysize="\*" extendedType="adql:REGION">char</;
  const did = /<name>obs_publisher_did<\/name>(?:(?!<\/column>)[\s\S])*?<flag>primary<\/flag>/;
  const model = '<dataModel ivo-id="ivo://ivoa.net/std/ObsCore#core-1.1">ObsCore-1.1</dataModel>';
  for (const path of ['/tap/tables', '/tables']) {
    const tables = await (await (path === '/tables' ? app : tap).request(`http://vo.example${path}`)).text();
    assert.match(tables, region, path);
    assert.match(tables, did, path);
  }
  assert.ok((await (await tap.request('/tap/capabilities')).text()).includes(model));
  assert.doesNotMatch(tapCapability('http://vo.example/tap', [], null), /dataModel/);
});
