const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;
/** Digits of a nested order-29 cell, which has 62 bits. */
const PASSES = 4;

/**
 * Row numbers in ascending order of their order-29 cells, which are not negative. Rows of one cell keep
 * their order. (A radix sort: comparing BigInts through a callback takes twenty times as long.)
 */
export function orderByIndex(index: BigInt64Array): Uint32Array {
  const digits = new Uint16Array(index.buffer, index.byteOffset, index.length * PASSES);
  let order = new Uint32Array(index.length);
  for (let row = 0; row < order.length; row += 1) order[row] = row;
  let next = new Uint32Array(index.length);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const ends = new Uint32Array(DIGITS);
    for (let row = 0; row < index.length; row += 1) ends[digits[row * PASSES + pass]!]! += 1;
    let start = 0;
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const count = ends[digit]!;
      ends[digit] = start;
      start += count;
    }
    for (const row of order) {
      const digit = digits[row * PASSES + pass]!;
      next[ends[digit]!] = row;
      ends[digit]! += 1;
    }
    [order, next] = [next, order];
  }
  return order;
}
