import type { IToken } from 'chevrotain';
import { AdqlSyntaxError } from './errors.ts';
import { positionOf } from './nodes.ts';
import * as t from './tokens.ts';

const TYPOGRAPHIC_QUOTE = /[‘’‚‛′´“”„‟″«»]/;
/** No message repeats more of a query than this. */
const LONGEST = 30;

/** @throws AdqlSyntaxError for the first token that is none: an open quote, a name that begins with a digit … */
export function refuseFaultyTokens(tokens: readonly IToken[]): void {
  for (const token of tokens) {
    const problem = problemOf(token);
    if (problem !== null) throw new AdqlSyntaxError(problem, positionOf(token));
  }
}

/** A token as a message names it. */
export function quoted({ image }: Pick<IToken, 'image'>): string {
  const line = image
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{C}/gu, (character) => `U+${character.codePointAt(0)!.toString(16).padStart(4, '0')}`);
  return `“${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}”`;
}

function problemOf(token: IToken): string | null {
  switch (token.tokenType) {
    case t.UnclosedText:
      return "The text that begins here is never closed: it ends with ', and a quote in it is doubled ('')";
    case t.UnclosedName:
      return 'The name that begins here is never closed: it ends with "';
    case t.FaultyWord:
      return faultyWord(token.image);
    case t.Unknown:
      return unknownCharacter(token.image);
    default:
      return null;
  }
}

function faultyWord(image: string): string {
  if (/^[\d.]+$/.test(image)) return `${quoted({ image })} is not a number`;
  if (/^0x/i.test(image)) return `${quoted({ image })} is not a hexadecimal number`;
  return `${quoted({ image })} is not a name: names begin with a letter, others stand in double quotes, as in "${image.slice(0, LONGEST)}"`;
}

function unknownCharacter(image: string): string {
  if (image === '`') return 'Names are quoted by ", not by `';
  if (TYPOGRAPHIC_QUOTE.test(image)) return `Quotes are straight, as in 'text' and "name", not ${image}`;
  if (/\p{L}/u.test(image)) {
    return `A name with letters other than a to z, such as ${image}, stands in double quotes ("…")`;
  }
  if (image === '@') return 'The name of a release stands in double quotes, as in survey."stars@2026-11-20"';
  return `${quoted({ image })} is no part of ADQL`;
}
