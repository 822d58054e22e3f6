import { DOUBLE, isInteger } from '../adql/check/value-type.ts';
import type { Aggregate } from '../adql/syntax-tree.ts';
import { type Translation, typeOf } from './translation.ts';
import { value, valueAs } from './values.ts';

/** SQL of an aggregate: COUNT and sums of integers are of 64 bits, means and sums of real numbers are doubles. */
export function aggregate({ name, distinct, argument }: Aggregate, translation: Translation): string {
  const { dialect } = translation;
  if (argument === null) return 'count(*)';
  const all = distinct ? 'DISTINCT ' : '';
  const type = typeOf(argument, translation);
  const text = value(argument, translation);
  const double = name === 'SUM' || name === 'AVG' ? valueAs(argument, DOUBLE, translation) : '';
  const finite = (sum: string) => dialect.boundedAggregate(sum, double);
  switch (name) {
    case 'COUNT':
      return `count(${all}${text})`;
    case 'SUM':
      return isInteger(type)
        ? `sum(${all}${valueAs(argument, { ...type, family: 'integer', datatype: 'long' }, translation)})::bigint`
        : finite(`sum(${all}${double})`);
    case 'AVG':
      return isInteger(type)
        ? dialect.integerMean(all, valueAs(argument, { ...type, family: 'integer' }, translation))
        : finite(`avg(${all}${double})`);
    case 'MIN':
    case 'MAX':
      if (type.family === 'boolean') return `${name === 'MIN' ? 'bool_and' : 'bool_or'}(${all}${text})`;
      return `${name.toLowerCase()}(${type.family === 'text' ? dialect.collated(text) : text})`;
  }
}
