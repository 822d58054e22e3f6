import { type Data, DataType } from 'apache-arrow';
import { type Column, fixedLength, isArray, isText } from '../catalog/column.ts';
import { nulls, timestampText } from './cells.ts';
import type { ColumnGroup } from './column-groups.ts';
import { boolAt } from './rows.ts';

/** A column of a binary table (FITS 4.0 §7.3), with what its values decide. */
export interface FitsColumn {
  /** TFORM. */
  readonly form: string;
  /** TNULL: the integer that stands for a null; null where there is none, or no need of one. */
  readonly none: bigint | null;
  /** TDIM; null for a column that has fewer than two dimensions. */
  readonly dimensions: string | null;
  /** Bytes of a row. */
  readonly width: number;
  /** Bytes of the heap that the rows of a group take. */
  heapBytes(data: Data): number;
  /**
   * Writes the rows of a group, of which each begins `stride` bytes after the one before.
   * @param at where the first begins.
   * @param heapAt where in the heap the elements of the group begin.
   */
  write(data: Data, to: DataView, at: number, stride: number, heapAt: number): void;
  /** Writes what of a group lies in the heap. */
  writeHeap(data: Data, to: DataView): void;
}

/** Writes one value, null or not. */
interface Elements {
  readonly code: string;
  readonly size: number;
  readonly none: bigint | null;
  /** @param row null for what is not there. */
  write(data: Data, row: number | null, to: DataView, at: number): void;
}

/** @param at position of the column in the groups, which are all that there are. */
export function fitsColumn(column: Column, groups: readonly ColumnGroup[], at: number): FitsColumn {
  const pieces = groups.map(({ columns }) => columns[at]!);
  if (isText(column)) return textColumn(pieces);
  if (!isArray(column)) return scalarColumn(elementsOf(column, pieces));
  const children = pieces.map((data) => data.children[0]!);
  const fixed = fixedLength(column.arraysize!);
  const elements = elementsOf(column, children, fixed !== null && pieces.some((data) => data.nullCount > 0));
  return fixed === null ? variableArrays(elements) : fixedArrays(column, fixed, elements);
}

const NO_HEAP = { heapBytes: () => 0, writeHeap() {} };

function scalarColumn({ code, size, none, write }: Elements): FitsColumn {
  return {
    form: `1${code}`,
    none,
    dimensions: null,
    width: size,
    ...NO_HEAP,
    write(data, to, at, stride) {
      const isNull = nulls(data);
      for (let row = 0; row < data.length; row++)
        write(data, isNull?.(row) ? null : row, to, at + row * stride);
    },
  };
}

function fixedArrays({ name, arraysize }: Column, count: number, elements: Elements): FitsColumn {
  const { code, size, none, write } = elements;
  return {
    form: `${count}${code}`,
    none,
    dimensions: arraysize!.includes('x') ? `(${arraysize!.replaceAll('x', ',')})` : null,
    width: count * size,
    ...NO_HEAP,
    write(data, to, at, stride) {
      const isNull = nulls(data);
      const child = data.children[0]!;
      const noElement = nulls(child);
      for (let row = 0; row < data.length; row++) {
        const [first, last] = [data.valueOffsets[row], data.valueOffsets[row + 1]];
        const given = isNull?.(row) ? 0 : last - first;
        if (given > count)
          throw new Error(
            `column ${name}: an array of ${given} elements, where its arraysize is ${arraysize}`,
          );
        for (let nth = 0; nth < count; nth++) {
          const element = nth < given && !noElement?.(first + nth) ? first + nth : null;
          write(child, element, to, at + row * stride + nth * size);
        }
      }
    },
  };
}

/** A descriptor: how many elements, and where in the heap they begin (FITS 4.0 §7.3.5). */
const DESCRIPTOR_BYTES = 8;

function variableArrays({ code, size, none, write }: Elements): FitsColumn {
  return {
    form: `1P${code}`,
    none,
    dimensions: null,
    width: DESCRIPTOR_BYTES,
    heapBytes: ({ valueOffsets, length }) => (valueOffsets[length] - valueOffsets[0]) * size,
    write({ valueOffsets, length }, to, at, stride, heapAt) {
      for (let row = 0; row < length; row++) {
        to.setInt32(at + row * stride, valueOffsets[row + 1] - valueOffsets[row]);
        to.setInt32(at + row * stride + 4, heapAt + (valueOffsets[row] - valueOffsets[0]) * size);
      }
    },
    writeHeap({ valueOffsets, length, children }, to) {
      const child = children[0]!;
      const isNull = nulls(child);
      for (let at = 0, element = valueOffsets[0]; element < valueOffsets[length]; element++, at += size)
        write(child, isNull?.(element) ? null : element, to, at);
    },
  };
}

/** What ends a text that is shorter than its column is NUL; FITS has no characters but those of ASCII that can be printed. */
function textColumn(pieces: readonly Data[]): FitsColumn {
  const width = pieces.reduce((most, data) => Math.max(most, longest(data)), 1);
  return {
    form: `${width}A`,
    none: null,
    dimensions: null,
    width,
    ...NO_HEAP,
    write(data, to, at, stride) {
      const isNull = nulls(data);
      const textOf = texts(data);
      for (let row = 0; row < data.length; row++) {
        const text = isNull?.(row) ? '' : textOf(row);
        for (let nth = 0; nth < text.length; nth++)
          to.setUint8(at + row * stride + nth, text.charCodeAt(nth));
      }
    },
  };
}

/** Characters of the longest text of a column: bytes of UTF-8 are no fewer. */
function longest(data: Data): number {
  let most = 0;
  if (DataType.isTimestamp(data.type)) {
    const textOf = texts(data);
    for (let row = 0; row < data.length; row++)
      if (data.getValid(row)) most = Math.max(most, textOf(row).length);
    return most;
  }
  for (let row = 0; row < data.length; row++)
    most = Math.max(most, data.valueOffsets[row + 1] - data.valueOffsets[row]);
  return most;
}

const decoder = new TextDecoder();

function texts({ type, values, valueOffsets }: Data): (row: number) => string {
  if (DataType.isTimestamp(type)) return (row) => timestampText(values[row]);
  return (row) =>
    decoder
      .decode(values.subarray(valueOffsets[row], valueOffsets[row + 1]))
      .replaceAll(/[\t\r\n]/g, ' ')
      .replaceAll(/[^\x20-\x7e]/gu, '?');
}

/** @param mayLack whether some may not be there at all. */
function elementsOf({ datatype }: Column, pieces: readonly Data[], mayLack = false): Elements {
  switch (datatype) {
    case 'boolean':
      return {
        code: 'L',
        size: 1,
        none: null,
        write: (data, row, to, at) => to.setUint8(at, row === null ? 0 : boolAt(data, row) ? 0x54 : 0x46),
      };
    case 'float':
      return {
        code: 'E',
        size: 4,
        none: null,
        write: ({ values }, row, to, at) => to.setFloat32(at, row === null ? Number.NaN : values[row]),
      };
    case 'double':
      return {
        code: 'D',
        size: 8,
        none: null,
        write: ({ values }, row, to, at) => to.setFloat64(at, row === null ? Number.NaN : values[row]),
      };
    default:
      return integers(datatype, pieces, mayLack);
  }
}

const INTEGERS: Readonly<Record<string, { code: string; size: number }>> = {
  unsignedByte: { code: 'B', size: 1 },
  short: { code: 'I', size: 2 },
  int: { code: 'J', size: 4 },
  long: { code: 'K', size: 8 },
};

function integers(datatype: Column['datatype'], pieces: readonly Data[], mayLack: boolean): Elements {
  const lacking = mayLack || pieces.some((data) => data.nullCount > 0);
  const none = lacking ? unused(datatype, pieces) : null;
  // Of bytes each may be used: they have a wider column then.
  const { code, size } = datatype === 'unsignedByte' && lacking ? INTEGERS.short! : INTEGERS[datatype]!;
  return {
    code,
    size,
    none,
    write({ values }, row, to, at) {
      if (size === 8) to.setBigInt64(at, row === null ? none! : values[row]);
      else {
        const value = row === null ? Number(none) : values[row];
        if (size === 4) to.setInt32(at, value);
        else if (size === 2) to.setInt16(at, value);
        else to.setUint8(at, value);
      }
    },
  };
}

const LEAST: Readonly<Record<string, bigint>> = {
  unsignedByte: -(2n ** 15n),
  short: -(2n ** 15n),
  int: -(2n ** 31n),
  long: -(2n ** 63n),
};

/** The least value that no row has. */
function unused(datatype: Column['datatype'], pieces: readonly Data[]): bigint {
  const used = new Set<number | bigint>();
  const least = LEAST[datatype]!;
  const near = datatype === 'long' ? least + 65_536n : Number(least) + 65_536;
  for (const { values, length } of pieces) {
    for (let row = 0; row < length; row++) if (values[row] <= near) used.add(values[row]);
  }
  let none = least;
  while (used.has(datatype === 'long' ? none : Number(none))) none++;
  return none;
}
