import type { Column, Datatype } from '../catalog/column.ts';
import { type FitsHeader, numberOf, textOf } from '../fits/header.ts';
import type { Cell, Element } from './cell.ts';
import { type ColumnType, plainColumn, scalar, TEXT, TIMESTAMP } from './plain-column.ts';
import { UploadError } from './upload.ts';

/** A column of a binary table. */
export interface FitsField {
  readonly column: Column;
  /** Bytes of a row. */
  readonly width: number;
  /** @throws RangeError where the data end before. */
  read(view: DataView, at: number, heapStart: number): Cell;
}

/** Values of a type code (FITS 4.0 §7.3.1). */
interface Elements {
  readonly datatype: Datatype;
  readonly size: number;
  read(view: DataView, at: number): Element;
}

const FORM = /^\s*(\d*)([LXBIJKAEDCMPQ])(.*)$/;

/**
 * @param number of the column, from 1.
 * @throws UploadError naming the column whose TFORM is none, or of a type that there is no column for.
 */
export function fitsField(header: FitsHeader, number: number, name: string): FitsField {
  const form = textOf(header, `TFORM${number}`);
  const [, count = '', code = '', rest = ''] = FORM.exec(form ?? '') ?? [];
  if (code === '')
    throw new UploadError(`column “${name}” has the format TFORM${number} = ${form ?? 'nothing'}`);
  const repeat = count === '' ? 1 : Number(count);
  const described = (type: ColumnType): Column => ({
    ...plainColumn(name, type),
    unit: textOf(header, `TUNIT${number}`),
    ucd: textOf(header, `TUCD${number}`),
    utype: textOf(header, `TUTYP${number}`),
    description: textOf(header, `TCOMM${number}`),
  });
  const xtype = textOf(header, `TXTYP${number}`);
  if (code === 'P' || code === 'Q')
    return variableField(header, number, { code, repeat, rest, xtype, described, name });
  if (code === 'A') {
    const sizes = textOf(header, `TDIM${number}`)?.match(/\d+/g) ?? [];
    if (sizes.length > 1) throw unsupported(name, 'an array of texts');
    return {
      column: described(textType(xtype)),
      width: repeat,
      read: (view, at) => textAt(view, at, repeat),
    };
  }
  const elements = elementsOf(header, number, code, name);
  if (code === 'X') return bitField(described({ ...scalar('boolean'), arraysize: String(repeat) }), repeat);
  const { datatype, size, read } = elements;
  if (repeat === 1) return { column: described({ ...scalar(datatype), xtype }), width: size, read };
  const shape = shapeOf(header, number, repeat);
  return {
    column: described({ datatype, arraysize: shape, xtype }),
    width: repeat * size,
    read: (view, at) =>
      repeat === 0 ? null : Array.from({ length: repeat }, (_, nth) => read(view, at + nth * size)),
  };
}

interface Described {
  readonly code: string;
  readonly repeat: number;
  readonly rest: string;
  readonly xtype: string | null;
  readonly name: string;
  described(type: ColumnType): Column;
}

/** FITS 4.0 §7.3.5: a descriptor says how many elements there are, and where in the heap. */
function variableField(
  header: FitsHeader,
  number: number,
  { code, repeat, rest, xtype, described, name }: Described,
): FitsField {
  const wide = code === 'Q';
  const width = repeat * (wide ? 16 : 8);
  const descriptor = (view: DataView, at: number): readonly [count: number, offset: number] =>
    wide
      ? [Number(view.getBigInt64(at)), Number(view.getBigInt64(at + 8))]
      : [view.getInt32(at), view.getInt32(at + 4)];
  if (repeat > 1) throw unsupported(name, 'several arrays in one column');
  const inner = rest.trim().charAt(0);
  if (inner === 'A') {
    return {
      column: described(textType(xtype)),
      width,
      read(view, at, heapStart) {
        if (repeat === 0) return null;
        const [count, offset] = descriptor(view, at);
        requireBytes(view, heapStart + offset, count);
        return textAt(view, heapStart + offset, count);
      },
    };
  }
  const { datatype, size, read } = elementsOf(header, number, inner, name);
  if (inner === 'X') throw unsupported(name, 'arrays of bits of varying length');
  return {
    column: described({ datatype, arraysize: '*', xtype }),
    width,
    read(view, at, heapStart) {
      if (repeat === 0) return null;
      const [count, offset] = descriptor(view, at);
      requireBytes(view, heapStart + offset, count * size);
      return Array.from({ length: count }, (_, nth) => read(view, heapStart + offset + nth * size));
    },
  };
}

/** @throws RangeError */
function requireBytes(view: DataView, at: number, length: number): void {
  if (length < 0 || at < 0 || at + length > view.byteLength) throw new RangeError('beyond the data');
}

function bitField(column: Column, repeat: number): FitsField {
  return {
    column,
    width: Math.ceil(repeat / 8),
    read: (view, at) =>
      Array.from({ length: repeat }, (_, bit) => (view.getUint8(at + (bit >> 3)) & (128 >> (bit & 7))) !== 0),
  };
}

const INTEGERS: Readonly<
  Record<string, { datatype: Datatype; size: number; get: (view: DataView, at: number) => number | bigint }>
> = {
  B: { datatype: 'unsignedByte', size: 1, get: (view, at) => view.getUint8(at) },
  I: { datatype: 'short', size: 2, get: (view, at) => view.getInt16(at) },
  J: { datatype: 'int', size: 4, get: (view, at) => view.getInt32(at) },
  K: { datatype: 'long', size: 8, get: (view, at) => view.getBigInt64(at) },
};

/** FITS 4.0, table 19: the zero points by which integers of the other signedness are stored, and the type that holds them. */
const SHIFTED: Readonly<Record<string, { zero: number; datatype: Datatype }>> = {
  B: { zero: -128, datatype: 'short' },
  I: { zero: 2 ** 15, datatype: 'int' },
  J: { zero: 2 ** 31, datatype: 'long' },
  K: { zero: 2 ** 63, datatype: 'long' },
};

function elementsOf(header: FitsHeader, number: number, code: string, name: string): Elements {
  if (code === 'L' || code === 'X') {
    return { datatype: 'boolean', size: 1, read: (view, at) => truthOf(view.getUint8(at)) };
  }
  const scale = numberOf(header, `TSCAL${number}`) ?? 1;
  const zero = numberOf(header, `TZERO${number}`) ?? 0;
  const isPlain = scale === 1 && zero === 0;
  if (code === 'E' || code === 'D') {
    const single = code === 'E';
    const get = (view: DataView, at: number) => (single ? view.getFloat32(at) : view.getFloat64(at));
    return {
      datatype: single && isPlain ? 'float' : 'double',
      size: single ? 4 : 8,
      // NaN is what is not known (FITS 4.0 §5.3).
      read(view, at) {
        const value = get(view, at);
        return Number.isNaN(value) ? null : isPlain ? value : value * scale + zero;
      },
    };
  }
  const integer = INTEGERS[code];
  if (integer === undefined)
    throw unsupported(name, code === 'C' || code === 'M' ? 'complex numbers' : `the type ${code}`);
  const { datatype, size, get } = integer;
  const written = header.cards
    .find(({ keyword }) => keyword === `TNULL${number}`)
    ?.text.slice(10)
    .split('/')[0]
    ?.trim();
  const none = written !== undefined && /^[+-]?\d+$/.test(written) ? BigInt(written) : null;
  const stored = (view: DataView, at: number): number | bigint | null => {
    const value = get(view, at);
    return none !== null && BigInt(value) === none ? null : value;
  };
  if (isPlain) return { datatype, size, read: stored };
  const shifted = SHIFTED[code]!;
  if (scale === 1 && zero === shifted.zero) {
    return {
      datatype: shifted.datatype,
      size,
      read(view, at) {
        const value = stored(view, at);
        return value === null ? null : typeof value === 'bigint' ? value + 2n ** 63n : value + zero;
      },
    };
  }
  return {
    datatype: 'double',
    size,
    read(view, at) {
      const value = stored(view, at);
      return value === null ? null : Number(value) * scale + zero;
    },
  };
}

function truthOf(byte: number): boolean | null {
  return byte === 0x54 ? true : byte === 0x46 ? false : null;
}

function shapeOf(header: FitsHeader, number: number, repeat: number): string {
  const sizes = (textOf(header, `TDIM${number}`)?.match(/\d+/g) ?? []).map(Number);
  const product = sizes.reduce((all, size) => all * size, 1);
  return sizes.length > 1 && product === repeat && repeat > 0
    ? sizes.join('x')
    : repeat === 0
      ? '*'
      : String(repeat);
}

function textType(xtype: string | null): ColumnType {
  return /^(adql:)?timestamp$/i.test(xtype ?? '') ? TIMESTAMP : { ...TEXT, xtype };
}

const decoder = new TextDecoder();

/** A text ends at the first NUL, and blanks at its end mean nothing; one that begins with NUL is null (FITS 4.0 §7.3.3.1). */
function textAt(view: DataView, at: number, length: number): string | null {
  requireBytes(view, at, length);
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  const end = bytes.indexOf(0);
  if (end === 0 || length === 0) return null;
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end)).trimEnd();
}

function unsupported(name: string, what: string): UploadError {
  return new UploadError(
    `column “${name}” holds ${what}, which cannot be queried: upload the table without it`,
  );
}
