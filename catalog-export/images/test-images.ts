import { BLOCK, closedHeader } from '../../engine/fits/card.ts';
import { type HeaderEntry, writeEntries, writeImage } from '../../engine/fits/index.ts';

export const WIDTH = 40;
export const HEIGHT = 30;

/** One arcminute a pixel around (150°, +2°). */
export const WCS: readonly HeaderEntry[] = [
  ['CTYPE1', 'RA---TAN'],
  ['CTYPE2', 'DEC--TAN'],
  ['CRVAL1', 150],
  ['CRVAL2', 2],
  ['CRPIX1', (WIDTH + 1) / 2],
  ['CRPIX2', (HEIGHT + 1) / 2],
  ['CDELT1', -1 / 60],
  ['CDELT2', 1 / 60],
  ['RADESYS', 'ICRS'],
];

export const HEADER: readonly HeaderEntry[] = [
  ['OBJECT', 'COSMOS'],
  ['TELESCOP', 'T80'],
  ['INSTRUME', 'T80Cam'],
  ['FILTER', 'r'],
  ['MJD-OBS', 61000.5],
  ['EXPTIME', 86.4],
  ['BUNIT', 'adu'],
  ...WCS,
];

function pixels(seed: number): Int16Array {
  return Int16Array.from({ length: WIDTH * HEIGHT }, (_, at) => (at * 7919 + seed * 31) % 1000);
}

/** A FITS file of one small image; another content for each seed. */
export function imageFile(entries: readonly HeaderEntry[] = HEADER, seed = 0): Uint8Array<ArrayBuffer> {
  return writeImage(entries, pixels(seed), [WIDTH, HEIGHT]);
}

/** A FITS file with an empty primary HDU and an image in each extension. */
export function extensionsFile(extensions: readonly (readonly HeaderEntry[])[]): Uint8Array<ArrayBuffer> {
  const primary = closedHeader(
    writeEntries([
      ['SIMPLE', true],
      ['BITPIX', 8],
      ['NAXIS', 0],
      ['TELESCOP', 'T80'],
      ['DATE-OBS', '2026-11-21T12:00:00'],
    ]),
  );
  const parts = extensions.map((entries, at) => {
    const image = imageFile(entries, at);
    // The keyword that begins it is all that tells an extension from a primary HDU of one image.
    image.set(new TextEncoder().encode(writeEntries([['XTENSION', 'IMAGE']])));
    return image;
  });
  const bytes = [new TextEncoder().encode(primary), ...parts];
  const file = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    file.set(part, at);
    at += part.length;
  }
  return file.subarray(0, Math.ceil(file.length / BLOCK) * BLOCK);
}
