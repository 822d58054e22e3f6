import type { Footprints } from '../healpix-wasm/kernel.ts';

const RADIANS = Math.PI / 180;
/** Degrees, more than rounding takes away. */
const MARGIN = 1e-8;

/**
 * How far from its row's position the inside of a polygon is at most, of all of them, in degrees; 0 where none has three corners. A
 * polygon whose corners are all within a radius r < 90° has its inside there too, unless its edges go around so often that they enclose
 * more than half of the sphere: with n corners they go around (n − 1) / 2 times at most, and enclose that often 1 − cos r of a half.
 */
export function reachOf({ vertices, offsets, lon, lat }: Footprints): number {
  let reach = 0;
  for (let row = 0; row < lon.length; row++) {
    const corners = (offsets[row + 1]! - offsets[row]!) / 2;
    if (corners < 3) continue;
    let farthest = 0;
    for (let at = offsets[row]!; at + 1 < offsets[row + 1]!; at += 2) {
      const square = chordSquare(lon[row]!, lat[row]!, vertices[at]!, vertices[at + 1]!);
      // What is no number is no polygon.
      if (square > farthest) farthest = square;
    }
    reach = Math.max(reach, radiusOf(farthest, corners));
  }
  return reach === 0 ? 0 : Math.min(180, reach + MARGIN);
}

/** Half the square of the chord is 1 − cos r. */
function radiusOf(square: number, corners: number): number {
  const turns = Math.floor((corners - 1) / 2);
  return (turns * square) / 2 < 0.999 ? (2 * Math.asin(Math.sqrt(square) / 2)) / RADIANS : 180;
}

function chordSquare(lon: number, lat: number, otherLon: number, otherLat: number): number {
  const [a, b] = [lat * RADIANS, otherLat * RADIANS];
  const along = Math.sin((a - b) / 2) ** 2;
  const across = Math.sin(((lon - otherLon) * RADIANS) / 2) ** 2;
  return 4 * (along + Math.cos(a) * Math.cos(b) * across);
}
