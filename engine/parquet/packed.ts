/** Numbers in fewer bytes than they had, each with the very value it had. */
export interface PackedNumbers {
  readonly bytes: number;
  /** An array of the type that was packed. */
  take(rows: Uint32Array): Numbers | BigInt64Array;
}

type Numbers = Float64Array | Float32Array | Int32Array | Int16Array | Uint8Array;

/** Whole numbers as the smallest of them and what each is above it. */
interface Steps {
  readonly first: number;
  readonly above: Uint8Array | Uint16Array | Uint32Array;
}

const POWERS = Array.from({ length: 13 }, (_, exponent) => 10 ** exponent);

/** Whole numbers below these are exact, in doubles and in floats. */
const EXACT = { 8: 2 ** 53, 4: 2 ** 24 } as const;

/**
 * Floating-point numbers as multiples of a power of ten, which decimals are: a quotient of exact whole numbers is
 * rounded as the decimal was when it was read (IEEE 754).
 * @returns null where not all numbers are such decimals, or would not become smaller.
 */
export function packDecimals(values: Float64Array | Float32Array): PackedNumbers | null {
  const power = POWERS.find((power) => areMultiples(values, power));
  if (power === undefined) return null;
  const whole = wholeNumbers(values.length);
  for (let row = 0; row < values.length; row++) whole[row] = Math.round(values[row]! * power);
  const steps = stepsOf(whole, values.BYTES_PER_ELEMENT);
  return steps && quotients(steps, power, values instanceof Float32Array ? Float32Array : Float64Array);
}

// What gives the numbers back is made apart from what packs them: a closure keeps all alive that closures beside it use.

function quotients(
  { first, above }: Steps,
  power: number,
  type: Float64ArrayConstructor | Float32ArrayConstructor,
): PackedNumbers {
  return {
    bytes: above.byteLength,
    take(rows) {
      const taken = new type(rows.length);
      for (let at = 0; at < rows.length; at++) taken[at] = (first + above[rows[at]!]!) / power;
      return taken;
    },
  };
}

/** Whole numbers from the smallest one on; null where they would not become smaller. */
export function packIntegers(values: Int32Array | Int16Array | Uint8Array): PackedNumbers | null {
  const whole = wholeNumbers(values.length);
  whole.set(values);
  const steps = stepsOf(whole, values.BYTES_PER_ELEMENT);
  if (steps === null) return null;
  // An array of one byte each is never made smaller.
  return sums(steps, values instanceof Int32Array ? Int32Array : Int16Array);
}

function sums({ first, above }: Steps, type: Int32ArrayConstructor | Int16ArrayConstructor): PackedNumbers {
  return {
    bytes: above.byteLength,
    take(rows) {
      const taken = new type(rows.length);
      for (let at = 0; at < rows.length; at++) taken[at] = first + above[rows[at]!]!;
      return taken;
    },
  };
}

/** Whole numbers of 64 bits that have their upper halves in common; null where they have not. */
export function packWide(values: BigInt64Array): PackedNumbers | null {
  // Low and high half of each, as all machines that WebAssembly knows store them.
  const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const high = halves[1] ?? 0;
  const low = wholeNumbers(values.length);
  for (let row = 0; row < values.length; row++) {
    if (halves[2 * row + 1] !== high) return null;
    low[row] = halves[2 * row]!;
  }
  const steps = stepsOf(low, values.BYTES_PER_ELEMENT);
  return steps && wideSums(steps, high);
}

function wideSums({ first, above }: Steps, high: number): PackedNumbers {
  return {
    bytes: above.byteLength,
    take(rows) {
      const taken = new BigInt64Array(rows.length);
      const half = new Uint32Array(taken.buffer);
      for (let at = 0; at < rows.length; at++) {
        half[2 * at] = first + above[rows[at]!]!;
        half[2 * at + 1] = high;
      }
      return taken;
    },
  };
}

/** Whether each number is the quotient of an exact whole number and the power. */
function areMultiples(values: Float64Array | Float32Array, power: number): boolean {
  const most = EXACT[values.BYTES_PER_ELEMENT as 4 | 8];
  const single = values instanceof Float32Array;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    const whole = Math.round(value * power);
    const quotient = whole / power;
    if ((single ? Math.fround(quotient) : quotient) !== value) return false;
    if (whole >= most || whole <= -most || Object.is(value, -0)) return false;
  }
  return true;
}

/** Null where each would not take fewer than `bytesEach` bytes. */
function stepsOf(whole: Float64Array, bytesEach: number): Steps | null {
  let first = whole.length === 0 ? 0 : whole[0]!;
  let last = first;
  for (let row = 1; row < whole.length; row++) {
    const number = whole[row]!;
    if (number < first) first = number;
    if (number > last) last = number;
  }
  const above = newSteps(last - first, whole.length);
  if (above === null || above.BYTES_PER_ELEMENT >= bytesEach) return null;
  for (let row = 0; row < whole.length; row++) above[row] = whole[row]! - first;
  return { first, above };
}

function newSteps(most: number, length: number): Steps['above'] | null {
  if (most < 2 ** 8) return new Uint8Array(length);
  if (most < 2 ** 16) return new Uint16Array(length);
  return most < 2 ** 32 ? new Uint32Array(length) : null;
}

let scratch = new Float64Array(1024);

/** Room for so many numbers, until the next call. */
function wholeNumbers(length: number): Float64Array {
  if (length > scratch.length) scratch = new Float64Array(length);
  return scratch.subarray(0, length);
}
