import { type Data, DataType } from 'apache-arrow';
import type { Bytes } from './digits.ts';
import { boolAt } from './rows.ts';
import { nullElementBytes } from './votable-arrays.ts';

/** Rows of a table at once, at most. */
export const RUN_ROWS = 64;

/** Rows in the VOTable's binary form (VOTable 1.4 §6: big-endian), on their way out. */
export interface RowBuffer {
  readonly bytes: Bytes;
  readonly view: DataView<ArrayBuffer>;
}

export function rowBuffer(size: number): RowBuffer {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** The cells of a column in a batch, a run of which, [from, to) of `RUN_ROWS` at most, is written at once. */
export interface BinaryColumn {
  /** Null if no cell of the column is null. */
  readonly isNull: ((cell: number) => boolean) | null;
  /** Adds the sizes of the cells of a run, in bytes, to those of their rows. */
  addSizes(from: number, to: number, sizes: Int32Array): void;
  /** Writes the cells of the run whose sizes were added last, each at its row's place, which it moves on. */
  write(from: number, to: number, places: Int32Array, into: RowBuffer): void;
}

export type Writing = Omit<BinaryColumn, 'isNull'>;

/** Bytes of the count before an array of variable length. */
export const COUNT_BYTES = 4;

/**
 * Numbers change their order of bytes, which is little-endian on all machines that run JavaScript.
 * @param none the bytes in place of a null.
 */
export function scalars(
  data: Data,
  rows: Uint32Array | null,
  isNull: BinaryColumn['isNull'],
  none: Uint8Array,
): Writing {
  const { type, values } = data;
  const isBool = DataType.isBool(type);
  const size = none.length;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const words =
    size < 4 ? new Int32Array() : new Int32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
  return {
    addSizes(from, to, sizes) {
      for (let nth = 0; nth < to - from; nth++) sizes[nth]! += size;
    },
    write(from, to, places, into) {
      for (let cell = from; cell < to; cell++) {
        const at = places[cell - from]!;
        places[cell - from] = at + size;
        const row = rows === null ? cell : rows[cell]!;
        if (isNull?.(cell)) {
          into.bytes.set(none, at);
        } else if (size === 8) {
          into.view.setInt32(at, words[2 * row + 1]!);
          into.view.setInt32(at + 4, words[2 * row]!);
        } else if (size === 4) {
          into.view.setInt32(at, words[row]!);
        } else if (size === 2) {
          into.bytes[at] = bytes[2 * row + 1]!;
          into.bytes[at + 1] = bytes[2 * row]!;
        } else {
          into.bytes[at] = isBool ? (boolAt(data, row) ? TRUE : FALSE) : bytes[row]!;
        }
      }
    },
  };
}

/** What stands for a null to readers that overlook its flag. */
export function nullBytes(type: DataType): Uint8Array {
  const bytes = nullElementBytes(type);
  return DataType.isInt(type) ? bytes.fill(0) : bytes;
}

const TRUE = 'T'.charCodeAt(0);
const FALSE = 'F'.charCodeAt(0);
