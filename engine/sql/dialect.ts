import type { Dialect } from './sql.ts';

/**
 * Where the engines differ. All texts are SQL: values in and out can stand before `::`, conditions after NOT. NULL gives
 * NULL everywhere; what fails in one engine fails in the other.
 */
export interface SqlDialect {
  readonly name: Dialect;
  /** A text whose order counts: by code point. */
  collated(text: string): string;
  /** An array of values that are not null, without a type. */
  array(elements: readonly string[]): string;
  length(array: string): string;
  /** Uses values several times; long ones are computed once, so that SQL does not grow with the depth of a query. */
  sharing(values: readonly string[], use: (values: readonly string[]) => string): string;
  /** A real number that is calculated from others; fails if it is too large though none of them is infinite. */
  bounded(values: readonly string[], calculate: (values: readonly string[]) => string): string;
  /** An aggregate of real numbers, likewise. */
  boundedAggregate(aggregate: string, argument: string): string;
  /** Quotients of two values of the same type; division by zero fails. */
  integerQuotient(dividend: string, divisor: string): string;
  realQuotient(dividend: string, divisor: string): string;
  /** The remainder of two integers of the same type, with the sign of the dividend. */
  integerRemainder(dividend: string, divisor: string): string;
  exclusiveOr(left: string, right: string): string;
  exp(exponent: string): string;
  power(base: string, exponent: string): string;
  /** Of ASCII letters only (ADQL 2.1 §4.4), since beyond them databases differ. */
  lower(text: string): string;
  upper(text: string): string;
  /** LIKE by case; the pattern has no escape. */
  like(text: string, pattern: string): string;
  /** The mean of integers: their exact sum divided once. */
  integerMean(distinct: string, value: string): string;
  /** Texts as PostgreSQL's input functions read them. */
  textToInteger(text: string, type: string): string;
  textToReal(text: string, type: string): string;
  textToTimestamp(text: string): string;
  /** The shortest digits that give the same double, as PostgreSQL writes them. */
  doubleToText(value: string): string;
  /** DALI 1.1 §3.3.3, fractions of a second only where there are any. */
  timestampToText(value: string): string;
  /** Numbers between white space. */
  textToNumbers(text: string): string;
  /** A value of a type, or, on a condition, an error with words for the user. */
  failing(condition: string, error: string, value: string, type: string): string;
}
