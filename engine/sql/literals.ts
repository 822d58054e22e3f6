/**
 * Numbers as SQL of both engines. They are written anew from their values, so that nothing of the query's text but texts,
 * which are bound, and numbers, which are made here, gets into SQL.
 */

/** An integer as ADQL writes it, hexadecimal ones too. */
export function integerLiteral(text: string): string {
  return signed(BigInt(text).toString());
}

/** A number of 64 bits, by its shortest decimal digits, which both engines read as the same bits. */
export function doubleLiteral(value: number): string {
  if (Number.isNaN(value)) return "'NaN'::double precision";
  if (!Number.isFinite(value)) return `'${value > 0 ? '' : '-'}Infinity'::double precision`;
  // Without an exponent DuckDB would read a decimal, and round twice on the way to 64 bits.
  return `${signed(Object.is(value, -0) ? '-0e0' : value.toExponential())}::double precision`;
}

/** A count of rows. */
export function countLiteral(count: string | number): string {
  return BigInt(count).toString();
}

/** In parentheses, so that it may stand after any sign. */
function signed(digits: string): string {
  return digits.startsWith('-') ? `(${digits})` : digits;
}

/** Whether SQL is a number as it is written here, with or without a cast. */
export function isLiteral(sql: string): boolean {
  return /^\(?-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\)?(?:::[a-z ]+)?$/.test(sql);
}

/** Whether SQL is a number, and not 0. */
export function isNonZeroLiteral(sql: string): boolean {
  return isLiteral(sql) && /[1-9]/.test(sql.split(/e|::/)[0]!);
}
