import type { CellRanges, Cone, HealpixKernel, Region } from '../../healpix-wasm/kernel.ts';
import { KernelError } from '../../healpix-wasm/kernel-error.ts';
import { intersection, rangeList, union } from '../../healpix-wasm/ranges.ts';

/** A part of the sky, or one around it: what is known of where the positions are that matter. */
export type Sky =
  | { readonly kind: 'everywhere' }
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'cone'; readonly cone: Cone }
  | { readonly kind: 'polygon' | 'box'; readonly region: Region & { readonly kind: 'polygon' | 'box' } }
  | Window
  | { readonly kind: 'cells'; readonly order: number; readonly cells: readonly CellSpan[] }
  | { readonly kind: 'all-of' | 'any-of'; readonly parts: readonly Sky[] };

/** Coordinates between bounds, all included, in degrees: west is not above east, and both are in 0…360. */
export interface Window {
  readonly kind: 'window';
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** Nested cells of an order, the first and the last included. */
export interface CellSpan {
  readonly first: bigint;
  readonly last: bigint;
}

export type Ranges = Pick<HealpixKernel, 'coneRanges' | 'regionRanges'>;

export const EVERYWHERE: Sky = { kind: 'everywhere' };
export const NOWHERE: Sky = { kind: 'nowhere' };

/** Regions that a sky is made of at most: beyond, it is taken for everything rather than that a query is planned for seconds. */
const MOST_PARTS = 2000;

/** What is in both. */
export function both(a: Sky, b: Sky): Sky {
  if (a === b || a.kind === 'nowhere' || b.kind === 'everywhere') return a;
  if (b.kind === 'nowhere' || a.kind === 'everywhere') return b;
  if (a.kind === 'window' && b.kind === 'window') return common(a, b);
  return { kind: 'all-of', parts: distinct([...partsOf(a, 'all-of'), ...partsOf(b, 'all-of')]) };
}

/** What is in one or another. */
export function anyOf(skies: readonly Sky[]): Sky {
  if (skies.some(({ kind }) => kind === 'everywhere')) return EVERYWHERE;
  const parts = distinct(skies.flatMap((sky) => (sky.kind === 'nowhere' ? [] : partsOf(sky, 'any-of'))));
  if (parts.length === 0) return NOWHERE;
  return parts.length === 1 ? parts[0]! : { kind: 'any-of', parts };
}

/** Coordinates between bounds, which may be infinite. */
export function windowOf(bounds: Omit<Window, 'kind'>): Sky {
  const west = Math.max(bounds.west, 0);
  const east = Math.min(bounds.east, 360);
  const south = Math.max(bounds.south, -90);
  const north = Math.min(bounds.north, 90);
  if (!(west <= east && south <= north)) return NOWHERE;
  const whole = west === 0 && east === 360 && south === -90 && north === 90;
  return whole ? EVERYWHERE : { kind: 'window', west, east, south, north };
}

function common(a: Window, b: Window): Sky {
  return windowOf({
    west: Math.max(a.west, b.west),
    east: Math.min(a.east, b.east),
    south: Math.max(a.south, b.south),
    north: Math.min(a.north, b.north),
  });
}

/** Some are met on several ways through a query. */
function distinct(parts: readonly Sky[]): readonly Sky[] {
  return [...new Set(parts)];
}

function partsOf(sky: Sky, kind: 'all-of' | 'any-of'): readonly Sky[] {
  return sky.kind === kind ? sky.parts : [sky];
}

/** The cells that cover a part of the sky; null for all. No range says that it is full. */
export function rangesOf(sky: Sky, kernel: Ranges): CellRanges | null {
  const ranges = isManifold(sky) ? null : coverOf(sky, kernel);
  return ranges && unflagged(ranges);
}

/** Whether it is made of more regions than are looked at. */
export function isManifold(sky: Sky): boolean {
  let left = MOST_PARTS;
  const count = (part: Sky): void => {
    if ('parts' in part) for (const inner of part.parts) if (left >= 0) count(inner);
    left--;
  };
  count(sky);
  return left < 0;
}

function coverOf(sky: Sky, kernel: Ranges): CellRanges | null {
  switch (sky.kind) {
    case 'everywhere':
      return null;
    case 'nowhere':
      return rangeList().ranges();
    case 'cone':
      return kernel.coneRanges(sky.cone);
    case 'polygon':
    case 'box':
      return regionRanges(sky.region, kernel);
    case 'window':
      return kernel.regionRanges({ ...sky, kind: 'zone' });
    case 'cells':
      return cellRanges(sky.order, sky.cells);
    case 'all-of':
      return sky.parts
        .map((part) => coverOf(part, kernel))
        .reduce((a, b) => (a === null ? b : b === null ? a : intersection(a, b)));
    case 'any-of':
      return united(sky.parts.map((part) => coverOf(part, kernel)));
  }
}

/** A polygon that is none holds nothing, but that is for the engine to say. */
function regionRanges(region: Region, kernel: Ranges): CellRanges | null {
  try {
    return kernel.regionRanges(region);
  } catch (error) {
    if (error instanceof KernelError) return null;
    throw error;
  }
}

/** By halves: a union costs what its operands are long. */
function united(covers: readonly (CellRanges | null)[]): CellRanges | null {
  if (covers.length === 1) return covers[0]!;
  const half = covers.length >> 1;
  const [a, b] = [united(covers.slice(0, half)), united(covers.slice(half))];
  return a === null || b === null ? null : union(a, b);
}

function cellRanges(order: number, cells: readonly CellSpan[]): CellRanges {
  const shift = BigInt(2 * (29 - order));
  const list = rangeList();
  let done = -1n;
  for (const { first, last } of cells.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const from = first > done ? first : done + 1n;
    if (from > last) continue;
    list.push(from << shift, (last + 1n) << shift, false);
    done = last;
  }
  return list.ranges();
}

function unflagged({ start, end }: CellRanges): CellRanges {
  const list = rangeList();
  for (let at = 0; at < start.length; at++) list.push(start[at]!, end[at]!, false);
  return list.ranges();
}
