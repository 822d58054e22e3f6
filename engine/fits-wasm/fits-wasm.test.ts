import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { createFitsKernel, FitsKernelError } from './index.ts';

const wasm = process.env.FITS_WASM ?? new URL('fits.wasm', import.meta.url);
const kernel = createFitsKernel(new WebAssembly.Module(readFileSync(wasm)));

const TAN = (84 << 16) | (65 << 8) | 78;

/** The parameters of a plain image, 0.01° a pixel, north up. */
function block({ projection = TAN, lon = 40, lat = 30, frame = 0, matrix = [-0.01, 0, 0, 0.01] } = {}) {
  const none = Number.NaN;
  return Float64Array.of(
    projection,
    lon,
    lat,
    ...[none, none, none, none, none],
    10,
    20,
    ...matrix,
    frame,
    2000,
    2000,
    -1,
    -1,
    0,
    0,
  );
}

const fault = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof FitsKernelError, String(error));
    return error.fault;
  }
  return 'none';
};

test('a gnomonic image', () => {
  const { lon, lat } = kernel.sky(block(), Float64Array.of(10, 10), Float64Array.of(20, 120));
  assert.ok(Math.abs(lon[0]! - 40) < 1e-12 && Math.abs(lat[0]! - 30) < 1e-12);
  // Up by 1° in the tangent plane.
  assert.ok(Math.abs(lat[1]! - 30 - (Math.atan(Math.PI / 180) * 180) / Math.PI) < 1e-12);
  const { x, y } = kernel.pixel(block(), lon, lat);
  assert.ok(Math.abs(x[1]! - 10) < 1e-9 && Math.abs(y[1]! - 120) < 1e-9);
});

test('positions behind the projection, and what is no number, have no pixel', () => {
  const { x } = kernel.pixel(block(), Float64Array.of(220, Number.NaN), Float64Array.of(-30, 0));
  assert.ok(Number.isNaN(x[0]) && Number.isNaN(x[1]));
});

test('says what is wrong with parameters', () => {
  const none = new Float64Array();
  const faultOf = (parameters: Float64Array) => fault(() => kernel.sky(parameters, none, none));
  assert.equal(faultOf(block({ projection: 0x585858 })), 'projection');
  assert.equal(faultOf(block({ matrix: [1, 1, 1, 1] })), 'matrix');
  assert.equal(faultOf(block({ matrix: [Number.NaN, 0, 0, 1] })), 'matrix');
  assert.equal(faultOf(block({ frame: 99 })), 'frame');
  assert.equal(faultOf(block().subarray(0, 15)), 'block');
});

/** A tile as the C layer takes it. */
const tile = (algorithm: number, bitpix: number, pixels: number, block = 32, pixelBytes = 4) =>
  Float64Array.of(algorithm, bitpix, pixels, block, pixelBytes, -1, 1, 0, 0, Number.NaN, Number.NaN);

test('gzip tiles, plain and with shuffled bytes', () => {
  const plain = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const shuffled = Uint8Array.of(1, 3, 5, 2, 4, 6);
  assert.deepEqual(kernel.tile(tile(1, 16, 3), gzipSync(plain), 6), plain);
  assert.deepEqual(kernel.tile(tile(2, 16, 3), gzipSync(shuffled), 6), plain);
  // Bytes of 16 bits in the tile become 32 in the image.
  assert.deepEqual(
    kernel.tile(tile(1, 32, 3), gzipSync(plain), 12),
    Uint8Array.of(0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 5, 6),
  );
});

test('damaged tiles of every kind fail, and do not stop the kernel', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom(8, 16, 32, -32),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(0, 1, 32),
      fc.constantFrom(1, 2, 4),
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom([], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], [0xdd, 0x99], [0, 0, 0, 7, 255, 156]),
      (algorithm, bitpix, pixels, size, bytes, rest, start) => {
        const length = (pixels * Math.abs(bitpix)) / 8;
        const found = fault(() =>
          kernel.tile(tile(algorithm, bitpix, pixels, size, bytes), Uint8Array.of(...start, ...rest), length),
        );
        assert.ok(['none', 'corrupt', 'failed'].includes(found), found);
      },
    ),
    { numRuns: 400, seed: 7 },
  );
  const { lon } = kernel.sky(block(), Float64Array.of(10), Float64Array.of(20));
  assert.ok(Math.abs(lon[0]! - 40) < 1e-12);
});

test('pictures are PNG and JPEG of the sides asked for', () => {
  const pixels = Float32Array.from({ length: 12 }, (_, at) => (at === 5 ? Number.NaN : at));
  const png = kernel.picture(pixels, 4, 3, 0);
  assert.equal(new TextDecoder('latin1').decode(png.subarray(1, 4)), 'PNG');
  assert.deepEqual([new DataView(png.buffer).getUint32(16), new DataView(png.buffer).getUint32(20)], [4, 3]);
  const jpeg = kernel.picture(pixels, 4, 3, 80);
  assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  assert.equal(
    fault(() => kernel.picture(pixels, 4, 4, 0)),
    'picture',
  );
  assert.equal(
    fault(() => kernel.picture(new Float32Array(), 0, 0, 0)),
    'picture',
  );
});
