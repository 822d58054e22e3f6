import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { XMLValidator } from 'fast-xml-parser';
import type { Hono } from 'hono';
import {
  bytesSource,
  numberOf,
  openImage,
  parseHeader,
  readHdus,
  writeImage,
} from '../../engine/fits/index.ts';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { datasetDigest, datasetKey } from '../../engine/images/keys.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { ByteRange, Storage } from '../../engine/storage/storage.ts';
import { publishFits } from '../../test/image-bucket.ts';
import { createSodaApp } from './app.ts';
import { readSodaSettings, type SodaSettings } from './settings.ts';

const WIDTH = 200;
const HEIGHT = 150;
const PLANES = 6;
/** Degrees. */
const SCALE = 0.01;

const SKY = (lon: number, lat: number) =>
  [
    ['CTYPE1', 'RA---TAN'],
    ['CTYPE2', 'DEC--TAN'],
    ['CRVAL1', lon],
    ['CRVAL2', lat],
    ['CRPIX1', WIDTH / 2],
    ['CRPIX2', HEIGHT / 2],
    ['CDELT1', -SCALE],
    ['CDELT2', SCALE],
    ['RADESYS', 'ICRS'],
  ] as const;

const WAVES = [
  ['CTYPE3', 'WAVE'],
  ['CUNIT3', 'm'],
  ['CRPIX3', 1],
  ['CRVAL3', 5e-7],
  ['CDELT3', 1e-8],
] as const;

/** Each pixel tells its place. */
const value = (x: number, y: number, plane = 1): number => x + 1000 * y + 1_000_000 * plane;

function pixels(planes: number): Int32Array {
  return Int32Array.from({ length: WIDTH * HEIGHT * planes }, (_, at) => {
    const plane = Math.floor(at / (WIDTH * HEIGHT));
    const inPlane = at % (WIDTH * HEIGHT);
    return value((inPlane % WIDTH) + 1, Math.floor(inPlane / WIDTH) + 1, plane + 1);
  });
}

/** What a test wants to know of a cutout. */
interface Cut {
  readonly axes: readonly number[];
  readonly pixels: readonly number[];
  readonly crpix: readonly (number | null)[];
  readonly history: string;
}

async function parseCut(response: Response): Promise<Cut> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const [hdu, ...others] = await readHdus(bytesSource('cutout', bytes));
  assert.deepEqual(others, []);
  assert.equal(bytes.length % 2880, 0);
  const { axes } = openImage(hdu as Parameters<typeof openImage>[0]);
  const header = parseHeader(hdu!.cards);
  const view = new DataView(bytes.buffer, hdu!.dataOffset);
  const length = axes.reduce((product, side) => product * side, 1);
  return {
    axes,
    pixels: Array.from({ length }, (_, at) => view.getInt32(4 * at)),
    crpix: [numberOf(header, 'CRPIX1'), numberOf(header, 'CRPIX2')],
    history: header.cards
      .filter(({ keyword }) => keyword === 'HISTORY')
      .map(({ comment }) => comment)
      .join('\n'),
  };
}

describe('SODA', () => {
  let folder: string;
  let storage: Storage;
  let plate: string;
  let cube: string;
  let polar: string;
  const reads: { key: string; range: ByteRange | undefined }[] = [];
  const consoleError = console.error;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-soda-'));
    const disk = folderStorage(folder);
    storage = {
      ...disk,
      get: (key, range) => {
        reads.push({ key, range });
        return disk.get(key, range);
      },
    };
    const publish = async (name: string, bytes: Uint8Array<ArrayBuffer>) =>
      (await publishFits(storage, name, bytes))[0]!.did;
    const plane = pixels(1);
    plate = await publish('plate.fits', writeImage(SKY(84, -1), plane, [WIDTH, HEIGHT]));
    cube = await publish(
      'cube.fits',
      writeImage([...SKY(84, -1), ...WAVES], pixels(PLANES), [WIDTH, HEIGHT, PLANES]),
    );
    polar = await publish('polar.fits', writeImage(SKY(0, 90), plane, [WIDTH, HEIGHT]));
  });
  after(() => rm(folder, { recursive: true }));

  const appWith = (settings: SodaSettings = {}, from: Storage = storage): Hono =>
    createSodaApp({
      storage: from,
      kernel: loadKernel(),
      fits: loadFitsKernel(),
      ...readSodaSettings(settings),
    });
  const address = (did: string, query: Record<string, string>) =>
    `http://vo.example/soda/sync?${new URLSearchParams({ ID: did, ...query })}`;
  const ask = async (did: string, query: Record<string, string>, settings: SodaSettings = {}) =>
    appWith(settings).request(address(did, query));

  test('pixels of a section are those of the image, and know where they are', async () => {
    const response = await ask(plate, { SECTION: '[11:13,21:22]' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/fits');
    assert.equal(
      response.headers.get('content-disposition'),
      'attachment; filename="plate_11-13_21-22.fits"',
    );
    const cut = await parseCut(response);
    assert.deepEqual(cut.axes, [3, 2]);
    assert.deepEqual(cut.pixels, [
      ...[value(11, 21), value(12, 21), value(13, 21)],
      ...[value(11, 22), value(12, 22), value(13, 22)],
    ]);
    assert.deepEqual(cut.crpix, [WIDTH / 2 - 10, HEIGHT / 2 - 20]);
    assert.match(cut.history, /IVOA SODA 1\.0/);
    assert.ok(cut.history.includes(plate));
    assert.match(cut.history, /Pixels \[11:13,21:22\]/);
  });

  test('a circle is a box of pixels around it, and a later one of fewer bytes', async () => {
    const cut = await parseCut(await ask(plate, { CIRCLE: `84 -1 ${5.2 * SCALE}` }));
    assert.deepEqual(cut.axes, [11, 11]);
    assert.equal(cut.pixels[0], value(95, 70));
    const same = await parseCut(await ask(plate, { POS: `CIRCLE 84 -1 ${5.2 * SCALE}` }));
    assert.deepEqual(same.pixels, cut.pixels);
  });

  test('polygons wound either way, ranges, and regions across the border', async () => {
    const corners = [83.9, -1.1, 84.1, -1.1, 84.1, -0.9, 83.9, -0.9];
    const wound = await parseCut(await ask(plate, { POLYGON: corners.join(' ') }));
    const backwards = corners.flatMap((_, at) =>
      at % 2 === 0 ? [corners[corners.length - at - 2]!, corners[corners.length - at - 1]!] : [],
    );
    const unwound = await parseCut(await ask(plate, { POLYGON: backwards.join(' ') }));
    assert.deepEqual(unwound.pixels, wound.pixels);
    const range = await parseCut(await ask(plate, { POS: 'RANGE 83.9 84.1 -1.1 -0.9' }));
    assert.deepEqual(range.axes, wound.axes);
    const { axes } = await parseCut(await ask(plate, { CIRCLE: '85 -1 0.2' }));
    assert.ok(axes[0]! < 2 * (0.2 / SCALE) && axes[1]! > 2 * (0.2 / SCALE), axes.join());
    assert.deepEqual((await parseCut(await ask(plate, { POS: 'RANGE 0 360 -90 90' }))).axes, [WIDTH, HEIGHT]);
  });

  test('regions around and across the pole', async () => {
    const cap = await parseCut(await ask(polar, { CIRCLE: '200 90 0.1' }));
    assert.ok(cap.axes[0]! >= 20 && cap.axes[0]! <= 23, cap.axes.join());
    const polygon = await parseCut(await ask(polar, { POLYGON: '0 89.9 90 89.9 180 89.9 270 89.9' }));
    assert.ok(polygon.axes[0]! >= 20 && polygon.axes[0]! <= 23, polygon.axes.join());
    const range = await parseCut(await ask(polar, { POS: 'RANGE 0 360 89.9 90' }));
    assert.ok(range.axes[0]! >= 20 && range.axes[0]! <= 23, range.axes.join());
  });

  test('204, and nothing else, where no pixel is asked for', async () => {
    for (const [did, query] of [
      [plate, { CIRCLE: '10 60 0.1' }],
      [plate, { CIRCLE: '264 1 0.1' }],
      [plate, { POLYGON: '10 10 11 10 11 11' }],
      [plate, { SECTION: '201:300,1:2' }],
      [cube, { BAND: '6e-7 7e-7' }],
      [cube, { BAND: '-Inf 4e-7' }],
      [cube, { CIRCLE: '84 -1 0.1', BAND: '1 2' }],
    ] as const) {
      const response = await ask(did, query);
      assert.equal(response.status, 204, JSON.stringify(query));
      assert.equal(await response.text(), '');
    }
  });

  test('BAND chooses planes of a cube, and all filters hold together', async () => {
    const cut = await parseCut(
      await ask(cube, { BAND: '5.16e-7 5.34e-7', SECTION: '5:6,*,1:3', CIRCLE: '84 -1 5' }),
    );
    assert.deepEqual(cut.axes, [2, HEIGHT, 1]);
    assert.equal(cut.pixels[0], value(5, 1, 3));
    const one = await parseCut(await ask(cube, { BAND: '5.2e-7', SECTION: '1,1' }));
    assert.deepEqual(one.axes, [1, 1, 1]);
    assert.equal(one.pixels[0], value(1, 1, 3));
    assert.deepEqual(
      (await parseCut(await ask(cube, { BAND: '-Inf +Inf', SECTION: '1' }))).axes,
      [1, 150, 6],
    );
  });

  test('a filter along an axis that the image lacks is judged by what is known of it, or refused', async () => {
    for (const [name, value] of [
      ['BAND', '5e-7 6e-7'],
      ['TIME', '50000 60000'],
      ['POL', 'I'],
    ] as const) {
      const response = await ask(plate, { [name]: value });
      assert.equal(response.status, 400);
      assert.match(await response.text(), new RegExp(`^UsageError: ${name} cannot cut this image`));
    }
  });

  test('pictures', async () => {
    const png = await ask(plate, { CIRCLE: '84 -1 0.2', FORMAT: 'image/png' });
    assert.equal(png.headers.get('content-type'), 'image/png');
    assert.match(png.headers.get('content-disposition')!, /^inline; filename="plate_.*\.png"$/);
    const bytes = new Uint8Array(await png.arrayBuffer());
    assert.deepEqual(
      [...bytes.subarray(1, 4)],
      [...'PNG'].map((letter) => letter.charCodeAt(0)),
    );
    const width = new DataView(bytes.buffer).getUint32(16);
    assert.ok(width > 38 && width < 45, String(width));
    const jpeg = new Uint8Array(await (await ask(cube, { FORMAT: 'jpg' })).arrayBuffer());
    assert.deepEqual([jpeg[0], jpeg[1]], [0xff, 0xd8]);
  });

  test('without a filter: all of the image; what is too large says how large', async () => {
    const cut = await parseCut(await ask(plate, {}));
    assert.deepEqual(cut.axes, [WIDTH, HEIGHT]);
    const response = await ask(plate, {}, { SODA_MAX_BYTES: '100000' });
    assert.equal(response.status, 400);
    assert.match(
      await response.text(),
      /^UsageError: The cutout would have 0\.12 MB \(\[1:200,1:150\]\), and 0\.1 MB is the limit: ask for a smaller region/,
    );
  });

  test('only the rows that are needed are read, and the document first', async () => {
    reads.length = 0;
    await (await ask(plate, { SECTION: '50:60,100:105' })).arrayBuffer();
    const [document, ...ranges] = reads;
    assert.equal(document!.key, datasetKey(await datasetDigest(plate)));
    assert.ok(ranges.every(({ range }) => range !== undefined));
    const bytes = ranges.reduce((sum, { range }) => sum + range!.length, 0);
    assert.ok(ranges.length === 1 && bytes <= 6 * WIDTH * 4, `${ranges.length} reads of ${bytes} bytes`);
  });

  test('the same cutout has the same tag', async () => {
    const query = { SECTION: '1:2,1:2' };
    const etag = (await ask(plate, query)).headers.get('etag')!;
    const again = await appWith().request(address(plate, query), { headers: { 'if-none-match': etag } });
    assert.equal(again.status, 304);
    assert.notEqual((await ask(plate, { SECTION: '1:2,1:3' })).headers.get('etag'), etag);
  });

  test('a polygon of ten thousand vertices', async () => {
    const vertices = Array.from({ length: 10_000 }, (_, at) => {
      const angle = (2 * Math.PI * at) / 10_000;
      return `${(84 + 0.1 * Math.cos(angle)).toFixed(9)} ${(-1 + 0.1 * Math.sin(angle)).toFixed(9)}`;
    });
    const body = new URLSearchParams({ ID: plate, POLYGON: vertices.join(' ') });
    const response = await appWith().request('/soda/sync', { method: 'POST', body });
    assert.ok(response.headers.get('etag')!.length < 100);
    const { axes, history } = await parseCut(response);
    assert.ok(axes[0]! >= 20 && axes[0]! <= 23, axes.join());
    assert.ok(history.length < 1500, history);
  });

  test('POST, and HEAD', async () => {
    const body = new URLSearchParams({ ID: plate, SECTION: '1:2,1:2' });
    const posted = await appWith().request('/soda/sync', { method: 'POST', body });
    assert.deepEqual((await parseCut(posted)).axes, [2, 2]);
    const head = await appWith().request(address(plate, { SECTION: '1' }), { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
  });

  test('errors are texts that begin with a word of the standard', async () => {
    for (const [query, status, message] of [
      ['', 400, /^UsageError: ID is missing/],
      [
        'ID=ivo://almagest.example/none?1',
        404,
        /^UsageError: There is no dataset "ivo:\/\/almagest\.example/,
      ],
      ['ID=..%2F..%2Fetc%2Fpasswd', 404, /^UsageError: There is no dataset/],
      [`ID=a&ID=b`, 400, /^MultiValuedParamNotSupported: ID is given 2 times/],
      ['ID=a&CIRCLE=1+2+NaN', 400, /^UsageError: CIRCLE "NaN" is not a decimal number; it must be finite/],
      ['ID=a&CIRCLE=1+2+1e400', 400, /^UsageError: CIRCLE "1e400" is too large/],
      [`ID=${'x'.repeat(9000)}`, 414, /^UsageError: The address has/],
    ] as const) {
      const response = await appWith().request(`/soda/sync?${query}`);
      assert.equal(response.status, status, query);
      assert.match(response.headers.get('content-type')!, /^text\/plain/);
      assert.match(await response.text(), message);
    }
    const axes = await ask(plate, { SECTION: '1,1,1' });
    assert.match(
      await axes.text(),
      /^UsageError: SECTION names 3 axes, and the image has 2: 200 × 150 pixels/,
    );
    for (const polygon of ['84 -1 84 -1 84 -1', '0 90 120 90 240 90', '0 0 180 0 90 10']) {
      const none = await ask(plate, { POLYGON: polygon });
      assert.equal(none.status, 400, polygon);
      assert.match(await none.text(), /^UsageError: POLYGON: the polygon is none: it needs three vertices/);
    }
    const put = await appWith().request('/soda/sync', { method: 'PUT' });
    assert.equal(put.status, 405);
  });

  test('a file that is gone or damaged is an error, and never a cutout', async () => {
    console.error = () => {};
    try {
      const [broken] = await publishFits(
        storage,
        'gone.fits',
        writeImage(SKY(84, -1), pixels(1), [WIDTH, HEIGHT]),
      );
      await storage.remove(broken!.file.key);
      const gone = await ask(broken!.did, { SECTION: '1:2,1:2' });
      assert.equal(gone.status, 500);
      assert.match(await gone.text(), /^Error: The file of this dataset cannot be read/);
      await storage.put(broken!.file.key, new Uint8Array(3000));
      const short = await ask(broken!.did, { SECTION: '1:200,140:150' });
      assert.equal(short.status, 500);
      const failing: Storage = {
        ...storage,
        get: (key, range) => (range ? Promise.reject(new Error('EIO')) : storage.get(key)),
      };
      const down = await appWith({}, failing).request(address(plate, {}));
      assert.equal(down.status, 503);
      assert.match(await down.text(), /^ServiceUnavailable: /);
    } finally {
      console.error = consoleError;
    }
  });

  test('a cutout that takes too long is given up', async () => {
    const slow: Storage = {
      ...storage,
      async get(key, range) {
        if (range) await sleep(1100);
        return storage.get(key, range);
      },
    };
    const response = await appWith({ SODA_SECONDS: '1' }, slow).request(
      address(plate, { SECTION: '1:9,1:9' }),
    );
    assert.equal(response.status, 400);
    assert.match(
      await response.text(),
      /^UsageError: The cutout took longer than 1 s: ask for a smaller region/,
    );
  });

  test('a job says in words that there is nothing', async () => {
    const job = (fields: Record<string, string>) =>
      appWith().request('/job', {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { 'almagest-job-seconds': '5' },
      });
    assert.deepEqual((await parseCut(await job({ ID: plate, SECTION: '1,1' }))).axes, [1, 1]);
    const nothing = await job({ ID: plate, CIRCLE: '10 60 0.1' });
    assert.equal(nothing.status, 200);
    assert.match(await nothing.text(), /^UsageError: No pixel of the image is within/);
    assert.equal((await job({ ID: 'x' })).status, 404);
  });

  test('every example is a cutout', async () => {
    const page = await appWith().request('http://vo.example/soda/examples');
    assert.match(page.headers.get('content-type')!, /^application\/xhtml\+xml/);
    const text = await page.text();
    assert.equal(XMLValidator.validate(text), true);
    const links = [...text.matchAll(/href="([^"]*\/soda\/sync[^"]*)"/g)].map(([, link]) => link!);
    assert.equal(links.length, 3);
    for (const link of links) {
      assert.equal((await appWith().request(link.replaceAll('&amp;', '&'))).status, 200, link);
    }
    assert.equal(text.match(/property="generic-parameter" typeof="keyval"/g)!.length, 7);
    const none = await appWith({}, folderStorage(join(folder, 'none'))).request('/soda/examples');
    assert.match(await none.text(), /No image is published yet/);
  });

  test('capabilities and availability', async () => {
    const text = await (await appWith().request('http://vo.example/soda/capabilities')).text();
    for (const id of ['SODA#sync-1.0', 'SODA#async-1.0', 'VOSI#availability'])
      assert.ok(text.includes(id), id);
    assert.match(text, /<accessURL use="base">http:\/\/vo\.example\/soda\/sync</);
    assert.match(await (await appWith().request('/soda/availability')).text(), /available>true</);
  });
});
