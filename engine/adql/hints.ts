import type { IToken, TokenType } from 'chevrotain';
import { nearestName } from '../nearest-name.ts';
import { quoted } from './faulty-tokens.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import * as t from './tokens.ts';

/** Words that change data; ADQL has none of them. */
const CHANGES = /^(?:alter|create|delete|drop|explain|grant|insert|merge|set|truncate|update|vacuum)$/i;
/** Words that shape a query: whoever writes one of these did not mean a name. */
const CLAUSES: ReadonlySet<TokenType> = new Set([
  t.And,
  t.As,
  t.By,
  t.From,
  t.Group,
  t.Having,
  t.Intersect,
  t.Join,
  t.Not,
  t.Null,
  t.Offset,
  t.On,
  t.Or,
  t.Order,
  t.Select,
  t.Union,
  t.Using,
  t.Where,
  t.With,
  t.Then,
  t.When,
  t.Else,
]);
const CLOSING = ['“)”', 'END'];
const LIMIT = 'There is no LIMIT: the number of rows stands at the beginning, as in SELECT TOP 10 …';
const CLAUSE_WORDS = ['SELECT', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'OFFSET', 'UNION', 'JOIN'];

/**
 * What is wrong, if it is a usual mistake.
 * @param index of the token that is out of place, or the number of tokens for the end of the query
 * @param expected what the grammar would take there
 */
export function usualMistake(
  tokens: readonly IToken[],
  index: number,
  expected: readonly string[],
): string | null {
  if (tokens.length === 0) return 'The query is empty: it begins with SELECT or WITH';
  const token = tokens[index];
  if (token === undefined) return null;
  const { tokenType: type, image } = token;
  const before = tokens[index - 1];
  const word = image.toUpperCase();
  if (before === undefined) {
    return CHANGES.test(image) ? `ADQL only reads: a query begins with SELECT or WITH, not ${word}` : null;
  }
  if (before.tokenType === t.Semicolon) return 'One query at a time: nothing may follow the semicolon';
  if (type === t.With) return 'WITH stands only at the beginning of the whole query';
  if (word === 'LIMIT' || word === 'FETCH') return LIMIT;
  if (before.image.toUpperCase() === 'LIMIT') return LIMIT;
  if (type === t.Distinct && tokens[index - 2]?.tokenType === t.Top) {
    return 'DISTINCT stands before TOP: SELECT DISTINCT TOP n …';
  }
  if (isComparison(type) && isComparison(before.tokenType)) {
    return `${before.image}${image} is no comparison: there are =, <>, !=, <, >, <= and >=`;
  }
  if (type === t.Asterisk && before.tokenType === t.Solidus) {
    return 'Comments begin with -- and end with the line; there is no /* … */';
  }
  if (type === t.DoubleColon) return 'There is no :: for types: write CAST(value AS type)';
  if (expected.some((label) => label === 'a name' || label === 'a value') && isReserved(token)) {
    return `${word} is a reserved word: as a name it stands in double quotes, as in "${image}"`;
  }
  return null;
}

/** What may have led to a token that is out of place, at the same index and with the same expectations. */
export function guess(tokens: readonly IToken[], index: number, expected: readonly string[]): string | null {
  const token = tokens[index];
  const ends = token === undefined || CLAUSES.has(token.tokenType);
  const open =
    ends && CLOSING.some((label) => expected.includes(label)) ? innermostOpen(tokens.slice(0, index)) : null;
  if (open !== null) {
    return `Is the ${open.image.toUpperCase()} in line ${open.startLine}, column ${open.startColumn} never closed?`;
  }
  return misspelt(token) ?? misspelt(tokens[index - 1]);
}

/** A misspelt word of a clause reads as a name. */
function misspelt(token: IToken | undefined): string | null {
  if (token?.tokenType !== t.RegularIdentifier) return null;
  const meant = nearestName(token.image, CLAUSE_WORDS);
  return meant === null ? null : `${quoted(token)} reads as a name: is ${meant} meant?`;
}

function isComparison(type: TokenType): boolean {
  return type.CATEGORIES?.includes(t.ComparisonSign) ?? false;
}

function isReserved({ tokenType, image }: IToken): boolean {
  return RESERVED_WORDS.has(image.toUpperCase()) && !CLAUSES.has(tokenType);
}

/** The last parenthesis or CASE that is still open. */
function innermostOpen(tokens: readonly IToken[]): IToken | null {
  const open: IToken[] = [];
  for (const token of tokens) {
    if (token.tokenType === t.LeftParen || token.tokenType === t.Case) open.push(token);
    else if (token.tokenType === t.RightParen || token.tokenType === t.End) open.pop();
  }
  return open.at(-1) ?? null;
}
