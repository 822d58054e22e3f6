import type { Positions } from './catalogs.ts';
import type { Cone } from './cones.ts';

const DEGREE = Math.PI / 180;
/** Two formulas in Float64 may disagree about a star this near to the rim, degrees. */
const UNDECIDED = 1e-9;

/** Identifiers of the stars in a cone, and of those too near to its rim to be judged. */
export type StarSearch = (cone: Cone) => { inside: number[]; undecided: number[] };

/**
 * Searches all stars, one after the other in bands of declination. Distances by the angle between unit vectors, with atan2, which shares nothing with the
 * kernel's haversine.
 */
export function starSearch({ id, ra, dec }: Positions): StarSearch {
  const order = Uint32Array.from(dec.keys()).sort((a, b) => dec[a]! - dec[b]!);
  const sorted = Float64Array.from(order, (row) => dec[row]!);
  return ({ ra: lon, dec: lat, radius }) => {
    const centre = unitVector(lon, lat);
    const inside: number[] = [];
    const undecided: number[] = [];
    const margin = radius + 1e-6;
    for (let at = lowerBound(sorted, lat - margin); at < sorted.length && sorted[at]! <= lat + margin; at++) {
      const row = order[at]!;
      const distance = angle(centre, unitVector(ra[row]!, dec[row]!));
      if (Math.abs(distance - radius) < UNDECIDED) undecided.push(id[row]!);
      else if (distance < radius) inside.push(id[row]!);
    }
    return { inside, undecided };
  };
}

type Vector = readonly [number, number, number];

function unitVector(ra: number, dec: number): Vector {
  const [lon, lat] = [ra * DEGREE, dec * DEGREE];
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
}

/** Degrees; good at every angle, unlike acos of the dot product. */
function angle([ax, ay, az]: Vector, [bx, by, bz]: Vector): number {
  const cross = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
  return Math.atan2(cross, ax * bx + ay * by + az * bz) / DEGREE;
}

/** Index of the first value that is not less. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
