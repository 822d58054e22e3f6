import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describeFile } from '../../catalog-export/images/describe.ts';
import { NO_MAPPING } from '../../catalog-export/images/mapping.ts';
import { BLOCK, closedHeader } from '../../engine/fits/card.ts';
import { type FitsSource, type HeaderEntry, writeEntries } from '../../engine/fits/index.ts';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { writeDataset } from '../../engine/images/write-dataset.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { randomNumbers } from './random.ts';

/** Pixels of a side: with 16 bits a pixel a plate has 1.0 GB. */
export const PLATE_SIDE = 22_528;
/** Of a tile, where the plate is compressed. */
export const TILE_SIDE = 256;
/** Arcseconds. */
const PIXEL = 1;

/** Place of the middle of each plate, degrees. */
export const PLATE_CENTER = { lon: 34.8366, lat: -2.9776 };

/** A plate that is published in a bucket. */
export interface BenchPlate {
  readonly did: string;
  /** Of the file. */
  readonly bytes: number;
  readonly key: string;
}

const COORDINATES: readonly HeaderEntry[] = [
  ['CTYPE1', 'RA---TAN'],
  ['CTYPE2', 'DEC--TAN'],
  ['CRVAL1', PLATE_CENTER.lon],
  ['CRVAL2', PLATE_CENTER.lat],
  ['CRPIX1', PLATE_SIDE / 2 + 0.5],
  ['CRPIX2', PLATE_SIDE / 2 + 0.5],
  ['CDELT1', -PIXEL / 3600],
  ['CDELT2', PIXEL / 3600],
  ['RADESYS', 'ICRS'],
];

const header = (entries: readonly HeaderEntry[]): Uint8Array =>
  new TextEncoder().encode(closedHeader(writeEntries(entries)));

const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK;

/** A plate whose pixels are a hole in the file: it takes no room on the disk. */
export async function plainPlate(bucketFolder: string): Promise<BenchPlate> {
  const head = header([
    ['SIMPLE', true],
    ['BITPIX', 16],
    ['NAXIS', 2],
    ['NAXIS1', PLATE_SIDE],
    ['NAXIS2', PLATE_SIDE],
    ...COORDINATES,
  ]);
  return publish(bucketFolder, 'plate.fits', head.length + padded(2 * PLATE_SIDE ** 2), [[0, head]]);
}

/** The same compressed by tiles of noise, of which those around the middle are there, and the others are a hole of their size. */
export async function compressedPlate(bucketFolder: string): Promise<BenchPlate> {
  const tile = noiseTile();
  const along = PLATE_SIDE / TILE_SIDE;
  const tiles = along ** 2;
  const primary = header([
    ['SIMPLE', true],
    ['BITPIX', 8],
    ['NAXIS', 0],
    ['EXTEND', true],
  ]);
  const table = header([
    ['XTENSION', 'BINTABLE'],
    ['BITPIX', 8],
    ['NAXIS', 2],
    ['NAXIS1', 8],
    ['NAXIS2', tiles],
    ['PCOUNT', tiles * tile.length],
    ['GCOUNT', 1],
    ['TFIELDS', 1],
    ['TTYPE1', 'COMPRESSED_DATA'],
    ['TFORM1', `1PB(${tile.length})`],
    ['ZIMAGE', true],
    ['ZBITPIX', 16],
    ['ZNAXIS', 2],
    ['ZNAXIS1', PLATE_SIDE],
    ['ZNAXIS2', PLATE_SIDE],
    ['ZTILE1', TILE_SIDE],
    ['ZTILE2', TILE_SIDE],
    ['ZCMPTYPE', 'GZIP_1'],
    ...COORDINATES,
  ]);
  const start = primary.length + table.length;
  const heap = start + 8 * tiles;
  const descriptors = new DataView(new ArrayBuffer(8 * tiles));
  const pieces: [number, Uint8Array][] = [
    [0, primary],
    [primary.length, table],
    [start, new Uint8Array(descriptors.buffer)],
  ];
  for (let at = 0; at < tiles; at++) {
    descriptors.setInt32(8 * at, tile.length);
    descriptors.setInt32(8 * at + 4, at * tile.length);
    const [x, y] = [at % along, Math.floor(at / along)];
    const near = Math.max(Math.abs(x - along / 2), Math.abs(y - along / 2)) < along / 8;
    if (near) pieces.push([heap + at * tile.length, tile]);
  }
  return publish(bucketFolder, 'compressed.fits', start + padded(8 * tiles + tiles * tile.length), pieces);
}

function noiseTile(): Uint8Array {
  const random = randomNumbers(5);
  const pixels = new DataView(new ArrayBuffer(2 * TILE_SIDE ** 2));
  for (let at = 0; at < pixels.byteLength; at += 2) pixels.setInt16(at, 1000 + Math.floor(64 * random()));
  return gzipSync(new Uint8Array(pixels.buffer));
}

async function publish(
  bucketFolder: string,
  name: string,
  bytes: number,
  pieces: readonly (readonly [offset: number, bytes: Uint8Array])[],
): Promise<BenchPlate> {
  const key = `images/files/bench/${name}`;
  const path = join(bucketFolder, key);
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(path, 'w+');
  try {
    await handle.truncate(bytes);
    for (const [offset, piece] of pieces) await handle.write(piece, 0, piece.length, offset);
    const source: FitsSource = {
      name,
      size: bytes,
      async read(offset, length) {
        const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    };
    const [described] = await describeFile(source, name, {
      fits: loadFitsKernel(),
      kernel: loadKernel(),
      mapping: NO_MAPPING,
      authority: 'almagest.example',
      collection: 'bench',
    });
    const { image: _, notes: __, ...dataset } = described!;
    await writeDataset(folderStorage(bucketFolder), {
      version: 1,
      added: new Date().toISOString(),
      ...dataset,
      // Nobody reads a gigabyte for its checksum here.
      file: { key, name, mediaType: 'image/fits', bytes, sha256: '0'.repeat(64) },
      preview: null,
      thumbnail: null,
      links: [],
    });
    return { did: described!.did, bytes, key };
  } finally {
    await handle.close();
  }
}
