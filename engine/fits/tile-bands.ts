import type { FitsImage } from './image.ts';
import { places } from './places.ts';
import { READ_BYTES } from './ranges.ts';
import type { Section } from './section.ts';
import type { TileLayout } from './tile-layout.ts';

/** A tile: where it is in the image, and in the table. */
export interface Tile {
  /** Number of its row, from 0 on. */
  readonly row: number;
  /** First pixel along each axis, from 1 on, and pixels along each. */
  readonly start: readonly number[];
  readonly sides: readonly number[];
}

/** Bytes of a band at most, if its rows are not longer: tiles of more pixels are decompressed once for each band. */
const BAND_BYTES = 2 ** 25;

/** The tiles of some whole rows of a plane of the section, and where those rows go. */
export interface Band {
  readonly tiles: readonly Tile[];
  /** Pixels of the section from the first to the last along each axis, all of them one beyond the second. */
  readonly part: Section;
}

/** Rows of tiles that together have at most the bytes of a read, or one of them, or a part of one where that is too large. */
export function* bands(
  { axes, bitpix }: FitsImage,
  layout: TileLayout,
  { first, last }: Section,
): Generator<Band> {
  const tileOf = (pixel: number, axis: number) => Math.floor((pixel - 1) / layout.sides[axis]!);
  const height = layout.sides[1] ?? 1;
  const rowPixels = (last[0]! - first[0]! + 1) * height;
  // Tiles that reach beyond the section are decompressed as well.
  const tilesAcross = tileOf(last[0]!, 0) - tileOf(first[0]!, 0) + 1;
  const tilePixels = tilesAcross * layout.sides.reduce((product, side) => product * side, 1);
  const bytes = (Math.max(rowPixels, tilePixels) * Math.abs(bitpix)) / 8;
  const most = Math.max(1, Math.floor((BAND_BYTES * height) / ((rowPixels * Math.abs(bitpix)) / 8)));
  const together = Math.max(1, Math.floor(READ_BYTES / bytes));
  const [firstRow, lastRow] = axes.length > 1 ? [tileOf(first[1]!, 1), tileOf(last[1]!, 1)] : [0, 0];
  for (const plane of places(first.slice(2), last.slice(2))) {
    for (let row = firstRow; row <= lastRow; row += together) {
      const end = Math.min(row + together - 1, lastRow);
      const tiles: Tile[] = [];
      for (let y = row; y <= end; y++) {
        for (let x = tileOf(first[0]!, 0); x <= tileOf(last[0]!, 0); x++) {
          const place = [x, y, ...plane.map((pixel, axis) => tileOf(pixel, axis + 2))].slice(0, axes.length);
          tiles.push(tileAt(axes, layout, place));
        }
      }
      const clip = (low: number, high: number) =>
        [Math.max(low, first[1] ?? 1), Math.min(high, last[1] ?? 1)] as const;
      const [bottom, top] = clip(row * height + 1, (end + 1) * height);
      for (let low = bottom; low <= top; low += most) {
        const high = Math.min(low + most - 1, top);
        const part = {
          first: [first[0]!, low, ...plane].slice(0, axes.length),
          last: [last[0]!, high, ...plane].slice(0, axes.length),
        };
        yield { tiles, part };
      }
    }
  }
}

function tileAt(axes: readonly number[], { sides, counts }: TileLayout, place: readonly number[]): Tile {
  const start = place.map((number, axis) => number * sides[axis]! + 1);
  return {
    row: place.reduceRight((row, number, axis) => row * counts[axis]! + number, 0),
    start,
    sides: start.map((pixel, axis) => Math.min(sides[axis]!, axes[axis]! - pixel + 1)),
  };
}
