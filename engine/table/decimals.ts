import { type Bytes, writeAscii, writeCount, writeEight } from './digits.ts';

/** Writes the number of a row into bytes that have room for `NUMBER_BYTES`, and says where it ended. */
export type WriteNumber = (row: number, to: Bytes, at: number) => number;

/** Bytes of the longest number, `-0.000001234567890123456`, and some more. */
export const NUMBER_BYTES = 32;

const ZERO = '0'.charCodeAt(0);
const MINUS = '-'.charCodeAt(0);
const POINT = '.'.charCodeAt(0);

/** Powers of ten that a double holds exactly, each as the sum of two numbers of 26 bits (Veltkamp). */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const TENTHS = Float64Array.from({ length: 7 }, (_, exponent) => Number(`1e-${exponent}`));
const POWERS_UPPER = POWERS.map(upperHalf);

/** From here on numbers have no exponent (ECMA-262 §6.1.6.1.20). */
const LEAST = 1e-6;

/**
 * A writer of doubles in the fewest digits that read back as the same, as `String` has them, and of `-0`.
 *
 * No two decimals of at most 15 digits are the same double (C's DBL_DIG). So where a whole number m < 10¹⁵ divided by 10ᵉ is the
 * double, its digits are those looked for, whatever e is. Columns mostly hold decimals of one e, which the writer remembers.
 */
export function float64Writer(values: Float64Array, infinite: (value: number) => string): WriteNumber {
  const text = (value: number): string => (Number.isFinite(value) ? String(value) : infinite(value));
  let decimals = 0;
  return (row, to, at) => {
    const value = values[row]!;
    const size = Math.abs(value);
    if (!(size >= LEAST && size < 1e9)) return writeText(value, text, to, at);
    const scaled = Math.round(size * POWERS[decimals]!);
    if (scaled < 1e15 && scaled / POWERS[decimals]! === size) {
      return writeScaled(size, scaled, decimals, to, value < 0 ? writeMinus(to, at) : at);
    }
    const exponent = decimalExponent(size);
    if (!isDecimal(size, 14 - exponent)) return writeLong(value, exponent, to, at);
    for (decimals = 0; !isDecimal(size, decimals); decimals++);
    if (decimals <= 16) {
      const scaled = Math.round(size * POWERS[decimals]!);
      return writeScaled(size, scaled, decimals, to, value < 0 ? writeMinus(to, at) : at);
    }
    decimals = 0;
    return writeAscii(String(value), to, at);
  };
}

/** Whether a number is a decimal of so many decimals, and less than 10¹⁵ of the last. */
function isDecimal(size: number, decimals: number): boolean {
  return Math.round(size * POWERS[decimals]!) / POWERS[decimals]! === size;
}

/**
 * A writer of single-precision numbers in the fewest digits that read back as the same; of two decimals that do, the nearer one.
 * Up to six digits (C's FLT_DIG) it is as for doubles. The products are exact from 10⁻³ to 10⁶, with nine digits too.
 */
export function float32Writer(values: Float32Array, infinite: (value: number) => string): WriteNumber {
  const text = (value: number): string => (Number.isFinite(value) ? float32Text(value) : infinite(value));
  let decimals = 0;
  return (row, to, at) => {
    const value = values[row]!;
    const size = Math.abs(value);
    if (!(size >= LEAST && size < 1e6)) return writeText(value, text, to, at);
    const scaled = Math.round(size * POWERS[decimals]!);
    if (scaled < 1e6 && Math.fround(scaled / POWERS[decimals]!) === size) {
      return writeScaled(size, scaled, decimals, to, value < 0 ? writeMinus(to, at) : at);
    }
    if (size < 1e-3) return writeText(value, text, to, at);
    const exponent = decimalExponent(size);
    for (let digits = 6; digits <= 9; digits++) {
      const most = digits - 1 - exponent;
      const scaled = Math.round(size * POWERS[most]!);
      if (Math.fround(scaled / POWERS[most]!) !== size) continue;
      decimals = most;
      return writeScaled(size, scaled, most, to, value < 0 ? writeMinus(to, at) : at);
    }
    return writeText(value, text, to, at);
  };
}

/** The power of ten in front of the first digit of a number in [10⁻⁶, 10⁹). */
function decimalExponent(size: number): number {
  let exponent = -6;
  if (size < 1) while (size >= TENTHS[-exponent - 1]!) exponent++;
  else for (exponent = 0; size >= POWERS[exponent + 1]!; exponent++);
  return exponent;
}

/**
 * Writes whole + fraction / 10^decimals, of at most 16 decimals. A function of small integers only: other numbers are allocated
 * where V8 does not inline the call.
 * @param upper the first eight decimals of a fraction of more, else 0.
 * @param lower the last decimals, at most eight, with zeros behind them to make eight.
 */
function writeDecimal(
  whole: number,
  upper: number,
  lower: number,
  decimals: number,
  to: Bytes,
  at: number,
): number {
  let end = writeCount(whole, to, at);
  if (upper === 0 && lower === 0) return end;
  to[end++] = POINT;
  if (decimals > 8) {
    writeEight(upper, to, end);
    writeEight(lower, to, end + 8);
  } else writeEight(lower, to, end);
  end += decimals;
  while (to[end - 1] === ZERO) end--;
  return end;
}

/** Writes scaled / 10^decimals, the decimal that a number in [0, 10⁹) is. */
function writeScaled(size: number, scaled: number, decimals: number, to: Bytes, at: number): number {
  const whole = size | 0;
  const fraction = scaled - whole * POWERS[decimals]!;
  if (decimals <= 8) return writeDecimal(whole, 0, (fraction * POWERS[8 - decimals]!) | 0, decimals, to, at);
  const upper = (fraction / POWERS[decimals - 8]!) | 0;
  const lower = (fraction - upper * POWERS[decimals - 8]!) * POWERS[16 - decimals]!;
  return writeDecimal(whole, upper, lower | 0, decimals, to, at);
}

function writeMinus(to: Bytes, at: number): number {
  to[at] = MINUS;
  return at + 1;
}

/** From 2⁻²⁰ on, for each power of two: half the distance from a double that begins with it to the next. */
const HALF_STEPS = Float64Array.from({ length: 50 }, (_, exponent) => 2 ** (exponent - 20 - 53));

function halfStep(size: number): number {
  return HALF_STEPS[size < 1 ? 21 - Math.clz32(size * 2 ** 30) : 51 - Math.clz32(size)]!;
}

/** What is nearer than this to a border is left to `String`; the arithmetic errs by less than 10⁻⁷. */
const DOUBT = 1e-3;

/**
 * Writes a double that no decimal of 15 digits is, with 16 if one of those reads back as it, else with 17.
 * @param exponent the power of ten in front of its first digit. The product with the one that makes it a number of 17 digits is known
 *   exactly, as the sum of two doubles (Dekker).
 */
function writeLong(value: number, exponent: number, to: Bytes, at: number): number {
  const size = Math.abs(value);
  const decimals = 16 - exponent;
  const power = POWERS[decimals]!;
  const product = size * power;
  const sizeUpper = upperHalf(size);
  const powerUpper = POWERS_UPPER[decimals]!;
  const sizeLower = size - sizeUpper;
  const powerLower = power - powerUpper;
  const error =
    sizeUpper * powerUpper -
    product +
    sizeUpper * powerLower +
    sizeLower * powerUpper +
    sizeLower * powerLower;

  const step = halfStep(size);
  // The neighbour below a power of two is nearer than the one above.
  if (step * 2 ** 53 === size) return writeAscii(String(value), to, at);
  // What lies nearer to the product than this reads back as the same double.
  const reach = step * power;

  let upper = Math.floor(product / 1e8);
  const rest = product - 1e8 * upper + error;
  let lower = 10 * Math.round(rest / 10);
  let distance = Math.abs(lower - rest);
  if (Math.abs(distance - reach) < DOUBT) return writeAscii(String(value), to, at);
  let border = 5;
  if (distance > reach) {
    lower = Math.round(rest);
    distance = Math.abs(lower - rest);
    border = 0.5;
  }
  if (border - distance < DOUBT) return writeAscii(String(value), to, at);
  if (lower >= 1e8) {
    lower -= 1e8;
    upper++;
  } else if (lower < 0) {
    lower += 1e8;
    upper--;
  }
  return writeSeventeen(upper | 0, lower | 0, exponent, to, value < 0 ? writeMinus(to, at) : at);
}

/** Writes (upper · 10⁸ + lower) · 10^(exponent − 16), of 17 digits of which the last may be zero. */
function writeSeventeen(upper: number, lower: number, exponent: number, to: Bytes, at: number): number {
  let digits = at + 1;
  if (exponent < 0) {
    to[at] = ZERO;
    to[at + 1] = POINT;
    digits = at + 1 - exponent;
    for (let zero = at + 2; zero < digits; zero++) to[zero] = ZERO;
  }
  const first = (upper / 1e8) | 0;
  to[digits] = ZERO + first;
  const end = writeEight(lower, to, writeEight(upper - 1e8 * first, to, digits + 1));
  if (exponent >= 0) {
    for (let digit = at; digit <= at + exponent; digit++) to[digit] = to[digit + 1]!;
    to[digits + exponent] = POINT;
  }
  return to[end - 1] === ZERO ? end - 1 : end;
}

/** The upper 26 bits of a number (Veltkamp). */
function upperHalf(value: number): number {
  const product = 134217729 * value;
  return product - (product - value);
}

function writeText(value: number, text: (value: number) => string, to: Bytes, at: number): number {
  if (value !== 0) return writeAscii(text(value), to, at);
  const digit = Object.is(value, -0) ? writeMinus(to, at) : at;
  to[digit] = ZERO;
  return digit + 1;
}

function float32Text(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}
