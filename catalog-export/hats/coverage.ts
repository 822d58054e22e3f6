import type { Coverage } from '../../engine/catalog/manifest.ts';
import { type Moc, mocAscii, mocJson, mocOfRanges } from '../../engine/healpix-wasm/moc.ts';
import { mocFits } from '../../engine/healpix-wasm/moc-fits.ts';
import { rangeList } from '../../engine/healpix-wasm/ranges.ts';
import type { HatsFile } from './hats-files.ts';
import { type Histogram, MAX_ORDER } from './histogram.ts';

/** The published MOC has at most so many ranges: files of a megabyte at most, which clients load in one go. */
const PUBLISHED_RANGES = 65_536;

/** The manifest's has at most so many: 75 kB at most of what a cold isolate reads before its first answer. */
const MANIFEST_RANGES = 4096;

const INDEX_ORDER = 29;

/**
 * The cells that hold a row, of the finest order up to MAX_ORDER (3.4′) that needs no more than so many ranges. Few rows, a
 * compact survey and a crowded sky have a fine order; many rows that are strewn over the sky a coarse one, whose cells nearly all
 * hold one.
 * @param histogram rows per cell at MAX_ORDER.
 */
export function mocOfHistogram(histogram: Histogram, maxRanges = PUBLISHED_RANGES): Moc {
  let order = MAX_ORDER;
  let borders = bordersOf(histogram, order, maxRanges);
  while (borders === null) {
    order -= 1;
    borders = bordersOf(histogram, order, maxRanges);
  }
  const shift = BigInt(2 * (INDEX_ORDER - order));
  const out = rangeList();
  for (let at = 0; at < borders.length; at += 2) {
    out.push(BigInt(borders[at]!) << shift, BigInt(borders[at + 1]!) << shift, true);
  }
  return { order, ranges: out.ranges() };
}

/** First cell of an order, and the one after the last, of each range of occupied cells; null if there are too many ranges. */
function bordersOf(histogram: Histogram, order: number, maxRanges: number): number[] | null {
  const shift = 2 * (MAX_ORDER - order);
  const borders: number[] = [];
  const areFew = histogram.every((cell) => {
    const first = cell >>> shift;
    const end = borders.at(-1) ?? -1;
    if (first === end) borders[borders.length - 1] = first + 1;
    else if (first > end) borders.push(first, first + 1);
    return borders.length <= 2 * maxRanges;
  });
  return areFew ? borders : null;
}

/** What the manifest says of a MOC: itself, or a coarser one around it if that is what has few enough ranges. */
export function coverageOfMoc(moc: Moc, maxRanges = MANIFEST_RANGES): Coverage {
  let { order, ranges } = moc;
  while (ranges.start.length > maxRanges) {
    order -= 1;
    ranges = mocOfRanges(ranges, order).ranges;
  }
  const shift = BigInt(2 * (INDEX_ORDER - order));
  const borders = [...ranges.start].flatMap((start, at) => [start, ranges.end[at]!]);
  return { order, ranges: borders.map((border) => Number(border >> shift)) };
}

/** The MOC in the three serialisations of MOC 2.0, for the root of the catalogue. */
export function mocFiles(moc: Moc): HatsFile[] {
  const encoder = new TextEncoder();
  return [
    { path: 'moc.fits', bytes: mocFits(moc) },
    { path: 'moc.json', bytes: encoder.encode(mocJson(moc)) },
    { path: 'moc.txt', bytes: encoder.encode(mocAscii(moc)) },
  ];
}
