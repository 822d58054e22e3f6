import { type Data, DataType } from 'apache-arrow';
import type { Cells } from './result.ts';
import { boolAt } from './rows.ts';

const decoder = new TextDecoder();

/** The text of a cell that is not null. */
export type CellText = (row: number) => string;

/** How a format writes what text has no one way for. */
export interface CellStyle {
  readonly true: string;
  readonly false: string;
  readonly positiveInfinity: string;
  readonly negativeInfinity: string;
  readonly nan: string;
}

/** Whether a cell is null; null if none of the column is. */
export function nulls(data: Data): ((row: number) => boolean) | null {
  return data.nullCount === 0 ? null : (row) => !data.getValid(row);
}

/** A formatter for rows of the data, made once per batch. */
export function cellText(cells: Cells, style: CellStyle): CellText {
  const { data } = cells;
  const { type, values } = data;
  if (DataType.isBool(type)) return (row) => (boolAt(data, row) ? style.true : style.false);
  if (DataType.isFloat(type)) {
    const shortest = values instanceof Float32Array ? float32Text : float64Text;
    return (row) => {
      const value: number = values[row];
      if (Number.isFinite(value)) return shortest(value);
      if (Number.isNaN(value)) return style.nan;
      return value > 0 ? style.positiveInfinity : style.negativeInfinity;
    };
  }
  return textCells(cells);
}

/** From one for rows of the data, a formatter for the cells. */
export function ofCells({ rows }: Cells, text: CellText): CellText {
  return rows === null ? text : (cell) => text(rows[cell]!);
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

function float64Text(value: number): string {
  return value === 0 && Object.is(value, -0) ? '-0' : String(value);
}

/** The fewest digits that read back as the same single-precision number. */
function float32Text(value: number): string {
  if (value === 0) return float64Text(value);
  // Most measured values have four decimals at most. No two decimals of six digits are the same single-precision number.
  const decimal = Math.round(value * 1e4) / 1e4;
  if (Math.abs(decimal) < 100 && Math.fround(decimal) === value) return String(decimal);
  for (let digits = 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

/** `YYYY-MM-DDThh:mm:ss[.fraction]`, UTC (DALI 1.1 §3.3.3), of microseconds since 1970. */
export function timestampText(microseconds: bigint): string {
  const fraction = BigInt.asUintN(64, ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n);
  const seconds = (microseconds - fraction) / 1_000_000n;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -'.000Z'.length);
  return fraction === 0n ? whole : `${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}
