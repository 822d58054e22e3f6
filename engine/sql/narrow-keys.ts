import type { Expression, FunctionCall, Select } from '../adql/syntax-tree.ts';
import { resultIndex, type Translation } from './translation.ts';

const WHOLE_NUMBERS = new Set(['FLOOR', 'CEILING']);

/** Factors with which different numbers of eight bits stay different. */
const LARGEST_FACTOR = 1e100;

/**
 * The whole number that the groups of a SELECT are told apart by, such as FLOOR(x) for GROUP BY FLOOR(x) / 10: seldom a large one, and
 * DuckDB finds groups by a key of eight bits in half of the time.
 */
export function wholeNumberKey({ groupBy, columns }: Select, translation: Translation): FunctionCall | null {
  const [term] = groupBy;
  if (groupBy.length !== 1) return null;
  const index = resultIndex(term!, translation);
  if (index === null) return wholeNumber(term!);
  // What `*` stands for may be several columns of the result.
  const item = columns[index];
  const plain = columns.every(({ kind }) => kind === 'derived-column');
  return plain && item?.kind === 'derived-column' ? wholeNumber(item.expression) : null;
}

/** A key with its eight bits: the cast fails where it has more. */
export function narrowed(key: string): string {
  return `${key}::tinyint`;
}

function wholeNumber(expression: Expression): FunctionCall | null {
  if (expression.kind === 'function') {
    return WHOLE_NUMBERS.has(expression.name.toUpperCase()) ? expression : null;
  }
  if (expression.kind !== 'operation') return null;
  const { operator, left, right } = expression;
  if (operator !== '*' && operator !== '/') return null;
  const [whole, factor] = operator === '*' && left.kind === 'number' ? [right, left] : [left, right];
  if (whole.kind !== 'function' || factor.kind !== 'number') return null;
  const size = Number(factor.text);
  return size < LARGEST_FACTOR && size > 1 / LARGEST_FACTOR ? wholeNumber(whole) : null;
}
