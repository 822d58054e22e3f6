import { DataType } from 'apache-arrow';
import type { Operand } from '../../../engine/selection/conditions.ts';
import type { Parsed } from '../../request/values.ts';
import { quoted } from '../../request-error.ts';

const WHOLE = /^([+-]?\d+)(?:\.0*)?$/;
const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?|inf|infinity|nan)$/i;
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,12}))?)?)?(?:Z|[+-]00:?00)?$/i;

/** What a column's type is called in messages, and what its values look like; null for what cannot be compared. */
function kindOf(type: DataType): { kind: string; read: (text: string) => Operand | null } | null {
  if (DataType.isUtf8(type)) return { kind: 'text', read: (text) => new TextEncoder().encode(text) };
  if (DataType.isBool(type)) return { kind: 'a boolean (true or false)', read: boolean };
  if (DataType.isTimestamp(type)) return { kind: 'a time (such as 2026-11-20T21:30:00)', read: timestamp };
  if (DataType.isInt(type)) return { kind: 'a whole number', read: type.bitWidth === 64 ? wide : number };
  if (DataType.isFloat(type)) return { kind: 'a number', read: number };
  return null;
}

/** The value of a filter, as what a column is compared with. */
export function parseOperand(type: DataType, text: string): Parsed<Operand> {
  const known = kindOf(type);
  if (known === null) return { fault: 'holds arrays, which cannot be compared' };
  const value = known.read(text);
  return value === null ? { fault: `is ${known.kind}, but ${quoted(text)} is none` } : { value };
}

/** As exact as it is written. */
function wide(text: string): bigint | number | null {
  const [, digits] = WHOLE.exec(text) ?? [];
  return digits === undefined ? number(text) : BigInt(digits.replace('+', ''));
}

function number(text: string): number | null {
  if (!NUMBER.test(text)) return null;
  return Number(text.replace(/inf(inity)?$/i, 'Infinity'));
}

function boolean(text: string): boolean | null {
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : null;
}

/** Microseconds since 1970; more digits of a second must be zeros. */
function timestamp(text: string): bigint | null {
  const [, day, time = '00:00', seconds = '00', fraction = ''] = TIMESTAMP.exec(text) ?? [];
  if (day === undefined) return null;
  const milliseconds = Date.parse(`${day}T${time}:${seconds}Z`);
  const digits = fraction.padEnd(6, '0');
  if (Number.isNaN(milliseconds) || /[1-9]/.test(digits.slice(6))) return null;
  // Date.parse takes the 30th of February.
  if (new Date(milliseconds).toISOString().slice(0, 10) !== day) return null;
  return BigInt(milliseconds) * 1000n + BigInt(digits.slice(0, 6));
}
