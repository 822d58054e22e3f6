import type { CellRanges } from '../../engine/healpix-wasm/kernel.ts';
import { rangeList } from '../../engine/healpix-wasm/ranges.ts';
import type { Parsed } from '../request/values.ts';

const MAX_ORDER = 29;

const cellsOf = (order: number): bigint => 12n << BigInt(2 * order);

/** A range of cells of one order, the last one included. */
interface Cells {
  readonly order: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** The cells of a MOC in ASCII (MOC 2.0 §4.3.2, DALI's xtype moc): `3/17 20-23 5/4,9`; or in JSON: `{"3": [17, 20]}`. */
export function parseMoc(text: string): Parsed<CellRanges> {
  const parsed = text.trim().startsWith('{') ? jsonCells(text) : asciiCells(text);
  if ('fault' in parsed) return parsed;
  for (const { order, first, last } of parsed.value) {
    if (order > MAX_ORDER) return { fault: `has the order ${order}; orders go up to ${MAX_ORDER}` };
    if (first > last) return { fault: `has the range ${first}-${last}, which ends before it begins` };
    if (last >= cellsOf(order)) {
      return { fault: `has the cell ${last} of order ${order}, whose last is ${cellsOf(order) - 1n}` };
    }
  }
  const sorted = parsed.value
    .map(({ order, first, last }) => {
      const shift = BigInt(2 * (MAX_ORDER - order));
      return { start: first << shift, end: (last + 1n) << shift };
    })
    .sort((a, b) => (a.start < b.start ? -1 : 1));
  const ranges = rangeList();
  let covered = 0n;
  for (const { start, end } of sorted) {
    const from = start > covered ? start : covered;
    if (from < end) ranges.push(from, end, true);
    if (end > covered) covered = end;
  }
  return { value: ranges.ranges() };
}

const EXAMPLE = 'such as 3/17,20-23 5/4';

function asciiCells(text: string): Parsed<Cells[]> {
  const cells: Cells[] = [];
  let order: number | null = null;
  for (const word of text.trim().split(/[\s,]+/)) {
    const [, newOrder, first, last] = /^(?:(\d{1,2})\/)?(?:(\d{1,19})(?:-(\d{1,19}))?)?$/.exec(word) ?? [];
    if (newOrder !== undefined) order = Number(newOrder);
    if ((newOrder ?? first) === undefined || order === null) {
      return { fault: `has "${word.slice(0, 40)}", which is no MOC in ASCII, ${EXAMPLE}` };
    }
    if (first !== undefined) cells.push({ order, first: BigInt(first), last: BigInt(last ?? first) });
  }
  return { value: cells };
}

function jsonCells(text: string): Parsed<Cells[]> {
  const fault = { fault: 'is no MOC in JSON, such as {"3": [17, 20], "5": [4]}' };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fault;
  }
  const cells: Cells[] = [];
  for (const [order, list] of Object.entries(json as object)) {
    if (!/^\d{1,2}$/.test(order) || !Array.isArray(list)) return fault;
    for (const cell of list as unknown[]) {
      if (!Number.isSafeInteger(cell) || (cell as number) < 0) return fault;
      const pixel = BigInt(cell as number);
      cells.push({ order: Number(order), first: pixel, last: pixel });
    }
  }
  return { value: cells };
}
