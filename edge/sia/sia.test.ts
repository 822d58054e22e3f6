import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import type { Hono } from 'hono';
import type { Footprints } from '../../engine/healpix-wasm/kernel.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import type { ImageDataset } from '../../engine/images/dataset.ts';
import { datasetDigest } from '../../engine/images/keys.ts';
import { removeDataset, writeDataset } from '../../engine/images/write-dataset.ts';
import type { ObscoreRow } from '../../engine/obscore/row.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { appOver } from '../../test/app.ts';
import { OBSCORE_ROWS, scratchObscore } from '../../test/obscore-release.ts';
import { parseVotable, type Votable } from '../../test/votable.ts';

const ROOT = 'http://vo.example';
const kernel = loadKernel();

/** Values of a column by its name or, of SIA 1.0, by its UCD. */
function valuesOf({ fields, rows }: Votable, name: string): string[] {
  const at = fields.findIndex((field) => field.name === name || field.ucd === name);
  assert.notEqual(at, -1, `there is no column ${name}`);
  return rows.map((row) => row[at]!);
}

function addressOf(path: string, parameters: Record<string, string | readonly string[]>): string {
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of [values].flat()) search.append(name, value);
  }
  return `${ROOT}/${path}?${search}`;
}

/** A circle in which the position of the row is. */
const near = ({ s_ra, s_dec }: ObscoreRow, radius: number) => `CIRCLE ${s_ra} ${s_dec} ${radius}`;

/** The footprints of all rows, with no index between. */
const FOOTPRINTS: Footprints = {
  vertices: Float64Array.from(OBSCORE_ROWS.flatMap(({ s_region }) => s_region ?? [])),
  offsets: OBSCORE_ROWS.reduce(
    (offsets, { s_region }, row) => {
      offsets[row + 1] = offsets[row]! + (s_region?.length ?? 0);
      return offsets;
    },
    new Int32Array(OBSCORE_ROWS.length + 1),
  ),
  lon: Float64Array.from(OBSCORE_ROWS, ({ s_ra }) => s_ra!),
  lat: Float64Array.from(OBSCORE_ROWS, ({ s_dec }) => s_dec!),
  diameter: Float64Array.from(OBSCORE_ROWS, ({ s_fov }) => s_fov!),
};

function overlapping(lon: number, lat: number, radius: number): string[] {
  const rows = kernel.footprintRows({ lon, lat, radius }, FOOTPRINTS, 'overlaps');
  return [...rows].map((row) => OBSCORE_ROWS[row]!.obs_publisher_did);
}

describe('images', () => {
  let bucket: Awaited<ReturnType<typeof scratchObscore>>;
  let storage: Storage;
  let app: Hono;
  before(async () => {
    bucket = await scratchObscore();
    storage = folderStorage(bucket.folder);
    app = appOver(storage);
  });
  after(() => bucket.remove());

  describe('by SIA 2.0', () => {
    async function search(parameters: Record<string, string | readonly string[]>): Promise<Votable> {
      const response = await app.request(addressOf('sia2/query', parameters));
      assert.equal(response.status, 200);
      return parseVotable(await response.text());
    }
    const idsOf = (table: Votable) => valuesOf(table, 'obs_publisher_did').sort();
    const thatAre = (test: (row: ObscoreRow) => boolean) =>
      OBSCORE_ROWS.filter(test)
        .map(({ obs_publisher_did }) => obs_publisher_did)
        .sort();
    const found = async (parameters: Parameters<typeof search>[0]) => idsOf(await search(parameters));

    test('are found by where they are', async () => {
      for (const row of OBSCORE_ROWS.slice(0, 8)) {
        for (const radius of [0, 3]) {
          assert.deepEqual(
            await found({ POS: near(row, radius) }),
            overlapping(row.s_ra!, row.s_dec!, radius).sort(),
          );
        }
      }
      const all = await found({ POS: 'RANGE -Inf +Inf -Inf +Inf' });
      assert.deepEqual(all, await found({}));
      assert.equal(all.length, OBSCORE_ROWS.length);
    });

    test('are found by several regions, each once, and by POST', async () => {
      const [a, b] = [OBSCORE_ROWS[20]!, OBSCORE_ROWS[21]!];
      const both = new Set([...overlapping(a.s_ra!, a.s_dec!, 5), ...overlapping(b.s_ra!, b.s_dec!, 5)]);
      const POS = [near(a, 5), near(b, 5)];
      assert.deepEqual(await found({ POS }), [...both].sort());
      const body = new URLSearchParams(POS.map((value) => ['pos', value]));
      const posted = await app.request(`${ROOT}/sia2/query`, { method: 'POST', body });
      assert.deepEqual(idsOf(parseVotable(await posted.text())), [...both].sort());
    });

    test('are found by what ObsCore says of them', async () => {
      assert.deepEqual(
        await found({ BAND: '0.7e-6 0.8e-6' }),
        thatAre(({ em_min, em_max }) => em_min !== null && em_max! >= 0.7e-6 && em_min <= 0.8e-6),
      );
      assert.deepEqual(
        await found({ TIME: ['-Inf 55500', '58500 +Inf'] }),
        thatAre(({ t_min, t_max }) => t_min !== null && (t_min <= 55500 || t_max! >= 58500)),
      );
      assert.deepEqual(
        await found({ POL: ['Q', 'V'] }),
        thatAre((row) => row.pol_states !== null),
      );
      assert.deepEqual(await found({ POL: 'V' }), []);
      assert.deepEqual(
        await found({ FOV: '1 2' }),
        thatAre(({ s_fov }) => s_fov! >= 1 && s_fov! <= 2),
      );
      assert.deepEqual(
        await found({ SPATRES: '-Inf 1.5' }),
        thatAre(({ s_resolution }) => s_resolution !== null && s_resolution <= 1.5),
      );
      assert.deepEqual(await found({ SPECRP: '6 +Inf' }), []);
      assert.deepEqual(
        await found({ EXPTIME: '100 200' }),
        thatAre(({ t_exptime }) => t_exptime! >= 100 && t_exptime! <= 200),
      );
      assert.deepEqual(
        await found({ TIMERES: '-Inf +Inf' }),
        thatAre((row) => row.t_resolution !== null),
      );
      assert.deepEqual(
        await found({ COLLECTION: ['Ångström', 'no'] }),
        thatAre((row) => row.obs_collection === 'Ångström'),
      );
      assert.deepEqual(await found({ COLLECTION: 'PLATES' }), []);
      assert.deepEqual(
        await found({ FACILITY: 'Nowhere', INSTRUMENT: 'camera' }),
        thatAre((row) => row.instrument_name === 'camera'),
      );
      assert.deepEqual(
        await found({ TARGET: 'Field 3' }),
        thatAre((row) => row.target_name === 'Field 3'),
      );
      assert.deepEqual(
        await found({ CALIB: ['2', '3'], DPTYPE: 'cube' }),
        thatAre((row) => (row.calib_level === 2 || row.calib_level === 3) && row.dataproduct_type === 'cube'),
      );
      const { obs_publisher_did } = OBSCORE_ROWS[77]!;
      assert.deepEqual(await found({ ID: obs_publisher_did.toUpperCase() }), [obs_publisher_did]);
      assert.deepEqual(await found({ ID: '../../etc/passwd' }), []);
      assert.deepEqual(await found({ FORMAT: 'image/fits' }), []);
      assert.equal(
        (await found({ FORMAT: 'application/x-votable+xml;content=datalink' })).length,
        OBSCORE_ROWS.length,
      );
    });

    test('come as rows of ObsCore, with what can be done with them', async () => {
      const row = OBSCORE_ROWS[30]!;
      const response = await app.request(addressOf('sia2/query', { ID: row.obs_publisher_did }));
      const text = await response.text();
      const table = parseVotable(text);
      assert.deepEqual(valuesOf(table, 'access_url'), [`${ROOT}/${row.access_url}`]);
      assert.match(valuesOf(table, 's_region')[0]!, /^POLYGON ICRS /);
      assert.ok(table.fields.filter(({ utype }) => utype?.startsWith('obscore:')).length >= 29);
      assert.equal(table.infos.get('QUERY_STATUS'), 'OK');
      assert.equal(table.infos.get('standardID'), 'ivo://ivoa.net/std/SIA#query-2.0');
      assert.equal(table.infos.get('engine'), 'edge');
      assert.equal(table.infos.get('catalog'), 'ivoa.obscore');
      assert.match(text, /<RESOURCE type="meta" utype="adhoc:service"[^>]* name="links"/);
      assert.match(text, /<RESOURCE type="meta" utype="adhoc:this"[^>]* name="this"/);
      assert.match(text, /<PARAM name="POL"[^>]*>[\s\S]*?<OPTION[^>]* value="POLI"/);
      const etag = response.headers.get('etag')!;
      const again = await app.request(addressOf('sia2/query', { id: row.obs_publisher_did }), {
        headers: { 'if-none-match': etag },
      });
      assert.equal(again.status, 304);
      const other = await app.request(addressOf('sia2/query', { ID: 'x' }));
      assert.notEqual(other.headers.get('etag'), etag);
    });

    test('are cut off at MAXREC, and it is said', async () => {
      const cut = await search({ MAXREC: '7' });
      assert.equal(cut.rows.length, 7);
      assert.equal(cut.infos.get('QUERY_STATUS'), 'OVERFLOW');
      const none = await search({ MAXREC: '0' });
      assert.equal(none.rows.length, 0);
      assert.equal(none.infos.get('QUERY_STATUS'), 'OK');
      assert.equal(none.fields.length, cut.fields.length);
      const csv = await app.request(addressOf('sia2/query', { MAXREC: '3', RESPONSEFORMAT: 'csv' }));
      assert.match(csv.headers.get('content-type')!, /^text\/csv/);
      assert.equal((await csv.text()).trim().split('\n').length, 4);
    });

    test('are refused to a request that makes no sense', async () => {
      const response = await app.request(addressOf('sia2/query', { BAND: '-x', POS: 'CIRCLE 1 2' }));
      assert.equal(response.status, 400);
      const { infos, message } = parseVotable(await response.text());
      assert.equal(infos.get('QUERY_STATUS'), 'ERROR');
      assert.match(message, /^UsageFault: POS .* has 2 numbers; a circle is .* BAND "-x"/);
      const flat = await app.request(addressOf('sia2/query', { POS: 'POLYGON 1 1 1 1 1 1' }));
      assert.equal(flat.status, 400);
      assert.match(parseVotable(await flat.text()).message, /^UsageFault: .*polygon/);
      const long = await app.request(`${ROOT}/sia2/query`, { method: 'POST', body: 'x'.repeat(70_000) });
      assert.equal(long.status, 413);
    });
  });

  describe('by SIA 1.0', () => {
    const row = OBSCORE_ROWS[40]!;
    before(() => writeDataset(storage, datasetOf(row)));

    async function search(parameters: Record<string, string>): Promise<Votable> {
      const response = await app.request(addressOf('sia', parameters));
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type')!, /^text\/xml/);
      return parseVotable(await response.text());
    }
    const around = { POS: `${row.s_ra},${row.s_dec}`, SIZE: '0' };

    test('come as files and as pictures, with their coordinates', async () => {
      const table = await search(around);
      assert.equal(table.infos.get('SERVICE_PROTOCOL'), '1.0');
      assert.deepEqual(valuesOf(table, 'VOX:Image_Format'), ['image/fits', 'image/png']);
      const digest = await datasetDigest(row.obs_publisher_did);
      assert.deepEqual(valuesOf(table, 'VOX:Image_AccessReference'), [
        `${ROOT}/images/${digest}/plate.fits`,
        `${ROOT}/images/${digest}/pictures/preview.png`,
      ]);
      assert.deepEqual(valuesOf(table, 'VOX:Image_Title'), [row.obs_title, row.obs_title]);
      assert.deepEqual(valuesOf(table, 'POS_EQ_RA_MAIN').map(Number), [row.s_ra, row.s_ra]);
      assert.deepEqual(valuesOf(table, 'VOX:Image_Naxis'), ['400 300', '40 30']);
      assert.deepEqual(valuesOf(table, 'VOX:Image_Scale'), ['0.001 0.001', '0.01 0.01']);
      assert.deepEqual(valuesOf(table, 'VOX:WCS_CoordProjection'), ['TAN', '']);
      assert.deepEqual(valuesOf(table, 'VOX:WCS_CoordRefPixel'), ['200.5 150.5', '']);
      assert.deepEqual(valuesOf(table, 'VOX:WCS_CDMatrix'), ['-0.001 0 0 0.001', '']);
      assert.deepEqual(valuesOf(table, 'VOX:Image_FileSize'), ['489600', '1234']);
    });

    test('come in the formats that are asked for', async () => {
      const formats = async (FORMAT: string) =>
        valuesOf(await search({ ...around, FORMAT }), 'VOX:Image_Format');
      assert.deepEqual(await formats('image/fits'), ['image/fits']);
      assert.deepEqual(await formats('GRAPHIC'), ['image/png']);
      assert.deepEqual(await formats('image/jpeg'), []);
      assert.deepEqual(await formats('GRAPHIC-jpeg,png'), ['image/png']);
    });

    test('lie to the box as it was asked', async () => {
      const count = async (SIZE: string, INTERSECT: string) =>
        (await search({ ...around, SIZE, INTERSECT, FORMAT: 'image/fits' })).rows.length;
      const wide = String(Math.min(170, 3 * row.s_fov!));
      assert.equal(await count(wide, 'OVERLAPS'), 1);
      assert.equal(await count(wide, 'ENCLOSED'), 1);
      assert.equal(await count(wide, 'CENTER'), 1);
      assert.equal(await count(wide, 'COVERS'), 0);
      assert.equal(await count(String(row.s_fov! / 50), 'COVERS'), 1);
      assert.equal(await count(String(row.s_fov! / 50), 'ENCLOSED'), 0);
      assert.equal(await count('360', 'OVERLAPS'), 1);
    });

    test('are described by FORMAT=METADATA', async () => {
      const response = await app.request(addressOf('sia', { FORMAT: 'METADATA' }));
      const text = await response.text();
      const { fields, rows, infos } = parseVotable(text);
      assert.equal(infos.get('QUERY_STATUS'), 'OK');
      assert.equal(rows.length, 0);
      assert.ok(fields.some(({ ucd }) => ucd === 'VOX:Image_AccessReference'));
      for (const name of ['POS', 'SIZE', 'INTERSECT', 'FORMAT', 'VERB'])
        assert.match(text, new RegExp(`<PARAM name="INPUT:${name}"`));
    });

    test('that are not published any more are left out', async () => {
      await removeDataset(storage, row.obs_publisher_did);
      assert.equal((await search(around)).rows.length, 0);
      await writeDataset(storage, datasetOf(row));
    });

    test('are refused in a document of status 200, where clients look', async () => {
      const { infos, message } = await search({ POS: '1,2,3' });
      assert.equal(infos.get('QUERY_STATUS'), 'ERROR');
      assert.match(message, /^SIZE is missing.*POS "1,2,3" is not ra,dec/);
    });
  });

  test('are none before there are any', async () => {
    await storage.remove('ivoa.obscore/latest.json');
    const empty = appOver(storage);
    for (const address of ['sia2/query?POS=CIRCLE+1+2+3', 'sia?POS=1,2&SIZE=3']) {
      const { infos, rows, fields } = parseVotable(await (await empty.request(`${ROOT}/${address}`)).text());
      assert.equal(infos.get('QUERY_STATUS'), 'OK');
      assert.deepEqual([rows.length, fields.length > 20], [0, true]);
    }
  });
});

describe('capabilities of SIA', () => {
  const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', parseTagValue: false });

  test('name the protocols and their addresses, with a query that finds an image', async () => {
    const bucket = await scratchObscore();
    try {
      const app = appOver(folderStorage(bucket.folder));
      for (const [path, standard, address] of [
        ['sia2', 'ivo://ivoa.net/std/SIA#query-2.0', 'sia2/query'],
        ['sia', 'ivo://ivoa.net/std/SIA', 'sia?'],
        ['', 'ivo://ivoa.net/std/SIA#query-2.0', 'sia2/query'],
        ['', 'ivo://ivoa.net/std/SIA', 'sia?'],
      ] as const) {
        const response = await app.request(`${ROOT}${path && `/${path}`}/capabilities`);
        const { capability } = parser.parse(await response.text())['vosi:capabilities'];
        const sia = capability.find((one: { standardID: string }) => one.standardID === standard);
        assert.equal(sia['xsi:type'], 'sia:SimpleImageAccess');
        assert.equal(sia.interface.accessURL['#text'], `${ROOT}/${address}`);
        const query = sia.interface.testQuery.replaceAll('&amp;', '&');
        const tried = await app.request(`${ROOT}/${address.replace('?', '')}?${query}`);
        assert.equal(parseVotable(await tried.text()).infos.get('QUERY_STATUS'), 'OK');
      }
      const up = await app.request(`${ROOT}/sia2/availability`);
      assert.match(await up.text(), /<vosi:available>true/);
    } finally {
      await bucket.remove();
    }
  });
});

/** A document as the ingest writes it. */
function datasetOf(row: ObscoreRow): ImageDataset {
  const cards = [
    'SIMPLE  =                    T',
    'BITPIX  =                  -32',
    'NAXIS   =                    2',
    'NAXIS1  =                  400',
    'NAXIS2  =                  300',
    "CTYPE1  = 'RA---TAN'",
    "CTYPE2  = 'DEC--TAN'",
    'CRPIX1  =                200.5',
    'CRPIX2  =                150.5',
    `CRVAL1  = ${row.s_ra}`,
    `CRVAL2  = ${row.s_dec}`,
    'CDELT1  =               -0.001',
    'CDELT2  =                0.001',
  ];
  const observation = { ...row, s_xel1: 400, s_xel2: 300, s_pixel_scale: 3.6 };
  return {
    version: 1,
    did: row.obs_publisher_did,
    collection: row.obs_collection,
    added: '2026-11-21T20:00:00Z',
    observation: observation as unknown as ImageDataset['observation'],
    file: {
      key: 'images/files/plates/plate.fits',
      name: 'plate.fits',
      mediaType: 'image/fits',
      bytes: 489_600,
      sha256: '0'.repeat(64),
    },
    hdu: {
      index: 0,
      kind: 'image',
      cards: cards.map((card) => card.padEnd(80)).join(''),
      headerOffset: 0,
      dataOffset: 2880,
      dataBytes: 486_720,
    },
    primary: null,
    preview: {
      key: 'images/previews/x/preview.png',
      mediaType: 'image/png',
      bytes: 1234,
      width: 40,
      height: 30,
    },
    thumbnail: null,
    links: [],
    moc: '0/0',
  };
}
