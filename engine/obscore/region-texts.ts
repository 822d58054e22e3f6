import { BufferType, type Data, Utf8 } from 'apache-arrow';
import { float64Writer, NUMBER_BYTES } from '../table/decimals.ts';
import { writeAscii } from '../table/digits.ts';
import type { Cells } from '../table/result.ts';
import { bitAt, bitmap, column, dataOf } from '../table/rows.ts';

const NAME = 'POLYGON ICRS';
const FEWEST_NUMBERS = 6;

/**
 * Polygons as text, `POLYGON ICRS 10 -5 20 -5 15 5` (TAP 1.0 §6, the part of STC-S that clients read): numbers are the shortest that give
 * the same doubles back. Null for what is no polygon.
 * @param cells lists of doubles, longitude and latitude in turn.
 */
export function regionTexts(cells: Cells): Data {
  const data = dataOf(cells);
  const offsets: Int32Array = data.valueOffsets;
  const elements = data.children[0]!;
  const values: Float64Array = elements.values;
  const valid = bitmap(data.length, (row) => data.getValid(row) && isPolygon(elements, offsets, row));

  const count = offsets[data.length]! - offsets[0]!;
  const bytes = new Uint8Array(data.length * NAME.length + count * (1 + NUMBER_BYTES));
  const ends = new Int32Array(data.length + 1);
  const write = float64Writer(values, () => '');
  for (let row = 0; row < data.length; row++) {
    let end = ends[row]!;
    if (bitAt(valid.bits, row)) {
      end = writeAscii(NAME, bytes, end);
      for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
        end = write(at, bytes, writeAscii(' ', bytes, end));
      }
    }
    ends[row + 1] = end;
  }
  const buffers = { [BufferType.OFFSET]: ends, [BufferType.DATA]: bytes.slice(0, ends[data.length]) };
  return column(new Utf8(), data.length, valid, buffers as unknown as Partial<Data['buffers']>);
}

function isPolygon(elements: Data, offsets: Int32Array, row: number): boolean {
  const length = offsets[row + 1]! - offsets[row]!;
  if (length < FEWEST_NUMBERS || length % 2 !== 0) return false;
  for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
    if (!Number.isFinite(elements.values[at]) || !elements.getValid(at)) return false;
  }
  return true;
}
