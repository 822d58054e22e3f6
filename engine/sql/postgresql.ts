import type { SqlDialect } from './dialect.ts';
import { areLong } from './sharing.ts';

/** PostgreSQL, whose answers are the measure. */
export const POSTGRESQL: SqlDialect = {
  name: 'postgresql',
  collated: (text) => `(${text} COLLATE "C")`,
  array: (elements) => `ARRAY[${elements.join(', ')}]`,
  length: (array) => `cardinality(${array})`,
  sharing(values, use) {
    if (!areLong(values)) return use(values);
    const columns = values.map((value, index) => `${value} AS v${index}`);
    // OFFSET 0 keeps the planner from writing the values out again.
    const shared = use(values.map((_, index) => `v.v${index}`));
    return `(SELECT ${shared} FROM (SELECT ${columns.join(', ')} OFFSET 0) AS v)`;
  },
  bounded: (values, calculate) => calculate(values),
  boundedAggregate: (aggregate) => aggregate,
  integerQuotient: (dividend, divisor) => `(${dividend} / ${divisor})`,
  realQuotient: (dividend, divisor) => `(${dividend} / ${divisor})`,
  integerRemainder: (dividend, divisor) => `(${dividend} % ${divisor})`,
  exclusiveOr: (left, right) => `(${left} # ${right})`,
  exp: (exponent) => `exp(${exponent})`,
  power: (base, exponent) => `power(${base}, ${exponent})`,
  lower: (text) => `lower(${text} COLLATE "C")`,
  upper: (text) => `upper(${text} COLLATE "C")`,
  like: (text, pattern) => `(${text} COLLATE "C" LIKE ${pattern} ESCAPE '')`,
  integerMean(distinct, value) {
    if (areLong([value])) return `avg(${distinct}${value})::double precision`;
    const [sum, count] = [`sum(${distinct}${value})`, `count(${distinct}${value})`];
    return `(${sum}::double precision / nullif(${count}, 0)::double precision)`;
  },
  textToInteger: (text, type) => `${text}::${type}`,
  textToReal: (text, type) => `${text}::${type}`,
  textToTimestamp: (text) => `${text}::timestamp`,
  doubleToText: (value) => `${value}::text`,
  timestampToText: (value) =>
    `regexp_replace(to_char(${value}, 'YYYY-MM-DD"T"HH24:MI:SS.US'), '\\.?0+$', '')`,
  textToNumbers: (text) =>
    `string_to_array(btrim(regexp_replace(${text}, '\\s+', ' ', 'g')), ' ')::double precision[]`,
  // PostgreSQL has no function that fails: a text that is no value of the type says why.
  failing: (condition, error, value, type) =>
    `(CASE WHEN ${condition} THEN ('${error}' || coalesce(left(${value}::text, 0), ''))::${type} ELSE ${value} END)`,
};
