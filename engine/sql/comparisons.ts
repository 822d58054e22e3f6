import { DOUBLE, isInteger, isNumber, TEXT, TIMESTAMP, type ValueType } from '../adql/check/value-type.ts';
import type { Expression } from '../adql/syntax-tree.ts';
import { type Translation, typeOf } from './translation.ts';
import { value, valueAs } from './values.ts';

/**
 * The type as which values are compared; null where they may stay as they are. Integers compare with each other as they are,
 * an integer with a real number and real numbers of different widths compare as doubles: a float that came of 0.1 is
 * not equal to the double 0.1.
 */
export function comparisonType(types: readonly ValueType[]): ValueType | null {
  const given = types.filter(({ family }) => family !== 'null');
  const [first] = given;
  if (first === undefined) return TEXT;
  if (given.some(({ family }) => family === 'timestamp')) return TIMESTAMP;
  if (!isNumber(first)) return given.length === types.length ? null : first;
  if (given.every(isInteger)) {
    return given.length === types.length ? null : widest(given);
  }
  return given.every(({ datatype }) => datatype === first.datatype) ? first : DOUBLE;
}

function widest(integers: readonly ValueType[]): ValueType {
  return integers.find(({ datatype }) => datatype === 'long') ?? integers[0]!;
}

/** Values ready to be compared with each other. */
export function comparable(expressions: readonly Expression[], translation: Translation): string[] {
  const type = comparisonType(expressions.map((expression) => typeOf(expression, translation)));
  return expressions.map((expression) =>
    type === null ? value(expression, translation) : valueAs(expression, type, translation),
  );
}

/** Whether the values are texts, whose order depends on a collation. */
export function areTexts(expressions: readonly Expression[], translation: Translation): boolean {
  const families = expressions.map((expression) => typeOf(expression, translation).family);
  return families.includes('text') && !families.includes('timestamp');
}
