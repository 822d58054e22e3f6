import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { Cell } from './partitioning.ts';

/** The margins of the partitions of a catalogue: rows around each that are near enough to matter to its own. */
export interface Margins {
  /** All of the sky: the partitions, and the largest cells of what is between them, in the order of the index. */
  readonly cells: readonly Cell[];
  /**
   * Numbers of the cells that a row is near to, its own left out; a cell may be among them that is a little farther away.
   * @param high of the order-29 cell of the row the higher 30 bits, and `low` the lower 32.
   * @param position of the row: degrees. Asked only of rows that may be near to a border.
   */
  near(high: number, low: number, position: () => { lon: number; lat: number }): readonly number[];
}

const INDEX_ORDER = 29;
/** No partition is of a finer order; the numbers of its cells are exact in a double. */
const FINEST_ORDER = 24;
const BASE_CELLS = 12;

/** Orders below a cell in which rows at its border are told from those inside. */
const BORDER_ORDERS = 12;

/** The narrowest cells are wider than this share of the root of their area, with much to spare. */
const NARROWEST = 1 / 4;

const ARCSEC = 1 / 3600;

/**
 * @param partitions in the order of the index.
 * @param arcsec distance within which a row belongs to the margin of a cell.
 */
export function marginsOf(
  kernel: Pick<HealpixKernel, 'coneRanges'>,
  partitions: readonly Cell[],
  arcsec: number,
): Margins {
  const cells = wholeSky(partitions);
  const firsts = Float64Array.from(cells, ({ order, pixel }) => pixel * 4 ** (FINEST_ORDER - order));
  const borders = cells.map(({ order }) => borderOf(order, arcsec));

  /** The cell that a cell of the finest order is in. */
  function cellAt(finest: number): number {
    let low = 0;
    let high = firsts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= finest) low = middle;
      else high = middle;
    }
    return low;
  }

  return {
    cells,
    near(high, low, position) {
      const own = cellAt(high * 2 ** (32 - FINEST_SHIFT) + (low >>> FINEST_SHIFT));
      if (!isAtBorder(borders[own]!, high, low)) return NONE;
      const { start, end } = kernel.coneRanges({ ...position(), radius: arcsec * ARCSEC });
      const found = new Set<number>();
      for (let range = 0; range < start.length; range += 1) {
        const last = cellAt(finestCell(end[range]! - 1n));
        for (let cell = cellAt(finestCell(start[range]!)); cell <= last; cell += 1) found.add(cell);
      }
      found.delete(own);
      return [...found];
    },
  };
}

const NONE: readonly number[] = [];

const FINEST_SHIFT = 2 * (INDEX_ORDER - FINEST_ORDER);

function finestCell(index: bigint): number {
  return Number(index >> BigInt(FINEST_SHIFT));
}

/** Fills the gaps between cells, which do not overlap and are in the order of the index, with the largest cells that fit. */
export function wholeSky(cells: readonly Cell[]): Cell[] {
  const whole: Cell[] = [];
  let next = 0;
  const fill = (until: number): void => {
    while (next < until) {
      let order = FINEST_ORDER;
      let size = 1;
      while (order > 0 && next % (4 * size) === 0 && next + 4 * size <= until) {
        order -= 1;
        size *= 4;
      }
      whole.push({ order, pixel: next / size });
      next += size;
    }
  };
  for (const cell of cells) {
    const size = 4 ** (FINEST_ORDER - cell.order);
    fill(cell.pixel * size);
    whole.push(cell);
    next += size;
  }
  fill(BASE_CELLS * 4 ** FINEST_ORDER);
  return whole;
}

/** Where in a cell rows may be near to its border: in the outermost cells of a finer order. */
interface Border {
  /** Of the finer order, from the lower end of the index. */
  readonly shift: number;
  /** Of the numbers of the finer cells within the cell. */
  readonly mask: number;
}

/** Null where all of the cell is near to its border. */
function borderOf(order: number, arcsec: number): Border | null {
  const degrees = arcsec * ARCSEC;
  let finer = order;
  while (finer < Math.min(order + BORDER_ORDERS, FINEST_ORDER) && narrowest(finer + 1) >= degrees) finer += 1;
  if (finer === order) return null;
  return { shift: 2 * (INDEX_ORDER - finer), mask: 4 ** (finer - order) - 1 };
}

/** Degrees. */
function narrowest(order: number): number {
  const area = (4 * Math.PI * (180 / Math.PI) ** 2) / (BASE_CELLS * 4 ** order);
  return NARROWEST * Math.sqrt(area);
}

/** The bits of x and y in the number of a nested cell. */
const X_BITS = 0x55_5555;
const Y_BITS = 0xaa_aaaa;

function isAtBorder(border: Border | null, high: number, low: number): boolean {
  if (border === null) return true;
  const { shift, mask } = border;
  const inner = (shift >= 32 ? high >>> (shift - 32) : (high << (32 - shift)) | (low >>> shift)) & mask;
  const [x, y] = [inner & X_BITS, inner & Y_BITS];
  return x === 0 || y === 0 || x === (mask & X_BITS) || y === (mask & Y_BITS);
}
