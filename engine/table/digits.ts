/** ASCII of numbers, written straight into bytes that have room for it. Each function says where it ended. */
export type Bytes = Uint8Array<ArrayBuffer>;

const ZERO = '0'.charCodeAt(0);
const MINUS = '-'.charCodeAt(0);

/** The two digits of each number below 100. */
const TENS = Uint8Array.from({ length: 100 }, (_, pair) => ZERO + Math.floor(pair / 10));
const ONES = Uint8Array.from({ length: 100 }, (_, pair) => ZERO + (pair % 10));

/** Writes the four digits of a whole number below 10⁴, zeros in front. */
function writeFour(value: number, to: Bytes, at: number): void {
  const upper = (value / 100) | 0;
  const lower = value - 100 * upper;
  to[at] = TENS[upper]!;
  to[at + 1] = ONES[upper]!;
  to[at + 2] = TENS[lower]!;
  to[at + 3] = ONES[lower]!;
}

/** Writes the eight digits of a whole number below 10⁸, zeros in front. */
export function writeEight(value: number, to: Bytes, at: number): number {
  const upper = (value / 1e4) | 0;
  writeFour(upper, to, at);
  writeFour(value - 1e4 * upper, to, at + 4);
  return at + 8;
}

/** Writes a whole number below 100, with no zero in front. */
function writePair(value: number, to: Bytes, at: number): number {
  if (value < 10) {
    to[at] = ONES[value]!;
    return at + 1;
  }
  to[at] = TENS[value]!;
  to[at + 1] = ONES[value]!;
  return at + 2;
}

/** Writes a whole number in [0, 10⁹). */
export function writeCount(value: number, to: Bytes, at: number): number {
  if (value < 100) return writePair(value, to, at);
  if (value < 1e4) {
    const rest = (value / 100) | 0;
    const pair = value - 100 * rest;
    const end = writePair(rest, to, at);
    to[end] = TENS[pair]!;
    to[end + 1] = ONES[pair]!;
    return end + 2;
  }
  const rest = (value / 1e4) | 0;
  const end = writeCount(rest, to, at);
  writeFour(value - 1e4 * rest, to, end);
  return end + 4;
}

/** Writes a whole number in [0, 2⁵³]. */
export function writeNatural(value: number, to: Bytes, at: number): number {
  if (value < 1e8) return writeCount(value | 0, to, at);
  const upper = Math.floor(value / 1e8);
  return writeEight((value - 1e8 * upper) | 0, to, writeCount(upper | 0, to, at));
}

/** Writes a whole number in [−2⁵³, 2⁵³]. */
export function writeInteger(value: number, to: Bytes, at: number): number {
  if (value >= 0) return writeNatural(value, to, at);
  to[at] = MINUS;
  return writeNatural(-value, to, at + 1);
}

/** Writes an integer of 64 bits given as its halves, the upper one signed. */
export function writeInt64(upper: number, lower: number, to: Bytes, at: number): number {
  if (upper >= 0) return writeNatural64(upper, lower, to, at);
  to[at] = MINUS;
  const low = -lower >>> 0;
  return writeNatural64((~upper + (low === 0 ? 1 : 0)) >>> 0, low, to, at + 1);
}

function writeNatural64(upper: number, lower: number, to: Bytes, at: number): number {
  if (upper < 0x200000) return writeNatural(upper * 0x100000000 + lower, to, at);
  // Long division by 10⁹, 16 bits at a time: every step is exact in a double.
  let quotient = 0;
  let rest = 0;
  for (const limb of [upper >>> 16, upper & 0xffff, lower >>> 16, lower & 0xffff]) {
    const dividend = 0x10000 * rest + limb;
    const digit = Math.floor(dividend / 1e9);
    rest = dividend - 1e9 * digit;
    quotient = 0x10000 * quotient + digit;
  }
  let end = writeNatural(quotient, to, at);
  const first = (rest / 1e8) | 0;
  to[end++] = ONES[first]!;
  return writeEight(rest - 1e8 * first, to, end);
}

/** Writes characters that are all ASCII. */
export function writeAscii(text: string, to: Bytes, at: number): number {
  for (let character = 0; character < text.length; character++)
    to[at + character] = text.charCodeAt(character);
  return at + text.length;
}
