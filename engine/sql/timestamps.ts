import { AdqlCheckError } from '../adql/errors.ts';
import type { TextLiteral } from '../adql/syntax-tree.ts';

const PARTS = /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?Z?\s*$/;

/**
 * A time as DALI 1.1 §3.3.3 has it, written as both engines read it: to the microsecond, which is what they keep.
 * @throws AdqlCheckError for a text that is no time
 */
export function timestampOf({ text, position }: TextLiteral): string {
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] =
    PARTS.exec(text) ?? [];
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // A day that the month has not becomes one of the next month.
  if (Number.isNaN(instant.getTime()) || instant.getUTCDate() !== Number(day) || year === '0000') {
    throw new AdqlCheckError(`“${text}” is no time, such as '2026-11-21T13:40:00'`, position);
  }
  return `${year}-${month}-${day} ${hour}:${minute}:${second}.${fraction.slice(0, 6).padEnd(6, '0')}`;
}
