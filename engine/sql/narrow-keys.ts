import type { Expression, FunctionCall, Select } from '../adql/syntax-tree.ts';
import { functionCall } from './functions.ts';
import { type NarrowKey, resultIndex, type Translation } from './translation.ts';
import { value } from './values.ts';

/** DuckDB's names of what makes whole numbers of doubles, and of numbers of other types as well. */
const WHOLE_NUMBERS: Readonly<Record<string, string>> = { FLOOR: 'floor', CEILING: 'ceil' };

/** Factors with which different numbers of eight bits stay different. */
const LARGEST_FACTOR = 1e100;

/**
 * The whole number that the groups of a SELECT are told apart by, such as FLOOR(x) for GROUP BY FLOOR(x) / 10: seldom a large one, and
 * DuckDB finds groups by a key of eight bits in half of the time.
 */
export function narrowKeyOf(node: Select, translation: Translation): NarrowKey | null {
  const [term] = node.groupBy;
  const call = node.groupBy.length === 1 ? wholeNumber(meant(term!, node, translation)) : null;
  if (call === null) return null;
  const number = value(call.arguments[0]!, translation);
  return {
    usual: functionCall(call, translation),
    narrow: `${WHOLE_NUMBERS[call.name.toUpperCase()]}(${number})::tinyint`,
  };
}

/** The column of the result that a term means, or the term itself. */
function meant(term: Expression, { columns }: Select, translation: Translation): Expression | null {
  const index = resultIndex(term, translation);
  if (index === null) return term;
  const item = columns[index];
  // What `*` stands for may be several columns of the result.
  const plain = columns.every(({ kind }) => kind === 'derived-column');
  return plain && item?.kind === 'derived-column' ? item.expression : null;
}

function wholeNumber(expression: Expression | null): FunctionCall | null {
  if (expression?.kind === 'function') {
    return Object.hasOwn(WHOLE_NUMBERS, expression.name.toUpperCase()) ? expression : null;
  }
  if (expression?.kind !== 'operation') return null;
  const { operator, left, right } = expression;
  if (operator !== '*' && operator !== '/') return null;
  const [whole, factor] = operator === '*' && left.kind === 'number' ? [right, left] : [left, right];
  if (whole.kind !== 'function' || factor.kind !== 'number') return null;
  const size = Number(factor.text);
  return size < LARGEST_FACTOR && size > 1 / LARGEST_FACTOR ? wholeNumber(whole) : null;
}
