import { FitsError } from './errors.ts';
import { type FitsHeader, integerOf, numberOf, requiredInteger, textOf } from './header.ts';
import type { ImageLocation } from './image.ts';

export type TileAlgorithm = 'GZIP_1' | 'GZIP_2' | 'RICE_1' | 'HCOMPRESS_1' | 'PLIO_1' | 'NOCOMPRESS';

/** A column of the table of tiles. */
export interface TileColumn {
  /** Bytes from the start of a row. */
  readonly offset: number;
  /** Letter of TFORMn. */
  readonly type: string;
  /** Of a column of arrays in the heap: bytes of an element. */
  readonly elementBytes: number;
}

/** How an image was cut in tiles, and where they lie (FITS 4.0 §10.1). */
export interface TileLayout {
  /** Pixels of a tile along each axis; those at the far borders may be smaller. */
  readonly sides: readonly number[];
  /** Tiles along each axis. */
  readonly counts: readonly number[];
  readonly algorithm: TileAlgorithm;
  /** BLOCKSIZE of RICE_1, SMOOTH of HCOMPRESS_1. */
  readonly option: number;
  /** BYTEPIX of RICE_1. */
  readonly pixelBytes: number;
  /** −1 where pixels are stored exactly; 0 NO_DITHER, 1 and 2 SUBTRACTIVE_DITHER_1 and _2. */
  readonly quantization: -1 | 0 | 1 | 2;
  /** ZDITHER0. */
  readonly seed: number;
  /** ZBLANK of the header; null where it has none. */
  readonly blank: number | null;
  /** Of all tiles where there is no column of them. */
  readonly scale: number;
  readonly zero: number;
  readonly columns: ReadonlyMap<string, TileColumn>;
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** Offset of the heap in the file, and its bytes. */
  readonly heapOffset: number;
  readonly heapBytes: number;
}

const ALGORITHMS: ReadonlyMap<string, TileAlgorithm> = new Map([
  ['GZIP_1', 'GZIP_1'],
  ['GZIP_2', 'GZIP_2'],
  ['RICE_1', 'RICE_1'],
  ['RICE_ONE', 'RICE_1'],
  ['HCOMPRESS_1', 'HCOMPRESS_1'],
  ['PLIO_1', 'PLIO_1'],
  ['NOCOMPRESS', 'NOCOMPRESS'],
]);

const QUANTIZATIONS: ReadonlyMap<string, 0 | 1 | 2> = new Map([
  ['NO_DITHER', 0],
  ['SUBTRACTIVE_DITHER_1', 1],
  ['SUBTRACTIVE_DITHER_2', 2],
]);

/** Columns of arrays in the heap. */
const IN_HEAP = ['COMPRESSED_DATA', 'GZIP_COMPRESSED_DATA', 'UNCOMPRESSED_DATA'];

/** Bytes of elements by letter of TFORMn. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  L: 1,
  B: 1,
  A: 1,
  I: 2,
  J: 4,
  K: 8,
  E: 4,
  D: 8,
  C: 8,
  M: 16,
  P: 8,
  Q: 16,
};

/** Pixels of a tile: a larger one cannot be decompressed in the memory that a worker has. */
const MOST_PIXELS = 2 ** 23;

/** @throws {FitsError} `bad-header` or `unsupported` */
export function tileLayout(
  stored: FitsHeader,
  { index, dataOffset, dataBytes }: ImageLocation,
  axes: readonly number[],
  bitpix: number,
): TileLayout {
  const name = textOf(stored, 'ZCMPTYPE');
  const algorithm = ALGORITHMS.get(name ?? '');
  if (algorithm === undefined) {
    const known = [...ALGORITHMS.keys()].join(', ');
    throw new FitsError('unsupported', index, `ZCMPTYPE is ${name ?? 'missing'}: known are ${known}`);
  }
  const sides = axes.map((side, axis) => {
    const keyword = `ZTILE${axis + 1}`;
    if (!stored.values.has(keyword)) return axis === 0 ? side : 1;
    return Math.min(requiredInteger(stored, keyword, 1, Number.MAX_SAFE_INTEGER, index), side);
  });
  const pixels = sides.reduce((product, side) => product * side, 1);
  if (pixels > MOST_PIXELS) {
    throw new FitsError(
      'unsupported',
      index,
      `tiles of ${pixels} pixels: at most ${MOST_PIXELS} are possible`,
    );
  }
  const counts = axes.map((side, axis) => Math.ceil(side / sides[axis]!));
  const { columns, width } = tableColumns(stored, index);
  const rowBytes = requiredInteger(stored, 'NAXIS1', 1, Number.MAX_SAFE_INTEGER, index);
  const rows = requiredInteger(stored, 'NAXIS2', 0, Number.MAX_SAFE_INTEGER, index);
  const tiles = counts.reduce((product, count) => product * count, 1);
  if (width > rowBytes || rows < tiles) {
    const fault =
      width > rowBytes
        ? `TFORMn take ${width} bytes, NAXIS1 is ${rowBytes}`
        : `${tiles} tiles in ${rows} rows`;
    throw new FitsError('bad-header', index, `the table of tiles is wrong: ${fault}`);
  }
  if (!columns.has('COMPRESSED_DATA')) {
    throw new FitsError('bad-header', index, 'the table of tiles has no column COMPRESSED_DATA');
  }
  const table = rowBytes * rows;
  const heap = stored.values.has('THEAP')
    ? requiredInteger(stored, 'THEAP', table, Number.MAX_SAFE_INTEGER, index)
    : table;
  const quantized = columns.has('ZSCALE') || stored.values.has('ZSCALE');
  const options = compressionOptions(stored);
  return {
    sides,
    counts,
    algorithm,
    option: algorithm === 'HCOMPRESS_1' ? (options.get('SMOOTH') ?? 0) : (options.get('BLOCKSIZE') ?? 32),
    pixelBytes: options.get('BYTEPIX') ?? 4,
    quantization: bitpix < 0 && quantized ? quantization(stored, index) : -1,
    seed: integerOf(stored, 'ZDITHER0') ?? 0,
    blank: integerOf(stored, 'ZBLANK') ?? (bitpix > 0 ? null : integerOf(stored, 'BLANK')),
    scale: numberOf(stored, 'ZSCALE') ?? 1,
    zero: numberOf(stored, 'ZZERO') ?? 0,
    columns,
    rowBytes,
    heapOffset: dataOffset + heap,
    heapBytes: Math.max(dataBytes - heap, 0),
  };
}

function quantization(stored: FitsHeader, index: number): 0 | 1 | 2 {
  const name = textOf(stored, 'ZQUANTIZ') ?? 'NO_DITHER';
  const method = QUANTIZATIONS.get(name);
  if (method !== undefined) return method;
  const known = [...QUANTIZATIONS.keys()].join(', ');
  throw new FitsError('unsupported', index, `ZQUANTIZ is ${name}: known are ${known}`);
}

/** ZNAMEn and ZVALn. */
function compressionOptions(stored: FitsHeader): Map<string, number> {
  const options = new Map<string, number>();
  for (const { keyword, value } of stored.cards) {
    const number = /^ZNAME(\d+)$/.exec(keyword)?.[1];
    const option = number === undefined ? null : numberOf(stored, `ZVAL${number}`);
    if (option !== null) options.set(String(value), option);
  }
  return options;
}

function tableColumns(stored: FitsHeader, index: number) {
  const columns = new Map<string, TileColumn>();
  const fields = requiredInteger(stored, 'TFIELDS', 1, 999, index);
  let width = 0;
  for (let field = 1; field <= fields; field++) {
    const form = textOf(stored, `TFORM${field}`) ?? '';
    const [, repeat, type, element] = /^(\d*)([LXBIJKAEDCMPQ])([A-Z]?)/.exec(form) ?? [];
    if (type === undefined) throw new FitsError('bad-header', index, `TFORM${field} is '${form}'`);
    const count = repeat === '' ? 1 : Number(repeat);
    const elementBytes = ELEMENT_BYTES[element ?? ''] ?? 1;
    const name = textOf(stored, `TTYPE${field}`) ?? '';
    if (IN_HEAP.includes(name) && type !== 'P' && type !== 'Q') {
      throw new FitsError('bad-header', index, `TFORM${field} of ${name} is '${form}': it must be P or Q`);
    }
    if (count > 0) columns.set(name, { offset: width, type, elementBytes });
    width += type === 'X' ? Math.ceil(count / 8) : count * ELEMENT_BYTES[type]!;
  }
  return { columns, width };
}
