/** Numbers in fewer bytes than they had, each with the very value it had. */
export interface Packed {
  readonly bytes: number;
  /** An array of the type that was packed; what stands for a null is any number. */
  take(rows: Uint32Array): Numbers | BigInt64Array;
}

type Numbers = Float64Array | Float32Array | Int32Array | Int16Array | Uint8Array;
type IsNull = (row: number) => boolean;

const POWERS = Array.from({ length: 13 }, (_, exponent) => 10 ** exponent);

/** Whole numbers below these are exact, in doubles and in floats. */
const EXACT = { 8: 2 ** 53, 4: 2 ** 24 } as const;

/**
 * Floating-point numbers as multiples of a power of ten, which decimals are: a quotient of exact whole numbers is
 * rounded as the decimal was when it was read (IEEE 754).
 * @returns null where not all numbers are such decimals, or would not become smaller.
 */
export function packDecimals(values: Float64Array | Float32Array, isNull: IsNull): Packed | null {
  const multiples = multiplesOf(values, isNull);
  const steps = multiples && stepsOf(multiples.whole, isNull, values.BYTES_PER_ELEMENT);
  if (!steps) return null;
  const { power } = multiples;
  const { first, above } = steps;
  return {
    bytes: above.byteLength,
    take(rows) {
      const taken = newLike(values, rows.length);
      for (let at = 0; at < rows.length; at++) taken[at] = (first + above[rows[at]!]!) / power;
      return taken;
    },
  };
}

/** Whole numbers from the smallest one on; null where they would not become smaller. */
export function packIntegers(values: Int32Array | Int16Array | Uint8Array, isNull: IsNull): Packed | null {
  const steps = stepsOf(values, isNull, values.BYTES_PER_ELEMENT);
  if (!steps) return null;
  const { first, above } = steps;
  return {
    bytes: above.byteLength,
    take(rows) {
      const taken = newLike(values, rows.length);
      for (let at = 0; at < rows.length; at++) taken[at] = first + above[rows[at]!]!;
      return taken;
    },
  };
}

/** Whole numbers of 64 bits that have their upper halves in common; null where they have not. */
export function packWide(values: BigInt64Array, isNull: IsNull): Packed | null {
  // Low and high half of each, as all machines that WebAssembly knows store them.
  const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const low = new Float64Array(values.length);
  let high: number | null = null;
  for (let row = 0; row < values.length; row++) {
    if (isNull(row)) continue;
    high ??= halves[2 * row + 1]!;
    if (halves[2 * row + 1] !== high) return null;
    low[row] = halves[2 * row]!;
  }
  const steps = stepsOf(low, isNull, values.BYTES_PER_ELEMENT);
  if (!steps) return null;
  const { first, above } = steps;
  return {
    bytes: above.byteLength,
    take(rows) {
      const taken = new BigInt64Array(rows.length);
      const half = new Uint32Array(taken.buffer);
      for (let at = 0; at < rows.length; at++) {
        half[2 * at] = first + above[rows[at]!]!;
        half[2 * at + 1] = high ?? 0;
      }
      return taken;
    },
  };
}

/** The numbers times the smallest power of ten that makes all of them whole; null where none does. */
function multiplesOf(values: Float64Array | Float32Array, isNull: IsNull) {
  const exact = EXACT[values.BYTES_PER_ELEMENT as 4 | 8];
  const round = values instanceof Float32Array ? Math.fround : (value: number) => value;
  const isMultiple = (value: number, whole: number, power: number): boolean =>
    round(whole / power) === value && Math.abs(whole) < exact && !Object.is(value, -0);
  const whole = new Float64Array(values.length);
  let exponent = 0;
  for (let row = 0; row < values.length; row++) {
    if (isNull(row)) continue;
    const value = values[row]!;
    let power = POWERS[exponent]!;
    while (!isMultiple(value, Math.round(value * power), power)) {
      if (++exponent === POWERS.length) return null;
      power = POWERS[exponent]!;
    }
  }
  const power = POWERS[exponent]!;
  for (let row = 0; row < values.length; row++) {
    if (isNull(row)) continue;
    whole[row] = Math.round(values[row]! * power);
    // What a smaller power made whole may be too large now.
    if (!isMultiple(values[row]!, whole[row]!, power)) return null;
  }
  return { whole, power };
}

/** Whole numbers as the smallest of them and what the others are above it, if that takes fewer bytes each. */
function stepsOf(whole: Numbers, isNull: IsNull, bytesEach: number) {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < whole.length; row++) {
    if (isNull(row)) continue;
    first = Math.min(first, whole[row]!);
    last = Math.max(last, whole[row]!);
  }
  if (first > last) first = last = 0;
  const above = newSteps(last - first, whole.length);
  if (above === null || above.BYTES_PER_ELEMENT >= bytesEach) return null;
  for (let row = 0; row < whole.length; row++) if (!isNull(row)) above[row] = whole[row]! - first;
  return { first, above };
}

function newSteps(most: number, length: number): Uint8Array | Uint16Array | Uint32Array | null {
  if (most < 2 ** 8) return new Uint8Array(length);
  if (most < 2 ** 16) return new Uint16Array(length);
  return most < 2 ** 32 ? new Uint32Array(length) : null;
}

function newLike<T extends Numbers>(values: T, length: number): T {
  return new (values.constructor as new (length: number) => T)(length);
}
