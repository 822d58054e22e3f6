import { type Card, type CardValue, parseCards } from './card.ts';
import { FitsError } from './errors.ts';

/** The keywords of an HDU. */
export interface FitsHeader {
  readonly cards: readonly Card[];
  /** Values by keyword; of one that is repeated, the first. */
  readonly values: ReadonlyMap<string, CardValue>;
}

/** @param cards of 80 characters, joined; END and what follows it are ignored. */
export function parseHeader(cards: string): FitsHeader {
  return headerOf(parseCards(cards));
}

export function headerOf(cards: readonly Card[]): FitsHeader {
  const values = new Map<string, CardValue>();
  for (const { keyword, value } of cards) if (!values.has(keyword)) values.set(keyword, value);
  return { cards, values };
}

/** The cards as a header has them, without END. */
export function headerText(header: FitsHeader): string {
  return header.cards.map(({ text }) => text).join('');
}

/** Null where the keyword is missing, undefined, blank, or no text. */
export function textOf(header: FitsHeader, keyword: string): string | null {
  const value = header.values.get(keyword);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** Null where the keyword is missing, undefined, or no number; a number that is written as a text is one. */
export function numberOf(header: FitsHeader, keyword: string): number | null {
  const value = header.values.get(keyword);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

export function logicalOf(header: FitsHeader, keyword: string): boolean | null {
  const value = header.values.get(keyword);
  return typeof value === 'boolean' ? value : null;
}

/** Null where the keyword is missing, undefined or no whole number. */
export function integerOf(header: FitsHeader, keyword: string): number | null {
  const number = numberOf(header, keyword);
  return Number.isSafeInteger(number) ? number : null;
}

/** @throws {FitsError} `bad-header` where it is not a whole number within the bounds */
export function requiredInteger(
  header: FitsHeader,
  keyword: string,
  low: number,
  high: number,
  hdu: number | null,
): number {
  const value = header.values.get(keyword);
  const number = integerOf(header, keyword);
  if (number !== null && typeof value === 'number' && number >= low && number <= high) return number;
  const found = header.values.has(keyword)
    ? `${keyword} is ${shown(header, keyword)}`
    : `${keyword} is missing`;
  const bounds = high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`;
  throw new FitsError('bad-header', hdu, `${found}: it must be a whole number ${bounds}`);
}

function shown(header: FitsHeader, keyword: string): string {
  const value = header.values.get(keyword);
  if (typeof value === 'string') return `'${value}'`;
  if (value !== null) return String(value);
  const card = header.cards.find((card) => card.keyword === keyword);
  return card?.text.slice(9).trim() || 'undefined';
}
