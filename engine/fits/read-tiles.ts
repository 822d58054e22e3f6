import { type FitsKernel, FitsKernelError } from '../fits-wasm/index.ts';
import { joinedBytes } from '../joined-bytes.ts';
import { FitsError } from './errors.ts';
import { type FitsImage, pixelBytes } from './image.ts';
import { coalesced, READ_BYTES, type Read, readAhead } from './ranges.ts';
import type { Section } from './section.ts';
import type { FitsSource } from './source.ts';
import { type Band, bands, type Tile } from './tile-bands.ts';
import { type TileEntry, tileEntries } from './tile-entries.ts';
import type { TileLayout } from './tile-layout.ts';

/** Tiles whose rows of the table are read together. */
const TABLE_ROWS = 4096;

/**
 * As `readSection`, of a compressed image: only rows of the table and tiles that are needed are read, those of the next band while
 * one is decompressed.
 */
export async function* readTiles(
  kernel: FitsKernel,
  source: FitsSource,
  image: FitsImage,
  layout: TileLayout,
  section: Section,
): AsyncGenerator<Uint8Array> {
  for (const together of batches(bands(image, layout, section))) {
    const entries = await tileEntries(
      source,
      image,
      layout,
      together.flatMap(({ tiles }) => tiles),
    );
    let coming = tileBytes(source, together[0]!.tiles, entries);
    for (const [at, band] of together.entries()) {
      const found = await coming;
      const next = together[at + 1];
      if (next !== undefined) {
        coming = tileBytes(source, next.tiles, entries);
        // Its failure is thrown when its turn comes, and is nobody's if the taker leaves before.
        coming.catch(() => undefined);
      }
      const pixels = bandPixels(kernel, image, layout, band, entries, found);
      if (pixels.length <= READ_BYTES) {
        yield pixels;
        continue;
      }
      // Each piece has bytes of its own, which whoever takes it can give back.
      for (let from = 0; from < pixels.length; from += READ_BYTES)
        yield pixels.slice(from, from + READ_BYTES);
      pixels.buffer.transfer(0);
    }
  }
}

/** Bands whose tiles are not too many for one look into the table. */
function* batches(all: Iterable<Band>): Generator<Band[]> {
  let together: Band[] = [];
  let tiles = 0;
  for (const band of all) {
    if (together.length > 0 && tiles + band.tiles.length > TABLE_ROWS) {
      yield together;
      together = [];
      tiles = 0;
    }
    together.push(band);
    tiles += band.tiles.length;
  }
  yield together;
}

function bandPixels(
  kernel: FitsKernel,
  image: FitsImage,
  layout: TileLayout,
  { part }: Band,
  entries: ReadonlyMap<number, TileEntry>,
  found: readonly FoundTile[],
): Uint8Array<ArrayBuffer> {
  const size = pixelBytes(image);
  const [from, to] = [part.first, part.last];
  const rowBytes = (to[0]! - from[0]! + 1) * size;
  const target = new Uint8Array(rowBytes * ((to[1] ?? 1) - (from[1] ?? 1) + 1));
  for (const { tile, bytes } of found) {
    const pixels = decompressed(kernel, image, layout, tile, entries.get(tile.row)!, bytes);
    copyTile(pixels, size, tile, part, target, rowBytes);
    // V8 collects buffers late, and tiles may have 64 MB.
    pixels.buffer.transfer(0);
  }
  return target;
}

interface FoundTile {
  readonly tile: Tile;
  readonly bytes: Uint8Array;
}

/** The bytes of tiles, in the order in which they lie in the file. */
async function tileBytes(
  source: FitsSource,
  tiles: readonly Tile[],
  entries: ReadonlyMap<number, TileEntry>,
): Promise<FoundTile[]> {
  const sorted = tiles
    .map((tile) => ({ tile, span: entries.get(tile.row)!.span }))
    .sort((a, b) => a.span.offset - b.span.offset);
  const found: FoundTile[] = [];
  // A tile longer than a read comes in pieces.
  let parts: Uint8Array[] = [];
  let have = 0;
  for await (const { read, bytes } of readAhead(source, coalesced(sorted.map(({ span }) => span)))) {
    for (const part of partsOf(read, bytes)) {
      const { tile, span } = sorted[found.length]!;
      parts.push(part);
      have += part.length;
      if (have < span.length) continue;
      found.push({ tile, bytes: joinedBytes(parts) });
      parts = [];
      have = 0;
    }
  }
  return found;
}

function* partsOf({ offset, spans }: Read, bytes: Uint8Array): Generator<Uint8Array> {
  for (const span of spans) yield bytes.subarray(span.offset - offset, span.offset - offset + span.length);
}

function decompressed(
  kernel: FitsKernel,
  image: FitsImage,
  layout: TileLayout,
  { row, sides }: Tile,
  { algorithm, quantized, scale, zero, blank }: TileEntry,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const pixels = sides.reduce((product, side) => product * side, 1);
  const parameters = Float64Array.of(
    algorithm,
    image.bitpix,
    pixels,
    layout.option,
    layout.pixelBytes,
    quantized ? layout.quantization : -1,
    scale,
    zero,
    row + layout.seed,
    blank ?? Number.NaN,
    image.blank ?? Number.NaN,
  );
  try {
    return kernel.tile(parameters, bytes, pixels * pixelBytes(image));
  } catch (error) {
    if (!(error instanceof FitsKernelError)) throw error;
    const what = `tile ${row + 1} of ${pixels} pixels cannot be decompressed (${layout.algorithm})`;
    throw new FitsError('corrupt', image.location.index, what, { cause: error });
  }
}

/** Copies what of a tile is in a part of the section to its place there. */
function copyTile(
  pixels: Uint8Array,
  size: number,
  { start, sides }: Tile,
  { first, last }: Section,
  target: Uint8Array,
  rowBytes: number,
): void {
  const [left, right] = [Math.max(first[0]!, start[0]!), Math.min(last[0]!, start[0]! + sides[0]! - 1)];
  const [low, high] = [
    Math.max(first[1] ?? 1, start[1] ?? 1),
    Math.min(last[1] ?? 1, (start[1] ?? 1) + (sides[1] ?? 1) - 1),
  ];
  // Place of the plane in the tile, in rows.
  let plane = 0;
  for (let axis = first.length - 1; axis >= 2; axis--)
    plane = plane * sides[axis]! + first[axis]! - start[axis]!;
  const planeRow = plane * (sides[1] ?? 1);
  for (let y = low; y <= high; y++) {
    const row = planeRow + y - (start[1] ?? 1);
    const from = (row * sides[0]! + left - start[0]!) * size;
    const to = (y - (first[1] ?? 1)) * rowBytes + (left - first[0]!) * size;
    target.set(pixels.subarray(from, from + (right - left + 1) * size), to);
  }
}
