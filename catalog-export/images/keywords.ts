import type { FitsHeader } from '../../engine/fits/index.ts';

/** What a header says of an image: its own cards first, then those of the primary header, which many files keep for all. */
export interface Keywords {
  /** Null where there is none, or nothing but blanks. */
  text(name: string): string | null;
  /** Null where there is none, or no finite number; also of a text that is one. */
  number(name: string): number | null;
  /** Of the card that `text` and `number` give; empty where there is none. */
  comment(name: string): string;
  /** Keeps what is wrong with the header and not bad enough to refuse the image. */
  note(problem: string): void;
  readonly notes: readonly string[];
}

/** @param headers the image's, then the primary one where that is another. */
export function keywordsOf(headers: readonly FitsHeader[]): Keywords {
  const notes: string[] = [];
  const cards = new Map<string, FitsHeader['cards'][number]>();
  for (const { cards: list } of headers) {
    for (const card of list) {
      if (card.value !== null && card.value !== '' && !cards.has(card.keyword)) cards.set(card.keyword, card);
    }
  }
  return {
    text(name) {
      const value = cards.get(name)?.value;
      return value === undefined || value === null ? null : String(value).trim() || null;
    },
    number(name) {
      const value = cards.get(name)?.value;
      if (value === undefined || value === null || typeof value === 'boolean') return null;
      if (typeof value === 'string' && value.trim() === '') return null;
      const number = Number(value);
      if (Number.isFinite(number)) return number;
      notes.push(`${name} = ${typeof value === 'string' ? `'${value}'` : value} is no number`);
      return null;
    },
    comment: (name) => cards.get(name)?.comment ?? '',
    note: (problem) => notes.push(problem),
    notes,
  };
}
