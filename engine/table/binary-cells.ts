import { type Data, DataType } from 'apache-arrow';
import { type Column, fixedLength, isText } from '../catalog/column.ts';
import { arrays } from './binary-arrays.ts';
import {
  type BinaryColumn,
  COUNT_BYTES,
  nullBytes,
  RUN_ROWS,
  scalars,
  type Writing,
} from './binary-numbers.ts';
import { binaryTexts } from './binary-texts.ts';
import { nulls } from './cells.ts';
import type { Bytes } from './digits.ts';
import type { Cells } from './result.ts';
import { votableArraysize } from './votable-header.ts';

/** A writer of the cells of a column, made once per batch. */
export function binaryColumn(column: Column, { data, rows }: Cells): BinaryColumn {
  const isNullRow = nulls(data);
  const isNull = isNullRow === null || rows === null ? isNullRow : (cell: number) => isNullRow(rows[cell]!);
  return { isNull, ...writing(column, data, rows, isNull) };
}

function writing(
  column: Column,
  data: Data,
  rows: Uint32Array | null,
  isNull: BinaryColumn['isNull'],
): Writing {
  if (isText(column)) return texts(column, data, rows, isNull);
  if (DataType.isList(data.type)) return arrays(column, data, rows, isNull);
  return scalars(data, rows, isNull, nullBytes(data.type));
}

/** An array of variable length has its count in front, one of fixed length is filled with NULs, or cut. */
function texts(
  column: Column,
  data: Data,
  rows: Uint32Array | null,
  isNull: BinaryColumn['isNull'],
): Writing {
  const { room, write } = binaryTexts(column, data);
  const unit = column.datatype === 'unicodeChar' ? 2 : 1;
  const fixed = fixedLength(votableArraysize(column) ?? '*');
  const fixedSize = fixed === null ? null : fixed * unit;
  /** The texts of a run, one after the other, and where each ends. */
  let bytes: Bytes = new Uint8Array();
  const ends = new Int32Array(RUN_ROWS);

  return {
    addSizes(from, to, sizes) {
      let end = 0;
      for (let cell = from; cell < to; cell++) {
        if (!isNull?.(cell)) {
          const row = rows === null ? cell : rows[cell]!;
          bytes = withRoom(bytes, end + room(row));
          end = write(row, bytes, end);
        }
        ends[cell - from] = end;
        sizes[cell - from]! += fixedSize ?? COUNT_BYTES + end - (ends[cell - from - 1] ?? 0);
      }
    },
    write(from, to, places, into) {
      let start = 0;
      for (let nth = 0; nth < to - from; nth++) {
        const end = ends[nth]!;
        let at = places[nth]!;
        if (fixedSize === null) {
          into.view.setInt32(at, (end - start) / unit);
          at += COUNT_BYTES;
        }
        const until = at + (fixedSize ?? end - start);
        for (let from = start; at < until; at++) into.bytes[at] = from < end ? bytes[from++]! : 0;
        places[nth] = until;
        start = end;
      }
    },
  };
}

function withRoom(bytes: Bytes, size: number): Bytes {
  if (size <= bytes.length) return bytes;
  const larger = new Uint8Array(2 * size);
  larger.set(bytes);
  return larger;
}
