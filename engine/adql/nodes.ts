import type { IToken } from 'chevrotain';
import { AdqlSyntaxError } from './errors.ts';
import type { Position } from './position.ts';
import type * as tree from './syntax-tree.ts';
import * as t from './tokens.ts';

export function positionOf(token: IToken): Position {
  return {
    start: token.startOffset,
    end: token.endOffset! + 1,
    line: token.startLine!,
    column: token.startColumn!,
  };
}

export function isIdentifier({ tokenType }: IToken): boolean {
  return tokenType === t.RegularIdentifier || tokenType === t.DelimitedIdentifier;
}

export function identifier(token: IToken): tree.Identifier {
  const delimited = token.tokenType === t.DelimitedIdentifier;
  const name = delimited ? unquoted(token.image, '"') : token.image;
  const position = positionOf(token);
  if (name === '') throw new AdqlSyntaxError('"" is an empty name', position);
  return { kind: 'identifier', position, name, delimited };
}

export function unquoted(image: string, quote: string): string {
  return image.slice(1, -1).replaceAll(quote + quote, quote);
}

export function form({ tokenType }: IToken): tree.NumberLiteral['form'] {
  if (tokenType === t.Decimal) return 'decimal';
  return tokenType === t.Approximate ? 'approximate' : 'integer';
}

export function tableName(parts: readonly tree.Identifier[], position: Position): tree.TableName {
  if (parts.length <= 3) return { kind: 'table-name', position, parts };
  throw new AdqlSyntaxError('A table has at most three names: catalog.schema.table', position);
}

export function unnamedSubquery({ position }: tree.Query): AdqlSyntaxError {
  return new AdqlSyntaxError('A subquery in FROM needs a name: (SELECT …) AS name', position);
}

/** `SELECT * FROM table`, which a joined table in the place of a query stands for (ADQL 2.1 appendix A). */
export function allColumnsOf(table: tree.TableReference): tree.Query {
  const { position } = table;
  const body: tree.Select = {
    kind: 'select',
    position,
    distinct: false,
    top: null,
    columns: [{ kind: 'all-columns', position, table: null }],
    from: [table],
    where: null,
    groupBy: [],
    having: null,
  };
  return { kind: 'query', position, body, orderBy: [], offset: null };
}

/** The query of `((SELECT …))`, which is no list of one value. */
export function loneSubquery(values: readonly tree.Expression[] | tree.Query): tree.Query | null {
  if ('kind' in values) return null;
  const [only, ...more] = values;
  return only?.kind === 'subquery' && more.length === 0 ? only.query : null;
}
