import type { Position } from '../../healpix-wasm/kernel.ts';
import {
  anyOf,
  both,
  type CellSpan,
  EVERYWHERE,
  isManifold,
  NOWHERE,
  type Sky,
  type Window,
  windowOf,
} from './sky.ts';

/** The vertices of cells. */
export type Vertices = (order: number, pixel: bigint) => readonly Position[];

const degrees = Math.PI / 180;

/** More than the error of a double's angular distance below 90°. */
const SLACK = 1e-9;

/** Single cells that are grown each by itself; others are taken together, a coarser one around them. */
const MOST_CELLS = 64;

/** Edges of cells are no great circles: so much farther than the farthest vertex does no cell reach from the mean of its vertices. */
const BULGE = 1.2;

/** What is within an angular distance, in degrees, of a part of the sky: no less, and hardly more. */
export function grown(sky: Sky, distance: number, vertices: Vertices): Sky {
  if (distance < 0) return NOWHERE;
  return isManifold(sky) ? EVERYWHERE : grownPart(sky, distance, vertices);
}

function grownPart(sky: Sky, distance: number, vertices: Vertices): Sky {
  switch (sky.kind) {
    case 'everywhere':
    case 'nowhere':
      return sky;
    case 'cone':
      return coneAround(sky.cone, sky.cone.radius + distance);
    case 'box': {
      const { lon, lat, width, height } = sky.region as typeof sky.region & { kind: 'box' };
      const [x, y] = [Math.tan((width / 2) * degrees), Math.tan((height / 2) * degrees)];
      return coneAround({ lon, lat }, Math.atan(Math.hypot(x, y)) / degrees + distance);
    }
    case 'polygon':
      return aroundPoints((sky.region as typeof sky.region & { kind: 'polygon' }).vertices, 1, distance);
    case 'window':
      return grownWindow(sky, distance);
    case 'cells':
      return grownCells(sky.order, sky.cells, distance, vertices);
    case 'all-of':
      return sky.parts.map((part) => grownPart(part, distance, vertices)).reduce(both);
    case 'any-of':
      return anyOf(sky.parts.map((part) => grownPart(part, distance, vertices)));
  }
}

function coneAround({ lon, lat }: Position, radius: number): Sky {
  const wide = radius + SLACK;
  return wide < 180 ? { kind: 'cone', cone: { lon, lat, radius: wide } } : EVERYWHERE;
}

/** A cap of less than 90° holds with some points the arcs between them, and of the two sides of a polygon the smaller one. */
function aroundPoints(points: readonly Position[], factor: number, distance: number): Sky {
  const vectors = points.map(vectorOf);
  const sum = vectors.reduce((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
  const length = Math.hypot(...sum);
  if (length < 1e-6) return EVERYWHERE;
  const center: Vector = [sum[0] / length, sum[1] / length, sum[2] / length];
  const radius = Math.max(...vectors.map((vector) => angle(center, vector))) * factor;
  return radius < 90 ? coneAround(positionOf(center), radius + distance) : EVERYWHERE;
}

/** A step of `distance` from a parallel turns the longitude by no more than the step along a great circle that touches a meridian. */
function grownWindow({ west, east, south, north }: Window, distance: number): Sky {
  const farthest = Math.max(Math.abs(south), Math.abs(north));
  const step = distance + SLACK;
  const band = { south: south - step, north: north + step };
  if (farthest + step >= 90) return windowOf({ ...band, west: 0, east: 360 });
  const turn =
    Math.asin(Math.min(1, Math.sin(step * degrees) / Math.cos(farthest * degrees))) / degrees + SLACK;
  if (east - west + 2 * turn >= 360) return windowOf({ ...band, west: 0, east: 360 });
  const parts = [windowOf({ ...band, west: west - turn, east: east + turn })];
  if (west - turn <= 0) parts.push(windowOf({ ...band, west: west - turn + 360, east: 360 }));
  if (east + turn >= 360) parts.push(windowOf({ ...band, west: 0, east: east + turn - 360 }));
  return anyOf(parts);
}

function grownCells(order: number, spans: readonly CellSpan[], distance: number, vertices: Vertices): Sky {
  const count = spans.reduce((sum, { first, last }) => sum + (last - first + 1n), 0n);
  if (count > MOST_CELLS) {
    if (order === 0) return EVERYWHERE;
    const parents = spans.map(({ first, last }) => ({ first: first >> 2n, last: last >> 2n }));
    return grownCells(order - 1, distinct(parents), distance, vertices);
  }
  const cones: Sky[] = [];
  for (const { first, last } of spans) {
    for (let cell = first; cell <= last; cell++)
      cones.push(aroundPoints(vertices(order, cell), BULGE, distance));
  }
  return anyOf(cones);
}

function distinct(spans: readonly CellSpan[]): CellSpan[] {
  const merged: CellSpan[] = [];
  for (const span of spans.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const before = merged.at(-1);
    if (before === undefined || span.first > before.last) merged.push(span);
    else if (span.last > before.last) merged[merged.length - 1] = { first: before.first, last: span.last };
  }
  return merged;
}

type Vector = readonly [number, number, number];

function vectorOf({ lon, lat }: Position): Vector {
  const [a, b] = [lon * degrees, lat * degrees];
  return [Math.cos(b) * Math.cos(a), Math.cos(b) * Math.sin(a), Math.sin(b)];
}

function positionOf([x, y, z]: Vector): Position {
  const lon = Math.atan2(y, x) / degrees;
  return { lon: lon < 0 ? lon + 360 : lon, lat: Math.atan2(z, Math.hypot(x, y)) / degrees };
}

/** In degrees, precise for small angles too. */
function angle(a: Vector, b: Vector): number {
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return (2 * Math.asin(Math.min(1, chord / 2))) / degrees;
}
