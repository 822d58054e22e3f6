import { type FitsKernel, FitsKernelError } from '../fits-wasm/index.ts';
import { joinedBytes } from '../joined-bytes.ts';
import { FitsError } from './errors.ts';
import { type FitsImage, pixelBytes } from './image.ts';
import { coalesced, READ_BYTES, type Read, readAhead, type Span } from './ranges.ts';
import { positions } from './read-section.ts';
import type { Section } from './section.ts';
import type { FitsSource } from './source.ts';
import type { TileColumn, TileLayout } from './tile-layout.ts';

const ALGORITHM_NUMBER = {
  NOCOMPRESS: 0,
  GZIP_1: 1,
  GZIP_2: 2,
  RICE_1: 3,
  HCOMPRESS_1: 4,
  PLIO_1: 5,
} as const;

/** A tile: where it is in the image, and in the table. */
interface Tile {
  /** Number of its row, from 0 on. */
  readonly row: number;
  /** First pixel along each axis, from 1 on, and pixels along each. */
  readonly start: readonly number[];
  readonly sides: readonly number[];
}

/** What the table says of a tile. */
interface TileEntry {
  readonly span: Span;
  readonly algorithm: number;
  readonly quantized: boolean;
  readonly scale: number;
  readonly zero: number;
  readonly blank: number | null;
}

/** The tiles of some whole rows of a plane of the section, and where those rows go. */
interface Band {
  readonly tiles: readonly Tile[];
  /** Pixels of the section from the first to the last along each axis, all of them one beyond the second. */
  readonly part: Section;
}

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
      for (let from = 0; from < pixels.length; from += READ_BYTES) {
        yield pixels.subarray(from, from + READ_BYTES);
      }
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
): Uint8Array {
  const size = pixelBytes(image);
  const [from, to] = [part.first, part.last];
  const rowBytes = (to[0]! - from[0]! + 1) * size;
  const target = new Uint8Array(rowBytes * ((to[1] ?? 1) - (from[1] ?? 1) + 1));
  for (const { tile, bytes } of found) {
    const pixels = decompressed(kernel, image, layout, tile, entries.get(tile.row)!, bytes);
    copyTile(pixels, size, tile, part, target, rowBytes);
  }
  return target;
}

/** Rows of tiles that together have at most the bytes of a read, or one of them. */
function* bands({ axes, bitpix }: FitsImage, layout: TileLayout, { first, last }: Section): Generator<Band> {
  const tileOf = (pixel: number, axis: number) => Math.floor((pixel - 1) / layout.sides[axis]!);
  const height = layout.sides[1] ?? 1;
  const rowPixels = (last[0]! - first[0]! + 1) * height;
  // Tiles that reach beyond the section are decompressed as well.
  const tilesAcross = tileOf(last[0]!, 0) - tileOf(first[0]!, 0) + 1;
  const tilePixels = tilesAcross * layout.sides.reduce((product, side) => product * side, 1);
  const bytes = (Math.max(rowPixels, tilePixels) * Math.abs(bitpix)) / 8;
  const together = Math.max(1, Math.floor(READ_BYTES / bytes));
  const [firstRow, lastRow] = axes.length > 1 ? [tileOf(first[1]!, 1), tileOf(last[1]!, 1)] : [0, 0];
  for (const plane of positions(first.slice(2), last.slice(2))) {
    for (let row = firstRow; row <= lastRow; row += together) {
      const end = Math.min(row + together - 1, lastRow);
      const tiles: Tile[] = [];
      for (let y = row; y <= end; y++) {
        for (let x = tileOf(first[0]!, 0); x <= tileOf(last[0]!, 0); x++) {
          const place = [x, y, ...plane.map((pixel, axis) => tileOf(pixel, axis + 2))].slice(0, axes.length);
          tiles.push(tileAt(axes, layout, place));
        }
      }
      const clip = (low: number, high: number) =>
        [Math.max(low, first[1] ?? 1), Math.min(high, last[1] ?? 1)] as const;
      const [bottom, top] = clip(row * height + 1, (end + 1) * height);
      const part = {
        first: [first[0]!, bottom, ...plane].slice(0, axes.length),
        last: [last[0]!, top, ...plane].slice(0, axes.length),
      };
      yield { tiles, part };
    }
  }
}

function tileAt(axes: readonly number[], { sides, counts }: TileLayout, place: readonly number[]): Tile {
  const start = place.map((number, axis) => number * sides[axis]! + 1);
  return {
    row: place.reduceRight((row, number, axis) => row * counts[axis]! + number, 0),
    start,
    sides: start.map((pixel, axis) => Math.min(sides[axis]!, axes[axis]! - pixel + 1)),
  };
}

async function tileEntries(
  source: FitsSource,
  image: FitsImage,
  layout: TileLayout,
  tiles: readonly Tile[],
): Promise<Map<number, TileEntry>> {
  const { dataOffset } = image.location;
  const rows = tiles.map(({ row }) => ({
    offset: dataOffset + row * layout.rowBytes,
    length: layout.rowBytes,
  }));
  const entries = new Map<number, TileEntry>();
  for await (const { read, bytes } of readAhead(source, coalesced(rows))) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const { offset } of read.spans) {
      const row = (offset - dataOffset) / layout.rowBytes;
      entries.set(row, tileEntry(view, offset - read.offset, image, layout, row));
    }
  }
  return entries;
}

function tileEntry(view: DataView, at: number, image: FitsImage, layout: TileLayout, row: number): TileEntry {
  const { columns, algorithm } = layout;
  const number = (name: string) => {
    const column = columns.get(name);
    return column === undefined ? null : scalar(view, at + column.offset, column.type);
  };
  const data = (name: string): Span | null => {
    const column = columns.get(name);
    if (column === undefined) return null;
    const span = heapSpan(view, at, column);
    return span.length === 0 ? null : inHeap(span, layout, image.location.index, row);
  };
  const scaled = {
    scale: number('ZSCALE') ?? layout.scale,
    zero: number('ZZERO') ?? layout.zero,
    blank: number('ZBLANK') ?? layout.blank,
  };
  const compressed = data('COMPRESSED_DATA');
  if (compressed !== null) {
    const quantized = layout.quantization >= 0;
    return { ...scaled, span: compressed, algorithm: ALGORITHM_NUMBER[algorithm], quantized };
  }
  // Pixels that could not be quantised well.
  const gzipped = data('GZIP_COMPRESSED_DATA');
  if (gzipped !== null)
    return { ...scaled, span: gzipped, algorithm: ALGORITHM_NUMBER.GZIP_1, quantized: false };
  const plain = data('UNCOMPRESSED_DATA');
  if (plain !== null)
    return { ...scaled, span: plain, algorithm: ALGORITHM_NUMBER.NOCOMPRESS, quantized: false };
  throw new FitsError('corrupt', image.location.index, `tile ${row + 1} has no data`);
}

function scalar(view: DataView, at: number, type: string): number | null {
  switch (type) {
    case 'B':
      return view.getUint8(at);
    case 'I':
      return view.getInt16(at);
    case 'J':
      return view.getInt32(at);
    case 'K':
      return Number(view.getBigInt64(at));
    case 'E':
      return view.getFloat32(at);
    case 'D':
      return view.getFloat64(at);
    default:
      return null;
  }
}

/** An array in the heap, its offset counted from the heap's start (FITS 4.0 §7.3.5). */
function heapSpan(view: DataView, at: number, { offset, type, elementBytes }: TileColumn): Span {
  const [elements, start] =
    type === 'Q'
      ? [Number(view.getBigInt64(at + offset)), Number(view.getBigInt64(at + offset + 8))]
      : [view.getInt32(at + offset), view.getInt32(at + offset + 4)];
  return { offset: start, length: elements * elementBytes };
}

function inHeap(
  { offset, length }: Span,
  { heapOffset, heapBytes }: TileLayout,
  index: number,
  row: number,
): Span {
  if (offset >= 0 && length > 0 && offset + length <= heapBytes)
    return { offset: heapOffset + offset, length };
  throw new FitsError(
    'corrupt',
    index,
    `tile ${row + 1} is said to be in bytes ${offset} to ${offset + length} of a heap of ${heapBytes}`,
  );
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
): Uint8Array {
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
