import { createTokenInstance, type IToken, type TokenType } from 'chevrotain';
import * as t from './tokens.ts';

/** Whether the grammar takes these tokens, be it only as the beginning of a query. */
export type Accepts = (tokens: readonly IToken[]) => boolean;

/** What may be expected, in the order in which a message names it. */
const CANDIDATES: readonly (readonly [label: string, type: TokenType])[] = [
  ['a value', t.StringLiteral],
  ['an unsigned integer', t.Integer],
  ['a type', t.ReservedWord],
  ...[t.Asterisk, t.Select, t.From, t.Comma, t.RightParen, t.RightBracket, t.Colon, t.DoubleColon].map(
    labelled,
  ),
  ...[t.When, t.Then, t.Else, t.End, t.As, t.By, t.Where].map(labelled),
  ['GROUP BY', t.Group],
  ['ORDER BY', t.Order],
  ['a name', t.RegularIdentifier],
  ['a comparison', t.Equal],
  ['an operator', t.Percent],
  ...[t.And, t.Or, t.Null, t.Offset, t.Join, t.LeftParen, t.Having, t.On, t.Using, t.In, t.Between].map(
    labelled,
  ),
  ['“.”', t.Period],
  ['UNION', t.Union],
];

/** What a wider term says already. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  'a value': ['an unsigned integer', 'a name', '“(”', 'NULL'],
  'a type': ['a name'],
  'an operator': ['“*”'],
};

/** More are a list that nobody reads. */
const LONGEST_LIST = 7;

/** The words and signs that may follow some tokens, as a message names them, the likeliest first. */
export function expectedAfter(tokens: readonly IToken[], accepts: Accepts): string[] {
  const labels = CANDIDATES.filter(([, type]) => accepts([...tokens, sample(type)])).map(([label]) => label);
  const implied = new Set(labels.flatMap((label) => IMPLIED[label] ?? []));
  return labels.filter((label) => !implied.has(label));
}

function labelled(type: TokenType): [string, TokenType] {
  const label = type.LABEL!;
  return [/^[A-Z]/.test(label) ? label : `“${label}”`, type];
}

/** `a, b or c`, or the first of them and `…`. */
export function oneOf(labels: readonly string[]): string {
  if (labels.length > LONGEST_LIST) return `${labels.slice(0, LONGEST_LIST).join(', ')} …`;
  return labels.length < 2 ? labels.join() : `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
}

function sample(type: TokenType): IToken {
  const nowhere = Number.POSITIVE_INFINITY;
  const image = type === t.StringLiteral ? "''" : type.name;
  return createTokenInstance(type, image, nowhere, nowhere, nowhere, nowhere, nowhere, nowhere);
}
