import type { SqlDialect } from './dialect.ts';
import { isLiteral, isNonZeroLiteral } from './literals.ts';
import { areLong } from './sharing.ts';

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SMALL = CAPITALS.toLowerCase();

const INTEGER = '^\\s*[+-]?\\d+\\s*$';
const NUMBER = '^\\s*[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?\\s*$';
/** With an offset from UTC the engines read different times. */
const TIMESTAMP = '^\\s*\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?)?Z?\\s*$';

/** DuckDB with `ieee_floating_point_ops` off, so that roots of negative numbers and the like fail as in PostgreSQL. */
export const DUCKDB: SqlDialect = {
  name: 'duckdb',
  collated: (text) => text,
  array: (elements) => `[${elements.join(', ')}]`,
  length: (array) => `len(${array})`,
  sharing: (values, use) => shared('v', values, use),
  bounded: (values, calculate) =>
    // Within it others share values as v.
    shared('w', values, (names) => {
      const result = calculate(names);
      const finite = names.filter((name) => !isLiteral(name)).map((name) => ` AND NOT isinf(${name})`);
      return `(CASE WHEN isinf(${result})${finite.join('')} THEN error(${OUT_OF_RANGE}) ELSE ${result} END)`;
    }),
  boundedAggregate(aggregate, argument) {
    if (areLong([argument])) {
      return failing([aggregate], ([sum]) => ({
        when: `isinf(${sum})`,
        error: OUT_OF_RANGE,
        otherwise: sum!,
      }));
    }
    const finite = `NOT coalesce(bool_or(isinf(${argument})), false)`;
    return `(CASE WHEN isinf(${aggregate}) AND ${finite} THEN error(${OUT_OF_RANGE}) ELSE ${aggregate} END)`;
  },
  integerQuotient: (dividend, divisor) => divided(dividend, '//', divisor, 'IS NOT NULL'),
  realQuotient: (dividend, divisor) => divided(dividend, '/', divisor, "<> 'NaN'"),
  integerRemainder: (dividend, divisor) => divided(dividend, '%', divisor, 'IS NOT NULL'),
  exclusiveOr: (left, right) => `xor(${left}, ${right})`,
  exp: (exponent) =>
    failing([exponent], ([x]) => ({
      when: `isfinite(${x}) AND (isinf(exp(${x})) OR exp(${x}) = 0)`,
      error: OUT_OF_RANGE,
      otherwise: `exp(${x})`,
    })),
  power: (base, exponent) =>
    failing([base, exponent], ([x, y]) => ({
      when:
        `isfinite(${x}) AND isfinite(${y}) AND ` +
        `(NOT isfinite(pow(${x}, ${y})) OR (pow(${x}, ${y}) = 0 AND ${x} <> 0))`,
      error: OUT_OF_RANGE,
      otherwise: `pow(${x}, ${y})`,
    })),
  lower: (text) => `translate(${text}, '${CAPITALS}', '${SMALL}')`,
  upper: (text) => `translate(${text}, '${SMALL}', '${CAPITALS}')`,
  like: (text, pattern) => `(${text} LIKE ${pattern})`,
  integerMean: (distinct, value) => `avg(${distinct}${value})`,
  textToInteger: (text, type) =>
    failing([text], ([value]) => ({
      when: `NOT regexp_matches(${value}, '${INTEGER}')`,
      error: `'invalid integer: ' || ${value}`,
      otherwise: `${value}::${type}`,
    })),
  textToReal: (text, type) =>
    failing([text], ([value]) => ({
      when: `NOT regexp_matches(${value}, '${NUMBER}') OR isinf(${value}::${type})`,
      error: `'invalid number: ' || ${value}`,
      otherwise: `${value}::${type}`,
    })),
  textToTimestamp: (text) =>
    failing([text], ([value]) => ({
      when: `NOT regexp_matches(${value}, '${TIMESTAMP}')`,
      error: `'invalid timestamp: ' || ${value}`,
      otherwise: `${value}::timestamp`,
    })),
  doubleToText: (value) =>
    DUCKDB.sharing([value], ([x]) => {
      const [whole, rest] = [1, 2].map((part) => `split_part(abs(${x})::text, '.', ${part})`);
      const digits = `left(${whole}, 1) || '.' || substr(${whole}, 2) || ${rest}`;
      const exponent = `lpad((len(${whole}) - 1)::text, 2, '0')`;
      return (
        `(CASE WHEN isnan(${x}) THEN 'NaN' ` +
        `WHEN isinf(${x}) THEN CASE WHEN ${x} > 0 THEN 'Infinity' ELSE '-Infinity' END ` +
        // Both write exponents of large numbers, PostgreSQL from fewer digits on.
        `WHEN abs(${x}) >= 1e15 AND NOT contains(${x}::text, 'e') THEN ` +
        `CASE WHEN ${x} < 0 THEN '-' ELSE '' END || regexp_replace(${digits}, '\\.?0+$', '') || 'e+' || ${exponent} ` +
        `ELSE regexp_replace(${x}::text, '\\.0$', '') END)`
      );
    }),
  timestampToText: (value) => `regexp_replace(strftime(${value}, '%Y-%m-%dT%H:%M:%S.%f'), '\\.?0+$', '')`,
  textToNumbers: (text) =>
    `list_transform(string_split_regex(trim(${text}, ' \t\r\n'), '\\s+'), lambda n: ` +
    `CASE WHEN regexp_matches(n, '${NUMBER}') THEN n::double precision ELSE error('invalid number: ' || n) END)`,
  failing: (condition, error, value) => `(CASE WHEN ${condition} THEN error('${error}') ELSE ${value} END)`,
};

const OUT_OF_RANGE = "'value out of range'";

function shared(name: string, values: readonly string[], use: (values: readonly string[]) => string): string {
  const long = values.filter((value) => !isLiteral(value));
  if (!areLong(long)) return use(values);
  const fields = long.map((value, index) => `v${index}: ${value}`);
  const body = use(values.map((value) => (isLiteral(value) ? value : `${name}.v${long.indexOf(value)}`)));
  return `list_transform([{${fields.join(', ')}}], lambda ${name}: ${body})[1]`;
}

interface Failure {
  readonly when: string;
  readonly error: string;
  readonly otherwise: string;
}

function failing(values: readonly string[], use: (values: readonly string[]) => Failure): string {
  return DUCKDB.sharing(values, (shared) => {
    const { when, error, otherwise } = use(shared);
    return `(CASE WHEN ${when} THEN error(${error}) ELSE ${otherwise} END)`;
  });
}

/**
 * DuckDB divides by zero without a word.
 * @param fails what a dividend is that fails: not NULL, and no NaN
 */
function divided(dividend: string, operator: '/' | '//' | '%', divisor: string, fails: string): string {
  if (isNonZeroLiteral(divisor)) return `(${dividend} ${operator} ${divisor})`;
  return failing([dividend, divisor], ([a, b]) => ({
    when: `${b} = 0 AND ${a} ${fails}`,
    error: "'division by zero'",
    otherwise: `${a} ${operator} ${b}`,
  }));
}
