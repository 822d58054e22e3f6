import { fitsTable } from '../../engine/healpix-wasm/fits-table.ts';
import type { HatsFile } from './hats-files.ts';
import { countsAtOrder, eachFilled, type Histogram, MAX_ORDER } from './histogram.ts';
import { orderOfCells } from './partitioning.ts';

/** What the properties of a catalogue say of its maps of the sky. */
export interface SkymapOrders {
  readonly order: number;
  /** Of the coarser ones beside it. */
  readonly others: readonly number[];
}

/** A map that readers load in one go. */
const MAX_BYTES = 8 * 2 ** 20;

/** Cells of 3.7°, for a quick look. */
const PREVIEW_ORDER = 4;

const VALUE_BYTES = 8;

/**
 * The maps of a HATS catalogue: how many rows there are in each cell of the finest order for which that is a small file, and of a coarse
 * one. `point_map.fits` is the older name of the first, by which readers find where the catalogue is.
 * @param histogram rows per cell at MAX_ORDER.
 */
export function skymapFiles(histogram: Histogram): { files: HatsFile[]; orders: SkymapOrders } {
  let order = MAX_ORDER;
  let map = mapOfHistogram(histogram);
  while (skymapBytes(map) > MAX_BYTES) {
    // Four cells may become one, but no more: an order that would still be too large is not looked at.
    do order -= 1;
    while (leastBytes(map, order) > MAX_BYTES);
    map = mapOfCounts(countsAtOrder(histogram, order));
  }
  const finest = skymapFits(map);
  const preview = mapOfCounts(countsAtOrder(histogram, PREVIEW_ORDER));
  return {
    orders: { order, others: [PREVIEW_ORDER] },
    files: [
      { path: 'skymap.fits', bytes: finest },
      { path: 'point_map.fits', bytes: finest },
      { path: `skymap.${PREVIEW_ORDER}.fits`, bytes: skymapFits(preview) },
    ],
  };
}

/** Rows of each cell of an order. */
interface Skymap {
  readonly cells: number;
  /** Cells that have rows. */
  readonly filled: number;
  /** Shows each of those, ascending. */
  each(show: (cell: number, rows: number) => void): void;
}

function mapOfHistogram(histogram: Histogram): Skymap {
  let filled = 0;
  eachFilled(histogram, () => {
    filled += 1;
  });
  return { cells: histogram.cells, filled, each: (show) => eachFilled(histogram, show) };
}

/** @param rows of each cell of an order. */
export function mapOfCounts(rows: ArrayLike<number>): Skymap {
  let filled = 0;
  for (let cell = 0; cell < rows.length; cell += 1) filled += Number(rows[cell]! > 0);
  return {
    cells: rows.length,
    filled,
    each(show) {
      for (let cell = 0; cell < rows.length; cell += 1) if (rows[cell]! > 0) show(cell, rows[cell]!);
    },
  };
}

/**
 * A map as a FITS file of the HEALPix convention, nested, equatorial: a value for each cell, or, where most cells are empty, the
 * others with their numbers.
 */
export function skymapFits(map: Skymap): Uint8Array<ArrayBuffer> {
  const { cells, filled } = map;
  const nside = 2 ** orderOfCells(cells);
  if (isSparse(map)) {
    const columns = ['PIXEL', 'VALUE'].map((name) => ({ name, format: '1K' }));
    const cards = [
      ...HEALPIX,
      ['INDXSCHM', 'EXPLICIT'],
      ['NSIDE', nside],
      ['OBJECT', 'PARTIAL'],
      ['OBS_NPIX', filled],
    ] as const;
    return fitsTable({ columns, width: 2 * VALUE_BYTES, rows: filled }, cards, (view) => {
      let at = 0;
      map.each((cell, rows) => {
        setCount(view, at, cell);
        setCount(view, at + VALUE_BYTES, rows);
        at += 2 * VALUE_BYTES;
      });
    });
  }
  const cards = [
    ...HEALPIX,
    ['INDXSCHM', 'IMPLICIT'],
    ['NSIDE', nside],
    ['OBJECT', 'FULLSKY'],
    ['FIRSTPIX', 0],
    ['LASTPIX', cells - 1],
  ] as const;
  const columns = [{ name: 'VALUE', format: '1K' }];
  return fitsTable({ columns, width: VALUE_BYTES, rows: cells }, cards, (view) => {
    map.each((cell, rows) => {
      setCount(view, VALUE_BYTES * cell, rows);
    });
  });
}

const HEALPIX = [
  ['PIXTYPE', 'HEALPIX'],
  ['ORDERING', 'NESTED'],
  ['COORDSYS', 'C'],
  ['EXTNAME', 'SKYMAP'],
] as const;

function skymapBytes(map: Skymap): number {
  return VALUE_BYTES * (isSparse(map) ? 2 * map.filled : map.cells);
}

/** What a map of a coarser order has at least. */
function leastBytes({ filled, cells }: Skymap, order: number): number {
  const coarser = 12 * 4 ** order;
  return VALUE_BYTES * Math.min((2 * filled * coarser) / cells, coarser);
}

function isSparse({ filled, cells }: Skymap): boolean {
  return filled < cells / 2;
}

/** An integer of eight bytes that a double can hold. */
function setCount(view: DataView, at: number, count: number): void {
  view.setUint32(at, Math.floor(count / 2 ** 32));
  view.setUint32(at + 4, count % 2 ** 32);
}
