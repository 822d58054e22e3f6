import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { loadFitsKernel } from '../fits-wasm/node.ts';
import type { Cone, Region } from '../healpix-wasm/kernel.ts';
import { loadKernel } from '../healpix-wasm/node.ts';
import { cutoutHeader } from './cutout-header.ts';
import { FitsError } from './errors.ts';
import { readHdus } from './hdus.ts';
import { numberOf, parseHeader, textOf } from './header.ts';
import { type FitsImage, openImage } from './image.ts';
import { overview, renderPicture } from './picture.ts';
import { readSection } from './read-section.ts';
import { type Section, sectionAxes, sectionOf, sectionPixels, wholeImage } from './section.ts';
import { sectionFits } from './section-fits.ts';
import { footprint, skyOf } from './sky.ts';
import { bytesSource } from './source.ts';
import { imageWcs } from './wcs.ts';
import { type HeaderEntry, type ImagePixels, writeImage } from './write-image.ts';

const kernel = loadFitsKernel();
const sky = loadKernel();

const celestial = (
  projection: string,
  lon: number,
  lat: number,
  scale: number,
  center: number,
): HeaderEntry[] => [
  ['CTYPE1', `RA---${projection}`],
  ['CTYPE2', `DEC--${projection}`],
  ['CRVAL1', lon],
  ['CRVAL2', lat],
  ['CRPIX1', center],
  ['CRPIX2', center],
  ['CDELT1', -scale],
  ['CDELT2', scale],
];

async function imageOf(entries: readonly HeaderEntry[], pixels: ImagePixels, axes: readonly number[]) {
  const source = bytesSource('test.fits', writeImage(entries, pixels, axes));
  const [hdu] = await readHdus(source);
  return { source, image: openImage(hdu!) };
}

const square = (entries: readonly HeaderEntry[], side = 200) =>
  imageOf(entries, new Uint8Array(side * side), [side, side]);

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<number[]> {
  const bytes: number[] = [];
  for await (const piece of pieces) bytes.push(...piece);
  return bytes;
}

test('a section has the pixels of its rows, in all planes', async () => {
  const axes = [5, 4, 3];
  const { source, image } = await imageOf(
    [],
    Uint8Array.from({ length: 60 }, (_, at) => at),
    axes,
  );
  const section = { first: [2, 3, 2], last: [3, 4, 3] };
  assert.equal(sectionPixels(section), 8);
  assert.deepEqual(sectionAxes(section), [2, 2, 2]);
  const expected = [20, 40].flatMap((plane) => [10, 15].flatMap((row) => [plane + row + 1, plane + row + 2]));
  assert.deepEqual(await bytesOf(readSection(kernel, source, image, section)), expected);
});

test('few reads, of little more than the section, in small pieces', async () => {
  const side = 3000;
  const { source, image } = await imageOf([], new Float32Array(side * side), [side, side]);
  let [reads, bytes] = [0, 0];
  const counting = {
    ...source,
    read: (offset: number, length: number) => {
      reads++;
      bytes += length;
      assert.ok(length <= 2 ** 20);
      return source.read(offset, length);
    },
  };
  const section = { first: [1400, 1400], last: [1499, 1499] };
  const found = await bytesOf(readSection(kernel, counting, image, section));
  assert.equal(found.length, 100 * 100 * 4);
  assert.ok(reads <= 2, `${reads} reads`);
  assert.ok(bytes <= 100 * side * 4, `${bytes} bytes`);
});

test('a cutout is a whole FITS file of the size announced', async () => {
  const { source, image } = await square(celestial('TAN', 50, 10, 0.01, 100.5));
  const section = { first: [11, 21], last: [17, 30] };
  const { bytes, stream } = sectionFits(kernel, source, image, section, ['From test.fits']);
  const file = Uint8Array.from(await bytesOf(stream as unknown as AsyncIterable<Uint8Array>));
  assert.equal(file.length, bytes);
  assert.equal(file.length % 2880, 0);
  const [hdu] = await readHdus(bytesSource('cutout.fits', file));
  const cutout = openImage(hdu!);
  assert.deepEqual(cutout.axes, [7, 10]);
  assert.equal(numberOf(cutout.header, 'CRPIX1'), 90.5);
  assert.match(hdu!.cards, /HISTORY From test.fits/);
});

test('a cutout that is left half read stops reading', async () => {
  const side = 2000;
  const { source, image } = await imageOf([], new Float32Array(side * side), [side, side]);
  let reads = 0;
  const counting = {
    ...source,
    read(offset: number, length: number) {
      reads++;
      return source.read(offset, length);
    },
  };
  const { stream } = sectionFits(kernel, counting, image, wholeImage(image), []);
  const reader = stream.getReader();
  await reader.read();
  await reader.read();
  await reader.cancel();
  assert.ok(reads < 8, `${reads} reads`);
});

test('the header of a cutout moves every kind of reference pixel and drops what is true of the whole only', async () => {
  const { image } = await square([
    ...celestial('TAN', 50, 10, 0.01, 100),
    ['CRPIX1A', 1],
    ['LTV1', 3],
    ['CNPIX2', 7],
    ['CHECKSUM', 'x'],
    ['DATASUM', '0'],
    ['CPDIS1', 'LOOKUP'],
    ['DP1.EXTVER', 1],
    ['CTYPE3', 'FREQ'],
    ['OBJECT', 'a long text '.repeat(10).trim()],
  ]);
  const text = cutoutHeader(image, { first: [11, 21], last: [20, 25] }, ['a'.repeat(100), 'é']);
  assert.equal(text.length % 2880, 0);
  const header = parseHeader(text);
  const numbers = ['CRPIX1', 'CRPIX2', 'CRPIX1A', 'LTV1', 'CNPIX2', 'NAXIS1', 'NAXIS2', 'CRPIX3'];
  assert.deepEqual(
    numbers.map((keyword) => numberOf(header, keyword)),
    [90, 80, -9, -7, 27, 10, 5, null],
  );
  for (const keyword of ['CHECKSUM', 'DATASUM', 'CPDIS1', 'DP1.EXTVER'])
    assert.ok(!header.values.has(keyword), keyword);
  assert.equal(textOf(header, 'OBJECT'), 'a long text '.repeat(10).trim());
  assert.equal(header.cards.filter(({ keyword }) => keyword === 'HISTORY').length, 3);
  assert.match(text, /^[\x20-\x7e]*$/);
});

test('an extension that inherits has the primary header in its cutouts', async () => {
  const { image } = await square([
    ['OBJECT', 'of its own'],
    ['INHERIT', true],
  ]);
  const primary = "OBJECT  = 'primary'".padEnd(80) + "TELESCOP= 'Schmidt'".padEnd(80);
  const inheriting = openImage(image.location, primary);
  const header = parseHeader(cutoutHeader(inheriting, wholeImage(image), []));
  assert.equal(textOf(header, 'OBJECT'), 'of its own');
  assert.equal(textOf(header, 'TELESCOP'), 'Schmidt');
  assert.ok(!header.values.has('INHERIT'));
});

test('conditions hold together, and none that nothing meets', async () => {
  const entries: HeaderEntry[] = [
    ...celestial('TAN', 50, 10, 0.1, 10.5),
    ['CTYPE3', 'FREQ'],
    ['CRVAL3', 1e9],
    ['CRPIX3', 1],
    ['CDELT3', 1e8],
    ['CUNIT3', 'Hz'],
    ['CTYPE4', 'STOKES'],
    ['CRVAL4', 1],
    ['CRPIX4', 1],
    ['CDELT4', 1],
  ];
  const { image } = await imageOf(entries, new Uint8Array(20 * 20 * 5 * 4), [20, 20, 5, 4]);
  const wcs = imageWcs(kernel, image);
  const of = (request: Parameters<typeof sectionOf>[3]) => sectionOf(sky, image, wcs, request);
  assert.deepEqual(of({}), wholeImage(image));
  const light = 299_792_458;
  // 1.05 GHz to 1.22 GHz: the border of pixels 1 and 2, to the inside of 3.
  const found = of({
    region: { lon: 50, lat: 10, radius: 0.25 },
    band: [light / 1.22e9, light / 1.0501e9],
    pol: ['Q', 'V'],
  });
  assert.deepEqual(found, { first: [8, 8, 2, 2], last: [13, 13, 3, 4] });
  assert.equal(of({ pol: ['RR'] }), null);
  assert.equal(of({ band: [1, 2] }), null);
  assert.equal(of({ region: { lon: 60, lat: 10, radius: 1 } }), null);
  assert.deepEqual(
    of({
      pixels: [
        [-5, 3],
        [4, 400],
      ],
    }),
    { first: [1, 4, 1, 1], last: [3, 20, 5, 4] },
  );
  assert.equal(of({ pixels: [[21, 30]] }), null);
  assert.equal(of({ pixels: [[5, 3]] }), null);
  // An axis that is not there is no condition.
  assert.deepEqual(of({ time: [0, 1] }), wholeImage(image));
});

/** Pixels whose centres are in a region. */
function pixelsInside(image: FitsImage, region: Cone | Region): Section | null {
  const wcs = imageWcs(kernel, image);
  const x = Float64Array.from({ length: wcs.width * wcs.height }, (_, at) => 1 + (at % wcs.width));
  const y = x.map((_, at) => 1 + Math.floor(at / wcs.width));
  const { lon, lat } = wcs.pixelToSky(x, y);
  const known = Uint32Array.from(lon.keys()).filter((at) => !Number.isNaN(lon[at]!));
  const rows =
    'kind' in region ? sky.regionRows(region, lon, lat, known) : sky.coneRows(region, lon, lat, known).row;
  if (rows.length === 0) return null;
  const [xs, ys] = [Array.from(rows, (row) => x[row]!), Array.from(rows, (row) => y[row]!)];
  return { first: [Math.min(...xs), Math.min(...ys)], last: [Math.max(...xs), Math.max(...ys)] };
}

const IMAGES = [
  celestial('TAN', 0.3, 20, 0.05, 60),
  celestial('TAN', 10, 89, 0.05, 60),
  celestial('ZEA', 200, -90, 1, 60),
  celestial('AIT', 0, 0, 3, 60.3),
  celestial('CAR', 180, 0, 3, 60.3),
  celestial('SIN', 30, -40, 1.2, 60),
];

test('the box of a region holds every pixel in it, and little more', async () => {
  const random = {
    lon: fc.double({ min: 0, max: 360, noNaN: true }),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
  };
  for (const entries of IMAGES) {
    const { image } = await square(entries, 120);
    const wcs = imageWcs(kernel, image);
    const cone = fc.record({ ...random, radius: fc.double({ min: 0.01, max: 60, noNaN: true }) });
    const near = fc
      .tuple(fc.nat(119), fc.nat(119), fc.double({ min: 0.01, max: 8, noNaN: true }))
      .map(([x, y, radius]) => {
        const { lon, lat } = wcs.pixelToSky(Float64Array.of(x + 1), Float64Array.of(y + 1));
        return { lon: Number.isNaN(lon[0]!) ? 5 : lon[0]!, lat: Number.isNaN(lat[0]!) ? 5 : lat[0]!, radius };
      });
    const zone = fc.tuple(random.lon, random.lon, random.lat, random.lat).map(
      ([west, east, a, b]): Region => ({
        kind: 'zone',
        west,
        east,
        south: Math.min(a, b),
        north: Math.max(a, b),
      }),
    );
    const triangle = fc
      .tuple(near, near, near)
      .map(
        ([a, b, c]): Region => ({
          kind: 'polygon',
          vertices: [a, b, c].map(({ lon, lat }) => ({ lon, lat })),
        }),
      )
      .filter((region) => {
        try {
          sky.regionRanges(region);
          return true;
        } catch {
          return false;
        }
      });
    fc.assert(
      fc.property(fc.oneof(cone, near, zone, triangle), (region) => {
        const box = sectionOf(sky, image, wcs, { region: region as Cone });
        const inside = pixelsInside(image, region);
        if (inside === null) return;
        assert.ok(box !== null, 'no box');
        for (const axis of [0, 1]) {
          assert.ok(box.first[axis]! <= inside.first[axis]!, `${JSON.stringify({ box, inside })}`);
          assert.ok(box.last[axis]! >= inside.last[axis]!, `${JSON.stringify({ box, inside })}`);
        }
      }),
      { numRuns: 12, seed: 12 },
    );
  }
});

test('a small circle has the box that it should have', async () => {
  const { image } = await square(celestial('TAN', 50, 10, 0.001, 100));
  const box = sectionOf(sky, image, imageWcs(kernel, image), { region: { lon: 50, lat: 10, radius: 0.01 } });
  assert.deepEqual(box, { first: [90, 90], last: [110, 110] });
});

test('a footprint follows the border of an image', async () => {
  const { image } = await square(celestial('TAN', 50, 10, 0.001, 100));
  assert.equal(footprint(imageWcs(kernel, image)).length, 8);
  const { image: wide } = await square(celestial('CAR', 50, 0, 0.1, 100));
  assert.ok(footprint(imageWcs(kernel, wide)).length > 8);
  const found = skyOf(imageWcs(kernel, image));
  assert.ok(Math.abs(found.pixelScale - 3.6) < 1e-4);
  assert.ok(Math.abs(found.fov - 0.2 * Math.SQRT2) < 2e-3);
  const { image: whole } = await square(celestial('AIT', 0, 0, 3, 60), 120);
  assert.throws(() => footprint(imageWcs(kernel, whole)), { code: 'unsupported-wcs' });
});

test('says which keywords of the coordinates lack or are wrong', async () => {
  const fault = async (change: (entries: HeaderEntry[]) => HeaderEntry[]) => {
    const { image } = await square(change(celestial('TAN', 50, 10, 0.01, 100)));
    try {
      imageWcs(kernel, image);
    } catch (error) {
      assert.ok(error instanceof FitsError);
      return `${error.code}: ${error.message}`;
    }
    return 'none';
  };
  const without = (pattern: RegExp) =>
    fault((entries) => entries.filter(([keyword]) => !pattern.test(keyword)));
  const withValue = (keyword: string, value: string | number) =>
    fault((entries) => [...entries.filter(([name]) => name !== keyword), [keyword, value]]);
  assert.match(await without(/CTYPE/), /^no-wcs: HDU 0: .*CTYPE1 and CTYPE2 are missing/);
  assert.match(await without(/CTYPE2/), /no-wcs.*there is only CTYPE1 = 'RA---TAN'/);
  assert.match(await without(/CRVAL2/), /no-wcs.*CRVAL2 is missing/);
  assert.match(await without(/CDELT/), /no-wcs.*CDELT1 or CD1_1 is missing/);
  assert.match(await withValue('CRVAL1', Number.NaN), /no-wcs.*CRVAL1 is missing or no number/);
  assert.match(await withValue('CRPIX2', 'NaN'), /no-wcs.*CRPIX2 is missing or no number/);
  assert.match(await withValue('CRVAL2', 100), /unsupported-wcs.*CRVAL2 is 100 degrees: a latitude is/);
  assert.match(await withValue('CDELT1', 0), /unsupported-wcs.*no inverse/);
  assert.match(await withValue('CTYPE2', 'DEC--SIN'), /unsupported-wcs.*no pair/);
  assert.match(await withValue('CTYPE2', 'GLAT-TAN'), /unsupported-wcs.*no pair/);
  assert.match(await withValue('CUNIT1', 'furlong'), /unsupported-wcs.*CUNIT1 is 'furlong'/);
  assert.match(await withValue('RADESYS', 'GAPPT'), /unsupported-wcs.*RADESYS is 'GAPPT'/);
  assert.match(await withValue('A_ORDER', 2), /unsupported-wcs.*A_ORDER and B_ORDER/);
  assert.match(
    await fault((entries) =>
      entries.map(([keyword, value]) => [keyword, String(value).replace('TAN', 'XYZ')]),
    ),
    /unsupported-wcs.*projection XYZ/,
  );
});

test('coordinates of any numbers give a footprint or a FitsError', async () => {
  const number = fc.oneof(
    fc.constantFrom(0, 1, -1, 90, -90, 180, 360, 1e-300, 1e300, 1e10),
    fc.double({ min: -400, max: 400, noNaN: true }),
  );
  const keywords = [
    'CRVAL1',
    'CRVAL2',
    'CRPIX1',
    'CDELT1',
    'CDELT2',
    'LONPOLE',
    'LATPOLE',
    'PC1_2',
    'PV2_1',
    'PV2_2',
    'PV1_1',
    'PV1_2',
    'PV1_0',
    'EQUINOX',
  ];
  const projection = fc.constantFrom(
    'TAN',
    'SIN',
    'ZPN',
    'AZP',
    'AIR',
    'CAR',
    'CYP',
    'CEA',
    'MOL',
    'COE',
    'COP',
    'COO',
    'COD',
    'HPX',
    'TPV',
    'PAR',
  );
  const some = fc.dictionary(fc.constantFrom(...keywords), number, { maxKeys: 6 });
  await fc.assert(
    fc.asyncProperty(projection, some, async (projection, changes) => {
      const entries = celestial(projection, 50, 10, 0.01, 50).filter(([keyword]) => !(keyword in changes));
      const { image } = await square([...entries, ...Object.entries(changes)], 100);
      try {
        const { footprint, fov, pixelScale } = skyOf(imageWcs(kernel, image));
        assert.ok(
          footprint.length >= 8 && [...footprint, fov, pixelScale].every(Number.isFinite),
          JSON.stringify(footprint),
        );
      } catch (error) {
        assert.ok(error instanceof FitsError, String(error));
      }
    }),
    { numRuns: 300, seed: 8 },
  );
});

test('an overview has the means of what is under each of its pixels', async () => {
  const pixels = Float32Array.of(1, 3, 10, Number.NaN, 5, 7, 30, Number.NaN, 1, 1, Number.NaN, Number.NaN);
  const { source, image } = await imageOf([], pixels, [4, 3]);
  const { pixels: means, width, height } = await overview(kernel, source, image, 2);
  assert.deepEqual([width, height], [2, 2]);
  assert.deepEqual([...means], [4, 20, 1, Number.NaN]);
  const scaled = await imageOf(
    [
      ['BSCALE', 2],
      ['BZERO', 1],
      ['BLANK', 9],
    ],
    Int16Array.of(1, 9),
    [2, 1],
  );
  assert.deepEqual([...(await overview(kernel, scaled.source, scaled.image, 8)).pixels], [3, Number.NaN]);
});

test('pictures are averaged down to the size asked for', () => {
  const plane = { pixels: new Float32Array(600), width: 30, height: 20 };
  const png = renderPicture(kernel, plane, 'png', { longest: 10 });
  assert.deepEqual([new DataView(png.buffer).getUint32(16), new DataView(png.buffer).getUint32(20)], [10, 7]);
});
