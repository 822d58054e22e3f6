import type { IToken } from 'chevrotain';
import { AdqlSyntaxError } from './errors.ts';
import { positionOf } from './nodes.ts';
import { type Position, positionIn } from './position.ts';
import type { Statement } from './syntax-tree.ts';
import * as t from './tokens.ts';

/** Words and signs of a query: enough for a megabyte of identifiers in a list, and they fit into a worker's 128 MB. */
const MOST_TOKENS = 300_000;
/** Parentheses and CASEs within each other; the parser recurses for each, and a stack has an end. */
const DEEPEST_NESTING = 100;
/** Nodes within each other; who walks a tree recurses for each. DuckDB's own limit is 1,000. */
const DEEPEST_TREE = 1000;

/** What becomes a token, or half of one: a text, a quoted name, a word or any character, after space and comments. */
const PIECE = /(?:\s+|--[^\r\n]*)*(?:'[^']*'|"[^"]*"|[A-Za-z0-9_.]+|.)/gs;

/** @throws AdqlSyntaxError for a query of too many words and signs, before any of them takes memory */
export function limitLength(text: string): void {
  if (text.length <= MOST_TOKENS) return;
  let count = 0;
  for (PIECE.lastIndex = 0; PIECE.test(text); ) {
    if (++count > MOST_TOKENS) {
      const end = PIECE.lastIndex;
      throw new AdqlSyntaxError(
        `More than ${MOST_TOKENS} words and signs: upload long lists as a table and join it`,
        positionIn(text, end - 1, end),
      );
    }
  }
}

/** @throws AdqlSyntaxError for parentheses that are nested too deeply */
export function limitNesting(tokens: readonly IToken[]): void {
  let depth = 0;
  for (const token of tokens) {
    if (token.tokenType === t.LeftParen || token.tokenType === t.Case) depth++;
    else if (token.tokenType === t.RightParen || token.tokenType === t.End) depth--;
    if (depth > DEEPEST_NESTING) {
      throw new AdqlSyntaxError(
        `More than ${DEEPEST_NESTING} parentheses within each other`,
        positionOf(token),
      );
    }
  }
}

/** @throws AdqlSyntaxError for a tree that is too deep, such as that of thousands of additions */
export function limitDepth(statement: Statement): void {
  let level: object[] = [statement];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST_TREE) throw tooDeep(level);
    level = level.flatMap(children);
  }
}

/** The nodes directly within a node. */
function children(node: object): object[] {
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'position' || typeof value !== 'object' || value === null) return [];
    return Array.isArray(value) ? value : [value];
  });
}

function tooDeep(level: readonly object[]): AdqlSyntaxError {
  const node = level.find((value): value is { position: Position } => 'position' in value);
  return new AdqlSyntaxError(
    `More than ${DEEPEST_TREE} operations within each other: shorten this chain or split the query`,
    node!.position,
  );
}
