import type { CellRanges } from './kernel.ts';

/** Cells that are in one of two lists of ranges or in both; full where one of them says so. */
export function union(a: CellRanges, b: CellRanges): CellRanges {
  const out = rangeList();
  let [i, j] = [0, 0];
  // What is before it is done.
  let at = 0n;
  while (i < a.start.length || j < b.start.length) {
    const [startA, startB] = [nextStart(a, i, at), nextStart(b, j, at)];
    const start = startA < startB ? startA : startB;
    const [inA, inB] = [startA === start, startB === start];
    const [changeA, changeB] = [inA ? a.end[i]! : startA, inB ? b.end[j]! : startB];
    at = changeA < changeB ? changeA : changeB;
    out.push(start, at, (inA && a.full[i] === 1) || (inB && b.full[j] === 1));
    if (inA && a.end[i] === at) i++;
    if (inB && b.end[j] === at) j++;
  }
  return out.ranges();
}

/** Cells that are in both of two lists of ranges; full where both say so. */
export function intersection(a: CellRanges, b: CellRanges): CellRanges {
  const out = rangeList();
  let [i, j] = [0, 0];
  while (i < a.start.length && j < b.start.length) {
    const start = a.start[i]! > b.start[j]! ? a.start[i]! : b.start[j]!;
    const end = a.end[i]! < b.end[j]! ? a.end[i]! : b.end[j]!;
    if (start < end) out.push(start, end, a.full[i] === 1 && b.full[j] === 1);
    // One list may be a whole catalogue's: what lies before the other's next range is leapt over.
    if (a.end[i] === end) i = firstEndingAfter(a, i + 1, b.start[j]!);
    else j = firstEndingAfter(b, j + 1, a.start[i]!);
  }
  return out.ranges();
}

/** Whether two lists of ranges have a cell in common. */
export function touches(a: CellRanges, b: CellRanges): boolean {
  let [i, j] = [0, 0];
  while (i < a.start.length && j < b.start.length) {
    if (a.end[i]! <= b.start[j]!) i = firstEndingAfter(a, i + 1, b.start[j]!);
    else if (b.end[j]! <= a.start[i]!) j = firstEndingAfter(b, j + 1, a.start[i]!);
    else return true;
  }
  return false;
}

/** Ranges pushed in ascending order; those alike that follow each other become one. */
export function rangeList(): {
  push(start: bigint, end: bigint, full: boolean): void;
  ranges(): CellRanges;
} {
  const starts: bigint[] = [];
  const ends: bigint[] = [];
  const flags: number[] = [];
  return {
    push(start, end, full) {
      const last = ends.length - 1;
      if (ends[last] === start && flags[last] === Number(full)) ends[last] = end;
      else {
        starts.push(start);
        ends.push(end);
        flags.push(Number(full));
      }
    },
    ranges: () => ({
      start: BigInt64Array.from(starts),
      end: BigInt64Array.from(ends),
      full: Uint8Array.from(flags),
    }),
  };
}

/** Beyond the last cell of order 29. */
const BEYOND = 1n << 62n;

function nextStart({ start }: CellRanges, i: number, at: bigint): bigint {
  const next = start[i] ?? BEYOND;
  return next > at ? next : at;
}

/** First range from `low` on that ends after a cell: by leaps, then by halves. */
function firstEndingAfter({ end }: CellRanges, low: number, cell: bigint): number {
  let from = low;
  let high = low;
  for (let step = 1; high < end.length && end[high]! <= cell; step *= 2) {
    from = high + 1;
    high = from + step;
  }
  high = Math.min(high, end.length);
  while (from < high) {
    const middle = (from + high) >>> 1;
    if (end[middle]! <= cell) from = middle + 1;
    else high = middle;
  }
  return from;
}
