import { type Data, DataType } from 'apache-arrow';
import type { Cells } from './result.ts';

const decoder = new TextDecoder();

/** The text of a cell that is not null. */
export type CellText = (row: number) => string;

/** Whether a cell is null; null if none of the column is. */
export function nulls(data: Data): ((row: number) => boolean) | null {
  return data.nullCount === 0 ? null : (row) => !data.getValid(row);
}

/**
 * A formatter for rows of a column of text: texts, timestamps or whole numbers. Where all rows are wanted, their texts are decoded
 * at once if they are ASCII, where bytes and characters are the same.
 */
export function textCells({ data, rows }: Cells): CellText {
  const { type, valueOffsets, values, length } = data;
  if (DataType.isTimestamp(type)) return (row) => timestampText(values[row]);
  if (!DataType.isUtf8(type)) return (row) => String(values[row]);
  const decoded: CellText = (row) =>
    decoder.decode(values.subarray(valueOffsets[row], valueOffsets[row + 1]));
  if (rows !== null) return decoded;
  const start = valueOffsets[0];
  const bytes = values.subarray(start, valueOffsets[length]);
  const all = decoder.decode(bytes);
  if (all.length === bytes.length && !all.includes('\ufffd')) {
    return (row) => all.slice(valueOffsets[row] - start, valueOffsets[row + 1] - start);
  }
  return decoded;
}

/** `YYYY-MM-DDThh:mm:ss[.fraction]`, UTC (DALI 1.1 §3.3.3), of microseconds since 1970. */
export function timestampText(microseconds: bigint): string {
  const fraction = BigInt.asUintN(64, ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n);
  const seconds = (microseconds - fraction) / 1_000_000n;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -'.000Z'.length);
  return fraction === 0n ? whole : `${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}
