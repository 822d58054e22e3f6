const RADIANS = Math.PI / 180;

type Vector = readonly [x: number, y: number, z: number];

/**
 * A polygon as DALI 1.1 §3.3.7 wants it wound: counter-clockwise as seen from the origin, its inside, the smaller of the two sides, on
 * the left. Queries take either way; clients that follow the letter would take one for the rest of the sphere.
 * @param polygon longitude and latitude of each corner in turn, degrees, not closed.
 * @returns the polygon itself where it is wound so, or has no area; else its corners the other way round, from the same first one.
 */
export function counterClockwise(polygon: readonly number[]): readonly number[] {
  if (solidAngle(polygon) <= 0) return polygon;
  const [lon, lat, ...others] = polygon;
  const turned = Array.from({ length: others.length / 2 }, (_, at) =>
    others.slice(others.length - 2 * at - 2, others.length - 2 * at),
  );
  return [lon!, lat!, ...turned.flat()];
}

/** Steradians of the smaller side, negative where it is on the left as seen from the origin. */
function solidAngle(polygon: readonly number[]): number {
  const [first, ...others] = Array.from({ length: polygon.length / 2 }, (_, at) =>
    vector(polygon[2 * at]!, polygon[2 * at + 1]!),
  );
  let sum = 0;
  for (let at = 1; at < others.length; at++) sum += triangle(first!, others[at - 1]!, others[at]!);
  // Triangles that overlap may add up to more than the sphere: 4π more or less is the same polygon.
  return sum - 4 * Math.PI * Math.round(sum / (4 * Math.PI));
}

function vector(lon: number, lat: number): Vector {
  const [a, d] = [lon * RADIANS, lat * RADIANS];
  return [Math.cos(d) * Math.cos(a), Math.cos(d) * Math.sin(a), Math.sin(d)];
}

/** Van Oosterom & Strackee 1983; differences of the corners keep small triangles exact. */
function triangle(a: Vector, b: Vector, c: Vector): number {
  const [u, v] = [minus(b, a), minus(c, a)];
  const volume = dot(a, [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]);
  return 2 * Math.atan2(volume, 1 + dot(a, b) + dot(b, c) + dot(c, a));
}

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
