import { FitsError } from './errors.ts';
import type { FitsImage } from './image.ts';
import { coalesced, readAhead, type Span } from './ranges.ts';
import type { FitsSource } from './source.ts';
import type { Tile } from './tile-bands.ts';
import type { TileColumn, TileLayout } from './tile-layout.ts';

const ALGORITHM_NUMBER = {
  NOCOMPRESS: 0,
  GZIP_1: 1,
  GZIP_2: 2,
  RICE_1: 3,
  HCOMPRESS_1: 4,
  PLIO_1: 5,
} as const;

/** What the table says of a tile. */
export interface TileEntry {
  readonly span: Span;
  readonly algorithm: number;
  readonly quantized: boolean;
  readonly scale: number;
  readonly zero: number;
  readonly blank: number | null;
}

/** Reads the rows of tiles, by their numbers. */
export async function tileEntries(
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
