import type { Answer, Value } from './answers.ts';
import type { RowOrder, Tolerance } from './questions/question.ts';

type Row = readonly Value[];

/** What is different in two answers to one query, in a sentence; null where they are the same. */
export function difference(a: Answer, b: Answer, order: RowOrder, tolerance: Tolerance): string | null {
  for (let at = 0; at < Math.max(a.columns.length, b.columns.length); at++) {
    if (a.columns[at] !== b.columns[at]) {
      return `column ${at + 1} is ${a.columns[at] ?? 'absent'}, and ${b.columns[at] ?? 'absent'}`;
    }
  }
  if (a.overflow !== b.overflow) return `overflow is ${a.overflow}, and ${b.overflow}`;
  if (a.rows.length !== b.rows.length) {
    const odd = order === 'given' ? null : (rowOfOne(a.rows, b.rows) ?? rowOfOne(b.rows, a.rows));
    return `${a.rows.length} rows, and ${b.rows.length}${odd === null ? '' : `; only one has ${odd}`}`;
  }
  if (order === 'count') return null;
  const [left, right] = order === 'given' ? [a.rows, b.rows] : [sorted(a.rows), sorted(b.rows)];
  for (const [at, row] of left.entries()) {
    const column = row.findIndex((value, nth) => !same(value, right[at]![nth]!, tolerance));
    if (column < 0) continue;
    return `row ${at + 1} has ${shown(row)}, and ${shown(right[at]!)}, different in column ${column + 1}`;
  }
  return null;
}

/** A row that only the first has. */
function rowOfOne(rows: readonly Row[], others: readonly Row[]): string | null {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  for (const row of rows) {
    const count = counts.get(key(row)) ?? 0;
    if (count === 0) return shown(row);
    counts.set(key(row), count - 1);
  }
  return null;
}

/**
 * Rows in an order that depends on what they are only. Numbers with decimals come last and to ten digits, so that those which may
 * differ a little bring no disorder where anything else tells rows apart.
 */
function sorted(rows: readonly Row[]): readonly Row[] {
  const keyed = rows.map((row): [string, Row] => [key(row), row]);
  return keyed.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, row]) => row);
}

function key(row: Row): string {
  const exact = row.map((value) => (isFractional(value) ? '' : shownValue(value)));
  const rounded = row.map((value) => (isFractional(value) ? roundedText(value) : ''));
  return `${exact.join('\0')}\0${rounded.join('\0')}`;
}

const isFractional = (value: Value): boolean => typeof value === 'number' || Array.isArray(value);

function roundedText(value: Value): string {
  if (Array.isArray(value)) return value.map(roundedText).join(' ');
  return typeof value === 'number' ? (value + 0).toPrecision(10) : shownValue(value);
}

function same(a: Value, b: Value, tolerance: Tolerance): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, at) => same(value, b[at]!, tolerance));
  }
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  if (Object.is(a, b) || a === b) return true;
  const apart = Math.abs(a - b);
  const { ulps, absolute = 0, relative = 0 } = tolerance;
  const size = Math.max(Math.abs(a), Math.abs(b));
  return apart <= absolute || apart <= relative * size || apart <= ulps * ulp(size);
}

/** The distance to the next double. */
function ulp(size: number): number {
  return 2 ** (Math.max(-1022, Math.floor(Math.log2(size))) - 52);
}

function shown(row: Row): string {
  const text = row.map(shownValue).join(', ');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function shownValue(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(shownValue).join(' ')}]`;
  return typeof value === 'string' ? JSON.stringify(value) : Object.is(value, -0) ? '-0' : String(value);
}
