import { quoted } from '../request-error.ts';

/** What a parameter's text means, or what is wrong with it and what would be right. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };

// No part of them can match in two ways: on 64 kB of digits or spaces that would take seconds.
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const SEXAGESIMAL = /^[+-]?\d+(\s*[:hd°]\s*|\s+)\d/i;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

/**
 * A finite number in decimal notation (SCS 1.03 §2.1: decimal degrees). Space around it does not count, for
 * a `+` that was not encoded arrives as a space.
 */
export function parseDecimal(text: string): Parsed<number> {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return { fault: `${quoted(text)} is not a decimal number${hint(trimmed)}` };
  const value = Number(trimmed);
  return Number.isFinite(value) ? { value } : { fault: `${quoted(text)} is too large for a number` };
}

function hint(text: string): string {
  if (SEXAGESIMAL.test(text)) return '; give degrees as a decimal number (12:30:00 hours are 187.5 degrees)';
  if (DECIMAL_COMMA.test(text)) return `; write ${text.replace(',', '.')}, with a point`;
  if (/^[+-]?(nan|inf)/i.test(text)) return '; it must be finite';
  return '';
}

/** A decimal number of degrees in [least, most]. */
export function parseDegrees(text: string, least: number, most: number, rule: string): Parsed<number> {
  const parsed = parseDecimal(text);
  if ('fault' in parsed || (parsed.value >= least && parsed.value <= most)) return parsed;
  return { fault: `${quoted(text)} is out of range; ${rule}` };
}

/** A whole number that is not negative; one beyond 2⁵³ − 1 becomes that. */
export function parseCount(text: string, things = 'rows'): Parsed<number> {
  const trimmed = text.trim();
  if (!/^\+?\d+$/.test(trimmed))
    return { fault: `${quoted(text)} is not a whole number of ${things}, such as 100` };
  return { value: Math.min(Number(trimmed), Number.MAX_SAFE_INTEGER) };
}

/** One of a few words, in whatever case. */
export function parseChoice<T>(text: string, choices: Readonly<Record<string, T>>): Parsed<T> {
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(choices, word)) return { value: choices[word]! };
  return { fault: `${quoted(text)} is none of ${Object.keys(choices).join(', ')}` };
}
