import type { CellRanges } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { rangeList } from './ranges.ts';

/** A space MOC (MOC 2.0): whole cells of an order, as ranges of order-29 cells, all full. */
export interface Moc {
  /** In 0…29. */
  readonly order: number;
  readonly ranges: CellRanges;
}

/** The largest cells that make up a MOC, ascending by order, then by number. */
export interface MocCell {
  readonly order: number;
  readonly cell: bigint;
}

const ORDER = 29;

/** The cells of an order that ranges have part in. */
export function mocOfRanges({ start, end }: CellRanges, order: number): Moc {
  const shift = shiftOf(order);
  const out = rangeList();
  let done = 0n;
  start.forEach((first, i) => {
    const from = (first >> shift) << shift;
    const to = (((end[i]! - 1n) >> shift) + 1n) << shift;
    if (to > done) out.push(from > done ? from : done, to, true);
    if (to > done) done = to;
  });
  return { order, ranges: out.ranges() };
}

/** Fraction of the sky inside a MOC. */
export function skyFraction({ ranges: { start, end } }: Moc): number {
  const cells = start.reduce((sum, first, at) => sum + end[at]! - first, 0n);
  return Number(cells) / (12 * 4 ** ORDER);
}

export function mocCells({ order, ranges: { start, end } }: Moc): MocCell[] {
  const byOrder: MocCell[][] = Array.from({ length: order + 1 }, () => []);
  start.forEach((first, i) => {
    const last = end[i]!;
    for (let at = first; at < last; ) {
      // The largest cell that begins here and does not go beyond the end.
      let level = order;
      while (level > 0 && fits(at, last, level - 1)) level--;
      const shift = shiftOf(level);
      byOrder[level]!.push({ order: level, cell: at >> shift });
      at += 1n << shift;
    }
  });
  return byOrder.flat();
}

function fits(at: bigint, last: bigint, order: number): boolean {
  const size = 1n << shiftOf(order);
  return (at & (size - 1n)) === 0n && at + size <= last;
}

/** The ASCII serialisation of MOC 2.0, such as `3/4-6 9 29/`: ends with the order of the MOC, which may have no cell. */
export function mocAscii(moc: Moc): string {
  const groups = cellsByOrder(moc).map(({ order, cells }) => `${order}/${runs(cells).join(' ')}`);
  return groups.join(' ');
}

/** The JSON serialisation of MOC 2.0: lists of cells by order, the order of the MOC always among them. */
export function mocJson(moc: Moc): string {
  const groups = cellsByOrder(moc).map(({ order, cells }) => `"${order}":[${cells.join(',')}]`);
  return `{${groups.join(',')}}`;
}

function cellsByOrder(moc: Moc): { order: number; cells: bigint[] }[] {
  const groups = Map.groupBy(mocCells(moc), ({ order }) => order);
  if (!groups.has(moc.order)) groups.set(moc.order, []);
  return [...groups].map(([order, cells]) => ({ order, cells: cells.map(({ cell }) => cell) }));
}

function runs(cells: readonly bigint[]): string[] {
  const found: [first: bigint, last: bigint][] = [];
  for (const cell of cells) {
    const last = found.at(-1);
    if (last !== undefined && last[1] + 1n === cell) last[1] = cell;
    else found.push([cell, cell]);
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
}

/**
 * A MOC from its ASCII form, as clients send it.
 * @throws {KernelError} naming the word that is none of a MOC
 */
export function readMocAscii(text: string): Moc {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  let order: number | null = null;
  let deepest = 0;
  const found: { start: bigint; end: bigint }[] = [];
  for (const word of words) {
    const parts = /^(?:(?:s?(\d{1,2}))\/)?(?:(\d{1,19})(?:-(\d{1,19}))?)?$/.exec(word);
    const [, given, first, last = first] = parts ?? [];
    order = given === undefined ? order : Number(given);
    if (parts === null || order === null || order > ORDER) throw badMoc(word);
    deepest = Math.max(deepest, order);
    if (first === undefined) continue;
    const [from, to] = [BigInt(first), BigInt(last!)];
    if (from > to || to >= 12n << (2n * BigInt(order))) throw badMoc(word);
    found.push({ start: from << shiftOf(order), end: (to + 1n) << shiftOf(order) });
  }
  if (order === null) throw badMoc(text);
  return { order: deepest, ranges: joined(found) };
}

function joined(ranges: { start: bigint; end: bigint }[]): CellRanges {
  const out = rangeList();
  let done = 0n;
  for (const { start, end } of ranges.sort((a, b) => Number(a.start - b.start))) {
    if (end > done) out.push(start > done ? start : done, end, true);
    if (end > done) done = end;
  }
  return out.ranges();
}

function badMoc(word: string): KernelError {
  return new KernelError(
    `"${word.slice(0, 40)}" is not of a MOC: expected orders in 0…29 with cells below 12·4^order, as in 3/4-6,9 5/70`,
  );
}

function shiftOf(order: number): bigint {
  if (!(Number.isInteger(order) && order >= 0 && order <= ORDER)) {
    throw new KernelError(`there is no order ${order}: it must be an integer in 0…29`);
  }
  return 2n * BigInt(ORDER - order);
}
