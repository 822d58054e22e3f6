import assert from 'node:assert/strict';
import test from 'node:test';
import { readHdus } from './hdus.ts';
import { openImage } from './image.ts';
import { polarizationAxis, timeAxis } from './other-axes.ts';
import { pixelsWithin } from './pixel-axis.ts';
import { bytesSource } from './source.ts';
import { spectralAxis } from './spectral-axis.ts';
import { type HeaderEntry, writeImage } from './write-image.ts';

async function imageOf(entries: readonly HeaderEntry[], axes: readonly number[]) {
  const pixels = new Uint8Array(axes.reduce((product, side) => product * side, 1));
  const [hdu] = await readHdus(bytesSource('axes.fits', writeImage(entries, pixels, axes)));
  return openImage(hdu!);
}

test('a time axis is told in MJD', async () => {
  const entries: HeaderEntry[] = [
    ['CTYPE2', 'UTC'],
    ['CRVAL2', 3600],
    ['CRPIX2', 1],
    ['CDELT2', 1800],
    ['CUNIT2', 's'],
    ['MJDREFI', 60_000],
    ['MJDREFF', 0.5],
  ];
  const axis = timeAxis(await imageOf(entries, [4, 48]))!;
  assert.equal(axis.axis, 1);
  assert.ok(Math.abs(axis.min - (60_000.5 + 2700 / 86_400)) < 1e-9);
  assert.ok(Math.abs(axis.max - axis.min - 1) < 1e-9);
  assert.deepEqual(pixelsWithin(axis, [60_000.553, 60_000.56]), [2, 2]);
  assert.equal(pixelsWithin(axis, [0, 50_000]), null);
  assert.equal(timeAxis(await imageOf(entries.slice(1), [4, 48])), null);
});

test('states of polarisation are told by name, in the order of the pixels', async () => {
  const stokes = (start: number, step: number): HeaderEntry[] => [
    ['CTYPE1', 'STOKES'],
    ['CRVAL1', start],
    ['CRPIX1', 1],
    ['CDELT1', step],
  ];
  assert.deepEqual(polarizationAxis(await imageOf(stokes(1, 1), [4]))!.states, ['I', 'Q', 'U', 'V']);
  assert.deepEqual(polarizationAxis(await imageOf(stokes(-5, -1), [2]))!.states, ['XX', 'YY']);
  assert.equal(polarizationAxis(await imageOf(stokes(17, 1), [2])), null);
  assert.equal(polarizationAxis(await imageOf([], [2])), null);
});

test('a spectral axis that makes no wavelengths is none', async () => {
  const axis = async (...entries: HeaderEntry[]) =>
    spectralAxis(await imageOf([['CTYPE1', 'FREQ'], ['CRVAL1', 1e9], ['CDELT1', 1e6], ...entries], [5]));
  assert.ok(await axis());
  assert.equal(await axis(['CUNIT1', 'parsec']), null);
  assert.equal(
    spectralAxis(
      await imageOf(
        [
          ['CTYPE1', 'VRAD'],
          ['CDELT1', 1],
        ],
        [5],
      ),
    ),
    null,
  );
  assert.equal(
    spectralAxis(
      await imageOf(
        [
          ['CTYPE1', 'WAVE-TAB'],
          ['CDELT1', 1],
        ],
        [5],
      ),
    ),
    null,
  );
  // Frequencies on both sides of 0.
  assert.equal(
    spectralAxis(
      await imageOf(
        [
          ['CTYPE1', 'FREQ'],
          ['CRVAL1', 0],
          ['CRPIX1', 3],
          ['CDELT1', 1],
        ],
        [5],
      ),
    ),
    null,
  );
});
