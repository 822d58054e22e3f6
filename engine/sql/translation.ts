import type { CheckedQuery } from '../adql/check/check.ts';
import type { Findings } from '../adql/check/checking.ts';
import type { ValueType } from '../adql/check/value-type.ts';
import type { CommonTable, DerivedTable, Expression, NamedTable, TextLiteral } from '../adql/syntax-tree.ts';
import type { SqlDialect } from './dialect.ts';
import type { PositionJoins } from './position-joins.ts';
import type { TranslationContext } from './sql.ts';

/** A query on its way to SQL. */
export interface Translation {
  readonly query: CheckedQuery;
  readonly findings: Findings;
  readonly dialect: SqlDialect;
  readonly context: TranslationContext;
  readonly joins: PositionJoins;
  /** The texts bound so far. */
  readonly texts: Map<string, number>;
  /** The tables whose stored cells the SQL names. */
  readonly cells: Set<NamedTable>;
  readonly names: Map<NamedTable | DerivedTable | CommonTable, string>;
  /** Geometries that SQL around has given names: the numbers of points and circles, the array of a polygon. */
  readonly named: ReadonlyMap<Expression, readonly string[] | string>;
  /** Whether keys of groups are to be of few bits, on which the SQL fails where they have more. */
  readonly narrow: boolean;
  /** The key of the SELECT at hand that is of few bits. */
  readonly narrowKey: NarrowKey | null;
  /** SQL of the result columns of the SELECT at hand, which ORDER BY and GROUP BY may name. */
  readonly results: readonly string[];
}

/** A whole number that groups are told apart by. */
export interface NarrowKey {
  /** SQL of it as a double. */
  readonly usual: string;
  /** SQL of it in few bits, which fails where it has more. */
  readonly narrow: string;
}

/** A bound text; the same text is bound once, so that equal expressions are written alike. */
export function bound({ text }: Pick<TextLiteral, 'text'>, { texts }: Translation): string {
  if (!texts.has(text)) texts.set(text, texts.size + 1);
  return `$${texts.get(text)}::text`;
}

/** The name of a table in the SQL: t for those that are read, q for subqueries, w for those of WITH. */
export function nameOf(
  node: NamedTable | DerivedTable | CommonTable,
  { names, context }: Translation,
): string {
  const known = names.get(node);
  if (known !== undefined) return known;
  const use = node.kind === 'named-table' ? context.uses.findIndex((each) => each.node === node) : -1;
  const letter = node.kind === 'named-table' ? 't' : node.kind === 'derived-table' ? 'q' : 'w';
  const name = `${letter}${use >= 0 ? use : context.uses.length + names.size}`;
  names.set(node, name);
  return name;
}

export function typeOf(expression: Expression, { findings }: Translation): ValueType {
  return findings.types.get(expression)!;
}

/** The column of the result that a number or a name alone means. */
export function resultIndex(expression: Expression, { findings }: Translation): number | null {
  if (expression.kind === 'number' && expression.form === 'integer') return Number(expression.text) - 1;
  const resolution = expression.kind === 'column' ? findings.columns.get(expression) : undefined;
  return resolution !== undefined && 'result' in resolution ? resolution.result : null;
}
