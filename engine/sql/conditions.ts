import { TEXT, typeOfColumn } from '../adql/check/value-type.ts';
import type { Comparison, Condition, Expression, LikePredicate, Query } from '../adql/syntax-tree.ts';
import { areTexts, comparable, comparisonType } from './comparisons.ts';
import { indexedCircle } from './indexed-circles.ts';
import { predicateCondition } from './predicates.ts';
import { subquery } from './queries.ts';
import { sqlType } from './sql-types.ts';
import { type Translation, typeOf } from './translation.ts';
import { value, valueAs } from './values.ts';

/** SQL of a condition. */
export function condition(node: Condition, translation: Translation): string {
  const not = 'negated' in node && node.negated ? 'NOT ' : '';
  switch (node.kind) {
    case 'and':
    case 'or': {
      const operands = node.operands.map((operand) => condition(operand, translation));
      return `(${operands.join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return `(NOT ${condition(node.operand, translation)})`;
    case 'comparison':
      return predicateCondition(node, translation) ?? comparison(node, translation);
    case 'between': {
      const operands = [node.operand, node.low, node.high];
      const [operand, low, high] = comparable(operands, translation) as [string, string, string];
      return `(${ordered(operand, operands, translation)} ${not}BETWEEN ${low} AND ${high})`;
    }
    case 'in':
      return 'kind' in node.values
        ? inQuery(node.operand, not, node.values, translation)
        : inList(node.operand, not, node.values, translation);
    case 'like':
    case 'ilike':
      return like(node, not, translation);
    case 'is-null':
      return `(${value(node.operand, translation)} IS ${not}NULL)`;
    case 'exists':
      return `(EXISTS (${subquery(node.query, translation)}))`;
  }
}

function comparison({ operator, left, right }: Comparison, translation: Translation): string {
  const [a, b] = comparable([left, right], translation) as [string, string];
  const byOrder = operator !== '=' && operator !== '<>';
  const written = `(${byOrder ? ordered(a, [left, right], translation) : a} ${operator} ${b})`;
  const isLess = operator === '<' || operator === '<=';
  const [distance, radius] = isLess ? [left, right] : [right, left];
  if (!byOrder || distance.kind !== 'distance') return written;
  return indexedCircle(written, [distance.left, distance.right], radius, translation);
}

/** One of the operands says for all how texts are ordered. Equality is the same everywhere, and indexes know it as it is. */
function ordered(operand: string, operands: readonly Expression[], translation: Translation): string {
  return areTexts(operands, translation) ? translation.dialect.collated(operand) : operand;
}

function inList(
  operand: Expression,
  not: string,
  values: readonly Expression[],
  translation: Translation,
): string {
  const [first, ...others] = comparable([operand, ...values], translation);
  return `(${first} ${not}IN (${others.join(', ')}))`;
}

function inQuery(operand: Expression, not: string, query: Query, translation: Translation): string {
  const { findings, dialect } = translation;
  const text = subquery(query, translation);
  const found = typeOfColumn(findings.results.get(query)![0]!);
  const type = comparisonType([typeOf(operand, translation), found]);
  if (type === null) return `(${value(operand, translation)} ${not}IN (${text}))`;
  const left = valueAs(operand, type, translation);
  const column =
    found.family === 'text' && type.family === 'timestamp'
      ? dialect.textToTimestamp('i.r0')
      : `i.r0::${sqlType(type, dialect.name)}`;
  return `(${left} ${not}IN (SELECT ${column} FROM (${text}) AS i))`;
}

function like(node: LikePredicate, not: string, translation: Translation): string {
  const { dialect } = translation;
  const fold = (text: string) => (node.kind === 'ilike' ? dialect.lower(text) : text);
  const [text, pattern] = [node.operand, node.pattern].map((each) => fold(valueAs(each, TEXT, translation)));
  const found = dialect.like(text!, pattern!);
  return not === '' ? found : `(NOT ${found})`;
}
