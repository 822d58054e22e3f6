import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { closedHeader, writeCard } from './card.ts';
import { FitsError } from './errors.ts';
import { readHdus } from './hdus.ts';
import { openImage } from './image.ts';
import { bytesSource, type FitsSource } from './source.ts';
import { writeImage } from './write-image.ts';

const encode = (text: string) => new TextEncoder().encode(text);

const file = (...parts: Uint8Array[]) => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return bytesSource('m31.fits', whole);
};

const image = writeImage([['OBJECT', 'M 31']], new Int16Array(100 * 50), [100, 50]);
/** An extension of as many bytes as it says. */
const extension = (name: string, side: number) => {
  const cards = [
    writeCard('XTENSION', 'IMAGE'),
    writeCard('BITPIX', 8),
    writeCard('NAXIS', 2),
    writeCard('NAXIS1', side),
    writeCard('NAXIS2', side),
    writeCard('PCOUNT', 0),
    writeCard('GCOUNT', 1),
    writeCard('EXTNAME', name),
  ];
  const header = encode(closedHeader(cards.join('')));
  return file(header, new Uint8Array(Math.ceil((side * side) / 2880) * 2880)).read(0, 1e9);
};

async function fault(source: FitsSource): Promise<FitsError> {
  const error = await readHdus(source).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(error instanceof FitsError, String(error));
  return error;
}

test('lists HDUs and where their data lie', async () => {
  const hdus = await readHdus(file(image, await extension('MASK', 200)));
  assert.deepEqual(
    hdus.map(({ kind, name, headerOffset, dataOffset, dataBytes }) => [
      kind,
      name,
      headerOffset,
      dataOffset,
      dataBytes,
    ]),
    [
      ['image', null, 0, 2880, 11_520],
      ['image', 'MASK', 14_400, 17_280, 40_320],
    ],
  );
  assert.equal(hdus[0]!.cards.length % 80, 0);
  assert.doesNotMatch(hdus[0]!.cards, /END/);
});

test('jumps over data', async () => {
  const whole = file(image, await extension('A', 2000), await extension('B', 10));
  let reads = 0;
  const counting = {
    ...whole,
    read: (offset: number, length: number) => {
      reads++;
      return whole.read(offset, length);
    },
  };
  assert.equal((await readHdus(counting)).length, 3);
  assert.equal(reads, 2);
});

test('a header that says so has no data, and is no image', async () => {
  const cards = ['SIMPLE', 'BITPIX', 'NAXIS'].map((keyword, at) => writeCard(keyword, [true, 8, 0][at]!));
  const [hdu] = await readHdus(file(encode(closedHeader(cards.join('')))));
  assert.equal(hdu!.kind, 'empty');
  assert.throws(() => openImage(hdu!), {
    code: 'no-image',
    message: 'HDU 0: it holds no data, not an image',
  });
});

test('what follows the last HDU does not matter', async () => {
  assert.equal((await readHdus(file(image, encode('anything else')))).length, 1);
  assert.equal((await readHdus(file(image, new Uint8Array(5000)))).length, 1);
});

test('refuses what is no FITS file', async () => {
  const refused = async (bytes: Uint8Array) => {
    const { code, message } = await fault(file(bytes));
    assert.equal(code, 'not-fits');
    return message;
  };
  assert.match(await refused(new Uint8Array()), /m31.fits is not a FITS file: it is empty/);
  assert.match(
    await refused(encode('name,ra,dec\nM31,10.7,41.3\n')),
    /does not begin with the keyword SIMPLE/,
  );
  assert.match(await refused(Uint8Array.of(0x1f, 0x8b, 8, 0)), /gzip as a whole/);
  assert.match(await refused(encode(closedHeader(writeCard('SIMPLE', false)))), /SIMPLE is not T/);
});

test('says how many bytes of which HDU are missing', async () => {
  const mask = await extension('MASK', 200);
  const { code, hdu, message } = await fault(file(image, mask.subarray(0, 2880 + 1000)));
  assert.deepEqual([code, hdu], ['truncated', 1]);
  assert.match(
    message,
    /the data of MASK take 40000 bytes from byte 17280 on, of which the file has 1000: 39000 bytes are missing/,
  );
  // Padding alone may be missing.
  assert.equal((await readHdus(file(image.subarray(0, 2880 + 10_000)))).length, 1);
  const cut = await fault(file(image.subarray(0, 400)));
  assert.equal(cut.code, 'truncated');
  assert.match(cut.message, /no END card in the header that begins at byte 0/);
});

test('refuses a header that makes no sense', async () => {
  const refused = async (...cards: string[]) => {
    const start = [writeCard('SIMPLE', true), ...cards];
    const { code, message } = await fault(file(encode(closedHeader(start.join('')))));
    assert.equal(code, 'bad-header');
    return message;
  };
  assert.match(await refused(writeCard('NAXIS', 0)), /BITPIX is missing/);
  assert.match(
    await refused(writeCard('BITPIX', 12), writeCard('NAXIS', 0)),
    /BITPIX is 12: it must be 8, 16/,
  );
  assert.match(await refused(writeCard('BITPIX', 8), writeCard('NAXIS', 1)), /NAXIS1 is missing/);
  assert.match(await refused(writeCard('BITPIX', 8), writeCard('NAXIS', -1)), /NAXIS is -1/);
  const huge = [1, 2, 3].map((axis) => writeCard(`NAXIS${axis}`, 9e15));
  assert.match(await refused(writeCard('BITPIX', 8), writeCard('NAXIS', 3), ...huge), /make data of/);
  assert.match(await refused('OBJECT  = \x07'.padEnd(80)), /not ASCII in the card at byte 80 \(OBJECT\)/);
});

test('damage anywhere gives HDUs or a FitsError', async () => {
  const whole = await file(image, await extension('MASK', 20)).read(0, 1e9);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 20 }),
      fc.nat(whole.length),
      async (changes, length) => {
        const damaged = whole.slice(0, length);
        for (const [at, byte] of changes) if (at < length) damaged[at] = byte;
        try {
          for (const hdu of await readHdus(bytesSource('damaged.fits', damaged))) openImage(hdu);
        } catch (error) {
          assert.ok(error instanceof FitsError, String(error));
        }
      },
    ),
    { numRuns: 300, seed: 5 },
  );
});
