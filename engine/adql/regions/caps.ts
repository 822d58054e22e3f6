import { corners } from './in-icrs.ts';
import { isCompound, type Region, type Shape, type ShapePoint } from './shape.ts';

/** What is within an angle, in radians, of a centre: a circle, or a side of a great circle. */
interface Cap {
  readonly center: Vector;
  readonly radius: number;
}

type Vector = readonly [x: number, y: number, z: number];

/** A region as a union of what several caps have in common. */
type Terms = readonly (readonly Cap[])[];

/** Beyond these a region is not looked at. */
const MOST_TERMS = 32;
const MOST_CAPS = 20;

/** Radians. What is beside a rim by less is on it; what is outside of a region is so far away from its rim. */
const RIM = 2e-13;
const OUTSIDE = 2e-11;

const degrees = Math.PI / 180;

/** Whether two regions have a point in common; null where one of them has a polygon that is not convex, or too many parts. */
export function constantsIntersect(a: Region, b: Region): boolean | null {
  const terms = both(termsOf(a, false), termsOf(b, false));
  return terms === null ? null : terms.some(haveCommonPoint);
}

/** Whether all of a region is in another; a region that has no point is in none. Null as above. */
export function constantContained(inner: Region, outer: Region): boolean | null {
  const points = termsOf(inner, false);
  const outside = both(points, termsOf(outer, true));
  return points && outside && points.some(haveCommonPoint) && !outside.some(haveCommonPoint);
}

function termsOf(region: Region, negated: boolean): Terms | null {
  if (!isCompound(region)) {
    const caps = capsOf(region);
    if (caps === null) return null;
    return negated ? caps.map((cap) => [opposite(cap)]) : [caps];
  }
  if (region.kind === 'not') return termsOf(region.part, !negated);
  const parts = region.parts.map((part) => termsOf(part, negated));
  return (region.kind === 'union') === negated ? parts.reduce(both) : parts.reduce(either);
}

function either(a: Terms | null, b: Terms | null): Terms | null {
  return a && b && bounded([...a, ...b]);
}

function both(a: Terms | null, b: Terms | null): Terms | null {
  if (a === null || b === null || a.length * b.length > MOST_TERMS) return null;
  return bounded(a.flatMap((one) => b.map((other) => [...one, ...other])));
}

function bounded(terms: Terms): Terms | null {
  return terms.length <= MOST_TERMS && terms.every(({ length }) => length <= MOST_CAPS) ? terms : null;
}

/** The caps that a shape is common to; null for a polygon that is not convex, or has no area. */
function capsOf(shape: Shape): readonly Cap[] | null {
  switch (shape.kind) {
    case 'point':
      return [{ center: vectorOf(shape), radius: 0 }];
    case 'circle':
      return [{ center: vectorOf(shape), radius: shape.radius * degrees }];
    case 'box':
      return convexCaps(corners(shape));
    case 'polygon':
      return convexCaps(shape.vertices);
  }
}

function convexCaps(vertices: readonly ShapePoint[]): readonly Cap[] | null {
  const points = vertices.map(vectorOf);
  const normals = points.map((point, at) => cross(point, points[(at + 1) % points.length]!));
  if (normals.some((normal) => length(normal) < 1e-12)) return null;
  for (const side of [1, -1]) {
    const centers = normals.map((normal) => scaled(normal, side / length(normal)));
    const holdsAll = centers.every((center, edge) =>
      points.every(
        (point, at) => at === edge || at === (edge + 1) % points.length || dot(center, point) > RIM,
      ),
    );
    if (holdsAll) return centers.map((center) => ({ center, radius: Math.PI / 2 }));
  }
  return null;
}

/** What is not in a cap, and not on its rim either. */
function opposite({ center, radius }: Cap): Cap {
  return { center: scaled(center, -1), radius: Math.PI - radius - OUTSIDE };
}

/**
 * What caps have in common is all of the sphere, or has a border: with a corner, where two rims meet, or along the whole rim of one
 * of the caps.
 */
function haveCommonPoint(caps: readonly Cap[]): boolean {
  if (caps.some(({ radius }) => radius < 0)) return false;
  if (caps.some((a) => caps.some((b) => angle(a.center, b.center) > a.radius + b.radius + 2 * RIM)))
    return false;
  const rims = caps.flatMap((cap) => [
    ...caps.flatMap((other) => (other === cap ? [] : rimTowards(cap, other.center))),
    ...rimTowards(cap, somewhereElse(cap.center)),
  ]);
  const meetings = caps.flatMap((cap, at) => caps.slice(at + 1).flatMap((other) => rimsMeet(cap, other)));
  const cosines = caps.map(({ radius }) => Math.cos(radius));
  return [...rims, ...meetings].some((point) => caps.every((cap, at) => holds(cap, cosines[at]!, point)));
}

/** The cosine decides, but close to the rim. */
function holds({ center, radius }: Cap, cosine: number, point: Vector): boolean {
  const inside = dot(center, point) - cosine;
  return Math.abs(inside) > 1e-7 ? inside > 0 : angle(center, point) <= radius + RIM;
}

/** The points of a rim that are nearest to a direction and farthest from it. */
function rimTowards({ center, radius }: Cap, direction: Vector): Vector[] {
  const across = sum(direction, scaled(center, -dot(direction, center)));
  const size = length(across);
  if (size < 1e-14) return [];
  return [1, -1].map((side) =>
    unit(sum(scaled(center, Math.cos(radius)), scaled(across, (side * Math.sin(radius)) / size))),
  );
}

function rimsMeet(a: Cap, b: Cap): Vector[] {
  const axis = cross(a.center, b.center);
  const square = dot(axis, axis);
  if (square < 1e-28) return [];
  const [p, q, between] = [Math.cos(a.radius), Math.cos(b.radius), dot(a.center, b.center)];
  const base = sum(
    scaled(a.center, (p - q * between) / square),
    scaled(b.center, (q - p * between) / square),
  );
  const rest = 1 - dot(base, base);
  if (rest < 0) return [];
  const height = Math.sqrt(rest / square);
  return [1, -1].map((side) => unit(sum(base, scaled(axis, side * height))));
}

function vectorOf({ lon, lat }: ShapePoint): Vector {
  const [a, b] = [lon * degrees, lat * degrees];
  return [Math.cos(b) * Math.cos(a), Math.cos(b) * Math.sin(a), Math.sin(b)];
}

function somewhereElse([x, y, z]: Vector): Vector {
  return Math.abs(z) < 0.9 ? [0, 0, 1] : Math.abs(x) < Math.abs(y) ? [1, 0, 0] : [0, 1, 0];
}

/** Radians, precise for small angles too. */
function angle(a: Vector, b: Vector): number {
  return 2 * Math.atan2(length(sum(a, scaled(b, -1))), length(sum(a, b)));
}

function cross([a, b, c]: Vector, [x, y, z]: Vector): Vector {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

function dot([a, b, c]: Vector, [x, y, z]: Vector): number {
  return a * x + b * y + c * z;
}

function sum([a, b, c]: Vector, [x, y, z]: Vector): Vector {
  return [a + x, b + y, c + z];
}

function scaled([x, y, z]: Vector, factor: number): Vector {
  return [x * factor, y * factor, z * factor];
}

function length(vector: Vector): number {
  return Math.hypot(...vector);
}

function unit(vector: Vector): Vector {
  return scaled(vector, 1 / length(vector));
}
