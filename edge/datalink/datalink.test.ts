import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import type { ImageDataset } from '../../engine/images/dataset.ts';
import { datasetDigest, datasetKey } from '../../engine/images/keys.ts';
import { writeDataset } from '../../engine/images/write-dataset.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { appOver } from '../../test/app.ts';
import { imageDataset } from '../../test/image-dataset.ts';

// biome-ignore lint/suspicious/noExplicitAny: XML of whatever shape, which the assertions look into
type Xml = any;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  isArray: (name) => ['RESOURCE', 'INFO', 'FIELD', 'TR', 'TD', 'PARAM', 'OPTION'].includes(name),
});

/** What a test wants to know of an answer. */
interface Links {
  readonly infos: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly services: readonly Xml[];
}

function parseLinks(text: string): Links {
  const [results, ...services] = parser.parse(text).VOTABLE.RESOURCE as Xml[];
  const names: string[] = results.TABLE.FIELD.map((field: Xml) => field.name);
  const rows = (results.TABLE.DATA.TABLEDATA.TR ?? []).map((row: Xml) =>
    Object.fromEntries(names.map((name, at) => [name, String(row.TD[at])])),
  );
  const infos = Object.fromEntries(results.INFO.map((info: Xml) => [info.name, info.value]));
  return { infos, rows, services };
}

const parametersOf = (service: Xml): Record<string, Xml> =>
  Object.fromEntries(service.GROUP.PARAM.map((param: Xml) => [param.name, param]));

const DID = 'ivo://almagest.example/plates?orion é&1';
const ROOT = 'http://vo.example';

describe('DataLink', () => {
  let folder: string;
  let storage: Storage;
  let dataset: ImageDataset;
  const consoleError = console.error;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-links-'));
    storage = folderStorage(folder);
    const picture = { mediaType: 'image/png', bytes: 4000, width: 20, height: 30 } as const;
    const link = { description: 'How it was made', contentType: 'text/plain', bytes: 10 };
    dataset = imageDataset(DID, {
      preview: { ...picture, key: 'images/previews/0/preview.png' },
      thumbnail: { ...picture, key: 'images/previews/0/thumbnail.png' },
      links: [
        { ...link, semantics: '#auxiliary', key: 'images/links/0/a b.txt', url: null },
        { ...link, semantics: '#progenitor', key: null, url: 'http://elsewhere.example/raw.fits' },
        { ...link, semantics: '#progenitor', key: null, url: 'scs/hipparcos.stars?RA=1' },
      ],
    });
    await writeDataset(storage, dataset);
    for (let at = 0; at < 150; at++) {
      await writeDataset(storage, imageDataset(`ivo://almagest.example/many?${at}`));
    }
  });
  after(() => rm(folder, { recursive: true }));

  const nowhere = { fetch: async () => new Response(null, { status: 404 }) };
  const app = (settings = {}, others: Storage = storage) =>
    appOver(others, settings, null, { soda: nowhere, jobs: nowhere });

  async function links(query: string | URLSearchParams, settings = {}, post = false): Promise<Links> {
    const address = `${ROOT}/datalink/links`;
    const response = post
      ? await app(settings).request(address, { method: 'POST', body: query })
      : await app(settings).request(`${address}?${query}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/x-votable+xml;content=datalink');
    return parseLinks(await response.text());
  }

  test('every link of a dataset, each with what it is', async () => {
    const { infos, rows } = await links(`ID=${encodeURIComponent(DID)}`);
    assert.equal(infos.standardID, 'ivo://ivoa.net/std/DataLink#links-1.1');
    assert.equal(infos.QUERY_STATUS, 'OK');
    const files = `${ROOT}/images/${await datasetDigest(DID)}`;
    assert.deepEqual(
      rows.map((row) => [
        row.semantics,
        row.access_url || row.service_def,
        row.content_type,
        row.content_length,
      ]),
      [
        ['#this', `${files}/orion.fits`, 'image/fits', '5760'],
        ['#preview', `${files}/pictures/preview.png`, 'image/png', '4000'],
        ['#thumbnail', `${files}/pictures/thumbnail.png`, 'image/png', '4000'],
        ['#cutout', 'soda-sync-1', 'application/fits', ''],
        ['#cutout', 'soda-async-1', 'application/fits', ''],
        ['#auxiliary', `${files}/links/a%20b.txt`, 'text/plain', '10'],
        ['#progenitor', 'http://elsewhere.example/raw.fits', 'text/plain', '10'],
        ['#progenitor', `${ROOT}/scs/hipparcos.stars?RA=1`, 'text/plain', '10'],
      ],
    );
    for (const row of rows) {
      assert.equal(row.ID, DID);
      assert.equal([row.access_url, row.service_def, row.error_message].filter(Boolean).length, 1);
      assert.notEqual(row.description, '');
    }
    assert.equal(rows[0]!.link_authorized, 'T');
    assert.equal(rows[6]!.link_authorized, '');
  });

  test('descriptors of cutouts with the limits of the dataset', async () => {
    const { services } = await links(`ID=${encodeURIComponent(DID)}`);
    assert.deepEqual(
      services.map((service) => [service.ID, service.utype, service.PARAM[0].value, service.PARAM[1].value]),
      [
        ['soda-sync-1', 'adhoc:service', 'ivo://ivoa.net/std/SODA#sync-1.0', `${ROOT}/soda/sync`],
        ['soda-async-1', 'adhoc:service', 'ivo://ivoa.net/std/SODA#async-1.0', `${ROOT}/soda/async`],
      ],
    );
    const { ID, CIRCLE, POLYGON, SECTION, FORMAT, BAND } = parametersOf(services[0]);
    assert.equal(ID.value, DID);
    assert.equal(ID.ref, undefined);
    assert.equal(CIRCLE.VALUES.MAX.value, '84 -1 0.25');
    assert.equal(CIRCLE.ucd, 'pos.outline;obs');
    assert.equal(CIRCLE.unit, 'deg');
    assert.equal(CIRCLE.xtype, 'circle');
    assert.equal(POLYGON.VALUES.MAX.value, dataset.observation.s_region.join(' '));
    assert.match(SECTION.DESCRIPTION, /all of it is 1:24,1:24/);
    assert.deepEqual(
      FORMAT.VALUES.OPTION.map((option: Xml) => option.value),
      ['application/fits', 'image/png', 'image/jpeg'],
    );
    assert.equal(BAND, undefined, 'no parameter for an axis that the image lacks');
  });

  test('a cube has BAND and POL, with what it holds', async () => {
    const axes = [
      'NAXIS   =                    4',
      'NAXIS3  =                   11',
      'NAXIS4  =                    2',
      "CTYPE3  = 'WAVE    '",
      "CUNIT3  = 'm       '",
      'CRPIX3  =                  1.0',
      'CRVAL3  =                 5E-7',
      'CDELT3  =                 1E-8',
      "CTYPE4  = 'STOKES  '",
      'CRPIX4  =                  1.0',
      'CRVAL4  =                  1.0',
      'CDELT4  =                  1.0',
    ];
    const plane = dataset.hdu.cards.match(/.{80}/gs)!.filter((card) => !card.startsWith('NAXIS   '));
    const cards = [plane[0], plane[1], ...axes.map((card) => card.padEnd(80)), ...plane.slice(2)].join('');
    const did = 'ivo://almagest.example/cubes?1';
    await writeDataset(storage, imageDataset(did, { hdu: { ...dataset.hdu, cards } }));
    const { BAND, POL, TIME } = parametersOf((await links(`ID=${encodeURIComponent(did)}`)).services[0]);
    assert.ok(Math.abs(Number(BAND.VALUES.MIN.value) - 4.95e-7) < 1e-12, BAND.VALUES.MIN.value);
    assert.ok(Math.abs(Number(BAND.VALUES.MAX.value) - 6.05e-7) < 1e-12, BAND.VALUES.MAX.value);
    assert.equal(BAND.unit, 'm');
    assert.deepEqual(
      POL.VALUES.OPTION.map((option: Xml) => option.value),
      ['I', 'Q'],
    );
    assert.equal(TIME, undefined);
  });

  test('errors are rows, in their places', async () => {
    const strange = ['../../etc/passwd', 'x'.repeat(2048), 'é\n😀', '%00', 'images/files/plates/orion.fits'];
    const given = ['ivo://almagest.example/plates?none', DID, ...strange];
    const { infos, rows } = await links(new URLSearchParams(given.map((id) => ['ID', id])), {}, true);
    assert.equal(infos.QUERY_STATUS, 'OK');
    const faults = rows.filter((row) => row.error_message !== '');
    assert.deepEqual(
      faults.map((row) => row.error_message!.split(':')[0]),
      ['NotFoundFault', ...strange.map(() => 'UsageFault')],
    );
    for (const fault of faults) assert.equal(fault.semantics, '#this');
    assert.match(faults[0]!.error_message!, /none" is no dataset that is published here/);
    assert.match(faults[1]!.error_message!, /identifiers of datasets begin with ivo:\/\//);
    assert.equal(rows.length, given.length - 1 + 8);
  });

  test('a document that is damaged, or a bucket that fails, is the fault of its own rows', async () => {
    console.error = () => {};
    try {
      const did = 'ivo://almagest.example/damaged?1';
      await storage.put(datasetKey(await datasetDigest(did)), new TextEncoder().encode('{'));
      const { rows } = await links(`ID=${encodeURIComponent(did)}&ID=${encodeURIComponent(DID)}`);
      assert.match(rows[0]!.error_message!, /^FatalFault: .*damaged/);
      assert.equal(rows.length, 1 + 8);
      const broken = { ...storage, get: () => Promise.reject(new Error('EIO')) };
      const response = await app({}, broken).request(`/datalink/links?ID=${encodeURIComponent(DID)}`);
      assert.match(
        parseLinks(await response.text()).rows[0]!.error_message!,
        /^TransientFault: .*cannot reach/,
      );
    } finally {
      console.error = consoleError;
    }
  });

  test('without an identifier: no rows, and what the service is', async () => {
    for (const query of ['', 'ID=', 'RESPONSEFORMAT=votable']) {
      const { infos, rows, services } = await links(query);
      assert.equal(infos.QUERY_STATUS, 'OK');
      assert.deepEqual(rows, []);
      assert.deepEqual(
        services.map((service) => [service.utype, service.PARAM[1].value]),
        [['adhoc:this', `${ROOT}/datalink/links`]],
      );
    }
  });

  test('10,000 identifiers in one request, and each has its rows together', async () => {
    const ids = Array.from({ length: 10_000 }, (_, at) => `ivo://almagest.example/many?${at}`);
    const body = new URLSearchParams([...ids, ids[0]!].map((id) => ['ID', id]));
    const response = await app().request('/datalink/links', { method: 'POST', body });
    const text = await response.text();
    const rows = text.match(/<TR>.*<\/TR>/g)!;
    assert.equal(rows.length, 150 * 3 + 9850);
    const answered = rows.map((row) => /<TD>(.*?)<\/TD>/.exec(row)![1]);
    assert.deepEqual(
      answered.filter((id, at) => id !== answered[at - 1]),
      ids,
    );
    const { infos, services } = parseLinks(text.replaceAll(/<TR>.*<\/TR>/g, ''));
    assert.equal(infos.QUERY_STATUS, 'OK');
    assert.deepEqual(
      services.map((service) => [service.ID, parametersOf(service).ID.ref]),
      [
        ['soda-sync', 'ID'],
        ['soda-async', 'ID'],
      ],
    );
    assert.match(rows[1]!, />soda-sync</);
  });

  test('OVERFLOW where identifiers or rows are left out, and never within a dataset', async () => {
    const ids = Array.from({ length: 5 }, (_, at) => `ID=ivo://almagest.example/many?${at}`).join('&');
    const cut = await links(ids, { DATALINK_MAX_IDS: '3' });
    assert.equal(cut.infos.QUERY_STATUS, 'OVERFLOW');
    assert.equal(cut.rows.length, 9);
    const few = await links(`${ids}&MAXREC=8`);
    assert.equal(few.infos.QUERY_STATUS, 'OVERFLOW');
    assert.equal(few.rows.length, 6);
    assert.equal(few.services.length, 4);
    assert.equal((await links(`${ids}&MAXREC=15`)).infos.QUERY_STATUS, 'OK');
    const none = await links(`${ids}&MAXREC=0`);
    assert.deepEqual([none.rows.length, none.services[0].utype], [0, 'adhoc:this']);
  });

  test('formats, and wrong ones', async () => {
    const csv = await app().request(`/datalink/links?ID=${encodeURIComponent(DID)}&RESPONSEFORMAT=csv`);
    assert.match(csv.headers.get('content-type')!, /^text\/csv/);
    assert.match(await csv.text(), /^ID,access_url,service_def,error_message,/);
    const wrong = await app().request('/datalink/links?ID=a&RESPONSEFORMAT=fax&MAXREC=-1');
    assert.equal(wrong.status, 400);
    assert.equal(wrong.headers.get('content-type'), 'application/x-votable+xml;content=datalink');
    const info = parser.parse(await wrong.text()).VOTABLE.RESOURCE[0].INFO[0];
    assert.match(info['#text'], /^UsageFault: RESPONSEFORMAT "fax" is not offered.* MAXREC "-1" is not/s);
  });

  test('no cutouts where nobody makes them', async () => {
    const response = await appOver(storage).request(`/datalink/links?ID=${encodeURIComponent(DID)}`);
    const { rows, services } = parseLinks(await response.text());
    assert.deepEqual(services, []);
    assert.ok(rows.every((row) => row.semantics !== '#cutout'));
  });

  test('capabilities and availability', async () => {
    const text = await (await app().request(`${ROOT}/datalink/capabilities`)).text();
    const [capability] = parser.parse(text)['vosi:capabilities'].capability;
    assert.equal(capability.standardID, 'ivo://ivoa.net/std/DataLink#links-1.1');
    assert.equal(capability.interface.accessURL['#text'], `${ROOT}/datalink/links`);
    assert.match(await (await app().request('/datalink/availability')).text(), /available>true</);
  });
});
