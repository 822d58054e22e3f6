/** Bytes of a card, and of a block of cards or data (FITS 4.0 §3.1, §3.3.1). */
export const CARD = 80;
export const BLOCK = 2880;

/** Null: undefined (FITS 4.0 §4.1.2.3), a comment, or a value that cannot be read. */
export type CardValue = string | number | boolean | null;

/** One keyword: a card of 80 characters, or several where a long text goes on in CONTINUE. */
export interface Card {
  /** In upper case; of a HIERARCH card, the words after it, separated by single spaces. */
  readonly keyword: string;
  readonly value: CardValue;
  /** Of COMMENT, HISTORY and cards without a keyword: their text. */
  readonly comment: string;
  /** As it stands in the header; a multiple of 80 characters. */
  readonly text: string;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([EeDd][+-]?\d+)?$/;
const TEXT = /^'((?:[^']|'')*)'/;

/** The cards of a header, whose END and whatever follows it are left out. */
export function parseCards(header: string): Card[] {
  const cards: Card[] = [];
  for (let at = 0; at < header.length; at += CARD) {
    const text = header.slice(at, at + CARD).padEnd(CARD);
    const name = text.slice(0, 8).trimEnd();
    if (name === 'END' && text.slice(8).trim() === '') break;
    const last = cards.at(-1);
    if (
      name === 'CONTINUE' &&
      last !== undefined &&
      typeof last.value === 'string' &&
      last.value.endsWith('&')
    ) {
      cards[cards.length - 1] = continued(last, text);
    } else {
      cards.push(parseCard(name.toUpperCase(), text));
    }
  }
  return cards.map((card) =>
    typeof card.value === 'string' ? { ...card, value: card.value.trimEnd() } : card,
  );
}

/** FITS 4.0 §4.2.1.2. */
function continued(card: Card, text: string): Card {
  const { value, comment } = parseValue(text.slice(8));
  return {
    ...card,
    value: (card.value as string).slice(0, -1) + (typeof value === 'string' ? value : ''),
    comment: [card.comment, comment].filter((part) => part !== '').join(' '),
    text: card.text + text,
  };
}

function parseCard(name: string, text: string): Card {
  if (name === 'HIERARCH') {
    const equals = text.indexOf('=');
    if (equals > 8) {
      const keyword = text.slice(8, equals).trim().split(/\s+/).join(' ').toUpperCase();
      return { keyword, ...parseValue(text.slice(equals + 1)), text };
    }
  }
  // Some writers leave out the space that belongs to the value indicator.
  if (text[8] !== '=' || name === '' || name === 'COMMENT' || name === 'HISTORY') {
    return { keyword: name, value: null, comment: text.slice(8).trimEnd(), text };
  }
  return { keyword: name, ...parseValue(text.slice(9)), text };
}

function parseValue(field: string): { value: CardValue; comment: string } {
  const trimmed = field.trimStart();
  const quoted = TEXT.exec(trimmed);
  if (quoted !== null) {
    // Blanks at the end are of no importance, but those before an & are part of a longer text.
    return { value: quoted[1]!.replaceAll("''", "'"), comment: commentOf(trimmed.slice(quoted[0].length)) };
  }
  const slash = trimmed.indexOf('/');
  const word = (slash < 0 ? trimmed : trimmed.slice(0, slash)).trim();
  const comment = slash < 0 ? '' : trimmed.slice(slash + 1).trim();
  if (word === 'T' || word === 'F') return { value: word === 'T', comment };
  if (NUMBER.test(word)) return { value: Number(word.replace(/[Dd]/, 'e')), comment };
  return { value: null, comment };
}

function commentOf(rest: string): string {
  const slash = rest.indexOf('/');
  return slash < 0 ? '' : rest.slice(slash + 1).trim();
}

/** A card in fixed format (FITS 4.0 §4.2); a text of more than 68 characters goes on in CONTINUE. */
export function writeCard(keyword: string, value: CardValue, comment = ''): string {
  const head = `${keyword.padEnd(8)}= `;
  const note = comment === '' ? '' : ` / ${comment}`;
  if (typeof value === 'string') return writeText(head, value.replaceAll("'", "''"), note);
  const written = value === null ? '' : typeof value === 'boolean' ? (value ? 'T' : 'F') : writeNumber(value);
  return fitted(`${head}${written.padStart(20)}${note}`);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return '';
  return String(value).toUpperCase();
}

const LONGEST = 67;

function writeText(head: string, text: string, note: string): string {
  if (text.length <= LONGEST + 1) return fitted(`${head}'${text.padEnd(8)}'${note}`);
  let cards = '';
  let rest = text;
  let start = head;
  while (rest.length > LONGEST) {
    // A doubled quote must not be taken apart.
    const cut = /(^|[^'])('')*'$/.test(rest.slice(0, LONGEST)) ? LONGEST - 1 : LONGEST;
    cards += `${start}'${rest.slice(0, cut)}&'`.padEnd(CARD);
    rest = rest.slice(cut);
    start = 'CONTINUE  ';
  }
  return cards + fitted(`${start}'${rest}'${note}`);
}

const fitted = (card: string): string => card.slice(0, CARD).padEnd(CARD);

/** COMMENT or HISTORY, in as many cards as the text needs; characters that FITS does not know become `?`. */
export function writeCommentary(keyword: 'COMMENT' | 'HISTORY', text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, '?');
  const pieces = plain.match(/.{1,72}/g) ?? [''];
  return pieces.map((piece) => (keyword.padEnd(8) + piece).padEnd(CARD)).join('');
}

/** END and the blanks that fill the last block. */
export function closedHeader(cards: string): string {
  const whole = `${cards}${'END'.padEnd(CARD)}`;
  return whole.padEnd(Math.ceil(whole.length / BLOCK) * BLOCK);
}
