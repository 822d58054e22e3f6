import { fitsTable } from '../../engine/healpix-wasm/fits-table.ts';
import type { HatsFile } from './hats-files.ts';
import { MAX_ORDER, orderOfCells, rowsPerCell } from './partitioning.ts';

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
export function skymapFiles(histogram: Uint32Array): { files: HatsFile[]; orders: SkymapOrders } {
  let order = MAX_ORDER;
  let rows: ArrayLike<number> = histogram;
  while (skymapBytes(rows) > MAX_BYTES) {
    order -= 1;
    rows = rowsPerCell(histogram, order);
  }
  const finest = skymapFits(rows);
  return {
    orders: { order, others: [PREVIEW_ORDER] },
    files: [
      { path: 'skymap.fits', bytes: finest },
      { path: 'point_map.fits', bytes: finest },
      { path: `skymap.${PREVIEW_ORDER}.fits`, bytes: skymapFits(rowsPerCell(histogram, PREVIEW_ORDER)) },
    ],
  };
}

/**
 * A map as a FITS file of the HEALPix convention, nested, equatorial: a value for each cell, or, where most cells are empty, the
 * others with their numbers.
 * @param rows of each cell of an order.
 */
export function skymapFits(rows: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const cells = rows.length;
  const nside = 2 ** orderOfCells(cells);
  const filled = countFilled(rows);
  if (isSparse(filled, cells)) {
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
      for (let cell = 0; cell < cells; cell += 1) {
        if (rows[cell]! === 0) continue;
        setCount(view, at, cell);
        setCount(view, at + VALUE_BYTES, rows[cell]!);
        at += 2 * VALUE_BYTES;
      }
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
    for (let cell = 0; cell < cells; cell += 1) setCount(view, VALUE_BYTES * cell, rows[cell]!);
  });
}

const HEALPIX = [
  ['PIXTYPE', 'HEALPIX'],
  ['ORDERING', 'NESTED'],
  ['COORDSYS', 'C'],
  ['EXTNAME', 'SKYMAP'],
] as const;

function skymapBytes(rows: ArrayLike<number>): number {
  const filled = countFilled(rows);
  return isSparse(filled, rows.length) ? 2 * VALUE_BYTES * filled : VALUE_BYTES * rows.length;
}

function isSparse(filled: number, cells: number): boolean {
  return filled < cells / 2;
}

function countFilled(rows: ArrayLike<number>): number {
  let filled = 0;
  for (let cell = 0; cell < rows.length; cell += 1) filled += Number(rows[cell]! > 0);
  return filled;
}

/** An integer of eight bytes that a double can hold. */
function setCount(view: DataView, at: number, count: number): void {
  view.setUint32(at, Math.floor(count / 2 ** 32));
  view.setUint32(at + 4, count % 2 ** 32);
}
