import type { IToken } from 'chevrotain';
import { AdqlSyntaxError } from './errors.ts';
import { positionOf } from './nodes.ts';
import type { Position } from './position.ts';
import type { Statement } from './syntax-tree.ts';
import * as t from './tokens.ts';

/** Parentheses and CASEs within each other; the parser recurses for each, and a stack has an end. */
const DEEPEST_NESTING = 100;
/** Nodes within each other; who walks a tree recurses for each. DuckDB's own limit is 1,000. */
const DEEPEST_TREE = 1000;

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
