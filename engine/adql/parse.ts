import { EOF, type IToken } from 'chevrotain';
import { AdqlSyntaxError } from './errors.ts';
import { expectedAfter, oneOf } from './expected.ts';
import { quoted, refuseFaultyTokens } from './faulty-tokens.ts';
import { guess, usualMistake } from './hints.ts';
import { limitDepth, limitLength, limitNesting } from './nesting.ts';
import { positionOf } from './nodes.ts';
import { positionIn } from './position.ts';
import { accepts, forget, recognise } from './recognise.ts';
import type { Statement } from './syntax-tree.ts';
import { tokenize } from './tokens.ts';

/** To say what is expected, the tokens before are parsed again and again; not so many of them. */
const LONGEST_EXPLAINED = 1000;

/**
 * The syntax tree of an ADQL 2.1 query, which one semicolon may end. Of ADQL 2.0 it takes coordinate systems, of the drafts of 2.1
 * hexadecimal numbers and bitwise operators; what else it takes beyond the standard, the tree's types say.
 * @throws AdqlSyntaxError at the first fault
 */
export function parseAdql(text: string): Statement {
  limitLength(text);
  const tokens = tokenize(text);
  refuseFaultyTokens(tokens);
  limitNesting(tokens);
  try {
    const result = recognise(tokens);
    if ('fault' in result) throw explain(text, tokens, result.fault);
    limitDepth(result.statement);
    return result.statement;
  } finally {
    forget();
  }
}

function explain(text: string, tokens: readonly IToken[], fault: IToken): AdqlSyntaxError {
  let index = fault.tokenType === EOF ? tokens.length : tokens.indexOf(fault);
  const expected: string[] = [];
  if (index <= LONGEST_EXPLAINED) {
    // The parser looks two tokens ahead: the fault may be in the second of them.
    if (index < tokens.length && accepts(tokens.slice(0, index + 1))) index++;
    const before = tokens.slice(0, index);
    expected.push(...expectedAfter(before, accepts));
    if (accepts(before, 'whole')) expected.push('the end of the query');
  }
  const token = tokens[index];
  const position = token === undefined ? endOf(text, tokens) : positionOf(token);
  const mistake = usualMistake(tokens, index, expected);
  if (mistake !== null) return new AdqlSyntaxError(mistake, position);
  const found = token === undefined ? 'the end of the query' : quoted(token);
  const plain =
    expected.length === 0
      ? `Here ${found} is out of place`
      : `Expected ${oneOf(expected)} but found ${found}`;
  const advice = guess(tokens, index, expected);
  return new AdqlSyntaxError(advice === null ? plain : `${plain}. ${advice}`, position);
}

function endOf(text: string, tokens: readonly IToken[]) {
  const last = tokens.at(-1);
  const end = last === undefined ? 0 : positionOf(last).end;
  return positionIn(text, end, end);
}
