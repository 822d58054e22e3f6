import { gzipSync } from 'node:zlib';
import { BLOCK, closedHeader } from '../../engine/fits/card.ts';
import { type HeaderEntry, writeEntries } from '../../engine/fits/index.ts';

/** Of a descriptor of the heap, two 32-bit numbers: bytes and offset. */
const DESCRIPTOR = 8;

/**
 * A FITS file whose image is tile-compressed (FITS 4.0 §10.1): an empty primary HDU, and a binary table with a row of GZIP_1 for each
 * row of pixels.
 */
export function writeCompressedImage(
  entries: readonly HeaderEntry[],
  pixels: Int16Array,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  const tiles = Array.from({ length: height }, (_, row) =>
    gzipSync(bigEndian(pixels.subarray(row * width, (row + 1) * width))),
  );
  const heap = tiles.reduce((sum, tile) => sum + tile.length, 0);
  const primary = header([
    ['SIMPLE', true, 'FITS 4.0'],
    ['BITPIX', 8],
    ['NAXIS', 0],
    ['EXTEND', true],
  ]);
  const table = header([
    ['XTENSION', 'BINTABLE', 'tile-compressed image'],
    ['BITPIX', 8],
    ['NAXIS', 2],
    ['NAXIS1', DESCRIPTOR],
    ['NAXIS2', height],
    ['PCOUNT', heap],
    ['GCOUNT', 1],
    ['TFIELDS', 1],
    ['TTYPE1', 'COMPRESSED_DATA'],
    ['TFORM1', `1PB(${Math.max(...tiles.map(({ length }) => length))})`],
    ['ZIMAGE', true],
    ['ZSIMPLE', true],
    ['ZBITPIX', 16],
    ['ZNAXIS', 2],
    ['ZNAXIS1', width],
    ['ZNAXIS2', height],
    ['ZTILE1', width],
    ['ZTILE2', 1],
    ['ZCMPTYPE', 'GZIP_1'],
    ...entries,
  ]);
  const start = primary.length + table.length;
  const data = height * DESCRIPTOR + heap;
  const file = new Uint8Array(start + Math.ceil(data / BLOCK) * BLOCK);
  file.set(primary);
  file.set(table, primary.length);
  const descriptors = new DataView(file.buffer, start);
  let at = 0;
  for (const [row, tile] of tiles.entries()) {
    descriptors.setInt32(row * DESCRIPTOR, tile.length);
    descriptors.setInt32(row * DESCRIPTOR + 4, at);
    file.set(tile, start + height * DESCRIPTOR + at);
    at += tile.length;
  }
  return file;
}

function header(entries: readonly HeaderEntry[]): Uint8Array {
  return new TextEncoder().encode(closedHeader(writeEntries(entries)));
}

function bigEndian(pixels: Int16Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(pixels.byteLength));
  for (const [at, value] of pixels.entries()) view.setInt16(2 * at, value);
  return new Uint8Array(view.buffer);
}
