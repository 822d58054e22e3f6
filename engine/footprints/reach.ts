import type { Footprints } from '../healpix-wasm/kernel.ts';

const RADIANS = Math.PI / 180;
/** Degrees, more than rounding takes away. */
const MARGIN = 1e-8;

/**
 * How far from its row's position the inside of a polygon is at most, of all of them, in degrees; 0 where there is none. A polygon
 * whose corners are all within a radius r < 90° has its inside there too, unless its edges go around so often that they enclose more
 * than half of the sphere: with n corners they go around (n − 1) / 2 times at most, and enclose that often 1 − cos r of a half.
 */
export function reachOf({ vertices, offsets, lon, lat }: Footprints): number {
  let reach = 0;
  for (let row = 0; row < lon.length; row++) {
    const polygon = vertices.subarray(offsets[row]!, offsets[row + 1]!);
    if (!isPolygon(polygon)) continue;
    let farthest = 0;
    for (let at = 0; at < polygon.length; at += 2) {
      farthest = Math.max(farthest, chordSquare(lon[row]!, lat[row]!, polygon[at]!, polygon[at + 1]!));
    }
    reach = Math.max(reach, radiusOf(farthest, polygon.length / 2));
  }
  return reach === 0 ? 0 : Math.min(180, reach + MARGIN);
}

/** Has three corners at least, one after another in different places, and all on the sphere. */
function isPolygon(polygon: Float64Array): boolean {
  const { length } = polygon;
  let corners = 0;
  for (let at = 0; at < length; at += 2) {
    const [lon, lat] = [polygon[at]!, polygon[at + 1]!];
    if (!(Number.isFinite(lon) && Math.abs(lat) <= 90)) return false;
    const before = at === 0 ? length - 2 : at - 2;
    if (lon !== polygon[before] || lat !== polygon[before + 1]) corners++;
  }
  return corners >= 3;
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
