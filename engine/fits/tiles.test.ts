import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { loadFitsKernel } from '../fits-wasm/node.ts';
import { type CardValue, closedHeader, writeCard } from './card.ts';
import { FitsError } from './errors.ts';
import { readHdus } from './hdus.ts';
import { integerOf } from './header.ts';
import { openImage } from './image.ts';
import { readSection } from './read-section.ts';
import { type Section, sectionPixels, wholeImage } from './section.ts';
import { bytesSource } from './source.ts';
import { bands } from './tile-bands.ts';

const kernel = loadFitsKernel();
const [WIDTH, HEIGHT, DEPTH] = [10, 7, 2];
const TILE = [4, 3, 2];

const value = (x: number, y: number, z: number) => x + 10 * y + 100 * z;

/** Cards of an image of 10 × 7 × 2 in tiles of 4 × 3 × 2, compressed by gzip. */
const CARDS: readonly (readonly [string, CardValue])[] = [
  ['XTENSION', 'BINTABLE'],
  ['BITPIX', 8],
  ['NAXIS', 2],
  ['NAXIS1', 8],
  ['NAXIS2', 9],
  ['PCOUNT', 0],
  ['GCOUNT', 1],
  ['TFIELDS', 1],
  ['TTYPE1', 'COMPRESSED_DATA'],
  ['TFORM1', '1PB(99)'],
  ['ZIMAGE', true],
  ['ZCMPTYPE', 'GZIP_1'],
  ['ZBITPIX', 16],
  ['ZNAXIS', 3],
  ['ZNAXIS1', WIDTH],
  ['ZNAXIS2', HEIGHT],
  ['ZNAXIS3', DEPTH],
  ['ZTILE1', TILE[0]!],
  ['ZTILE2', TILE[1]!],
  ['ZTILE3', TILE[2]!],
  ['OBJECT', 'M 31'],
];

function tiles(): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let y = 0; y < HEIGHT; y += TILE[1]!) {
    for (let x = 0; x < WIDTH; x += TILE[0]!) {
      const pixels: number[] = [];
      for (let w = 0; w < DEPTH; w++) {
        for (let v = y; v < Math.min(y + TILE[1]!, HEIGHT); v++) {
          for (let u = x; u < Math.min(x + TILE[0]!, WIDTH); u++) pixels.push(0, value(u, v, w));
        }
      }
      found.push(gzipSync(Uint8Array.from(pixels)));
    }
  }
  return found;
}

/** The file, with other cards and other descriptors where they are given. */
function compressed(
  changes: Record<string, CardValue> = {},
  describe = (entry: number[], _tile: number) => entry,
) {
  const data = tiles();
  const heap = data.reduce((sum, { length }) => sum + length, 0);
  const added = Object.entries(changes).filter(([name]) => CARDS.every(([keyword]) => keyword !== name));
  const cards = [...CARDS, ...added].map(([keyword, given]) =>
    writeCard(keyword, keyword in changes ? changes[keyword]! : keyword === 'PCOUNT' ? heap : given),
  );
  const primary = ['SIMPLE', 'BITPIX', 'NAXIS'].map((keyword, at) => writeCard(keyword, [true, 8, 0][at]!));
  const header = new TextEncoder().encode(closedHeader(primary.join('')) + closedHeader(cards.join('')));
  const file = new Uint8Array(header.length + 2880 * Math.ceil((72 + heap) / 2880));
  file.set(header);
  const view = new DataView(file.buffer, header.length);
  let at = 0;
  for (const [tile, bytes] of data.entries()) {
    const [length, offset] = describe([bytes.length, at], tile) as [number, number];
    view.setInt32(8 * tile, length);
    view.setInt32(8 * tile + 4, offset);
    file.set(bytes, header.length + 72 + at);
    at += bytes.length;
  }
  return bytesSource('tiles.fits', file);
}

async function pixelsOf(source: ReturnType<typeof compressed>, section?: Section): Promise<number[]> {
  const hdus = await readHdus(source);
  const image = openImage(hdus[1]!);
  const pixels: number[] = [];
  for await (const piece of readSection(kernel, source, image, section ?? wholeImage(image))) {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let at = 0; at < piece.length; at += 2) pixels.push(view.getInt16(at));
  }
  return pixels;
}

async function fault(source: ReturnType<typeof compressed>): Promise<string> {
  const error = await pixelsOf(source).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(error instanceof FitsError, String(error));
  return `${error.code}: ${error.message}`;
}

test('any section of an image in tiles has its pixels, in the order of FITS', async () => {
  const range = (side: number) =>
    fc
      .tuple(fc.integer({ min: 1, max: side }), fc.integer({ min: 1, max: side }))
      .map((ends) => ends.sort((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(range(WIDTH), range(HEIGHT), range(DEPTH), async (x, y, z) => {
      const expected: number[] = [];
      for (let w = z[0]!; w <= z[1]!; w++) {
        for (let v = y[0]!; v <= y[1]!; v++) {
          for (let u = x[0]!; u <= x[1]!; u++) expected.push(value(u - 1, v - 1, w - 1));
        }
      }
      const section = { first: [x[0]!, y[0]!, z[0]!], last: [x[1]!, y[1]!, z[1]!] };
      assert.deepEqual(await pixelsOf(compressed(), section), expected);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('rows of large tiles come in bands that a worker has memory for', async () => {
  const sides = { ZNAXIS1: 160_000, ZNAXIS2: 2000, ZNAXIS3: 1, ZTILE1: 20_000, ZTILE2: 400, ZTILE3: 1 };
  const image = openImage((await readHdus(compressed({ ...sides, NAXIS2: 40 })))[1]!);
  const section = { first: [2, 3, 1], last: [159_999, 1999, 1] };
  let row = 3;
  for (const { tiles, part } of bands(image, image.tiles!, section)) {
    assert.deepEqual([part.first, part.last[0]], [[2, row, 1], 159_999]);
    assert.ok(2 * sectionPixels(part) <= 2 ** 25 && sectionPixels(part) > 0);
    assert.equal(tiles.length, 8);
    const { start } = tiles[0]!;
    assert.ok(start[1]! <= row && part.last[1]! < start[1]! + 400);
    row = part.last[1]! + 1;
  }
  assert.equal(row, 2000);
});

test('its header is that of an image', async () => {
  const { header, axes, bitpix } = openImage((await readHdus(compressed()))[1]!);
  assert.deepEqual([axes, bitpix], [[WIDTH, HEIGHT, DEPTH], 16]);
  assert.equal(integerOf(header, 'NAXIS1'), WIDTH);
  assert.deepEqual(
    header.cards.map(({ keyword }) => keyword),
    ['XTENSION', 'BITPIX', 'NAXIS', 'NAXIS1', 'NAXIS2', 'NAXIS3', 'OBJECT'],
  );
});

test('says what is wrong with a table of tiles', async () => {
  assert.match(
    await fault(compressed({ ZCMPTYPE: 'ZSTD' })),
    /unsupported: HDU 1: ZCMPTYPE is ZSTD: known are RICE|GZIP_1/,
  );
  assert.match(await fault(compressed({ ZBITPIX: 12 })), /bad-header.*ZBITPIX|BITPIX is 12/);
  assert.match(await fault(compressed({ ZNAXIS2: 99 })), /bad-header.*99 tiles in 9 rows/);
  assert.match(await fault(compressed({ TTYPE1: 'DATA' })), /bad-header.*no column COMPRESSED_DATA/);
  assert.match(await fault(compressed({ TFORM1: 'many' })), /bad-header.*TFORM1 is 'many'/);
  assert.match(await fault(compressed({ ZTILE1: 0 })), /bad-header.*ZTILE1 is 0/);
  assert.match(await fault(compressed({ ZCMPTYPE: 'constructor' })), /unsupported.*ZCMPTYPE is constructor/);
  assert.match(await fault(compressed({ TFORM1: '8B' })), /bad-header.*TFORM1 of COMPRESSED_DATA is '8B'/);
  assert.match(await fault(compressed({ TFORM1: '0PB' })), /bad-header.*no column COMPRESSED_DATA/);
  assert.match(await fault(compressed({ THEAP: -9e5 })), /bad-header.*THEAP is -900000.*at least 72/);
  assert.match(
    await fault(compressed({ ZBITPIX: -32, ZSCALE: 1, ZQUANTIZ: 'toString' })),
    /unsupported.*ZQUANTIZ is toString/,
  );
  assert.match(
    await fault(compressed({ ZNAXIS1: 1e6, ZNAXIS2: 1e6, ZTILE1: 1e6, ZTILE2: 1e6 })),
    /unsupported.*tiles of 2000000000000 pixels/,
  );
});

test('says which tile is damaged', async () => {
  const damaged = (describe: (entry: number[]) => number[]) =>
    fault(compressed({}, (entry, tile) => (tile === 4 ? describe(entry) : entry)));
  assert.match(await damaged(() => [0, 0]), /corrupt: HDU 1: tile 5 has no data/);
  assert.match(await damaged(([, at]) => [1e6, at!]), /corrupt: HDU 1: tile 5 is said to be in bytes/);
  assert.match(
    await damaged(([length]) => [length!, -4]),
    /corrupt: HDU 1: tile 5 is said to be in bytes -4/,
  );
  assert.match(
    await damaged(([length, at]) => [length! - 9, at!]),
    /corrupt: HDU 1: tile 5 of 24 pixels cannot/,
  );
});

test('damage anywhere gives pixels or a FitsError', async () => {
  const whole = await compressed().read(0, 1e9);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }),
      async (changes) => {
        const damaged = whole.slice();
        for (const [at, byte] of changes) damaged[at] = byte;
        try {
          const source = bytesSource('damaged.fits', damaged);
          const hdu = (await readHdus(source)).find(({ kind }) => kind === 'compressed' || kind === 'image');
          if (hdu !== undefined) await pixelsOf(source);
        } catch (error) {
          assert.ok(error instanceof FitsError, String(error));
        }
      },
    ),
    { numRuns: 200, seed: 6 },
  );
});
