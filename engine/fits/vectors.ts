import type { Position } from '../healpix-wasm/kernel.ts';

/** A unit vector. */
export type Vector = readonly [number, number, number];

const RADIANS = Math.PI / 180;

export function toVector(lon: number, lat: number): Vector {
  const across = Math.cos(lat * RADIANS);
  return [across * Math.cos(lon * RADIANS), across * Math.sin(lon * RADIANS), Math.sin(lat * RADIANS)];
}

export function toPosition([x, y, z]: Vector): Position {
  const lon = Math.atan2(y, x) / RADIANS;
  const turned = lon < 0 ? lon + 360 : lon;
  return { lon: turned >= 360 ? 0 : turned, lat: Math.atan2(z, Math.hypot(x, y)) / RADIANS };
}

/** Degrees. */
export function angleBetween(a: Vector, b: Vector): number {
  const apart = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  const together = Math.hypot(a[0] + b[0], a[1] + b[1], a[2] + b[2]);
  return (2 * Math.atan2(apart, together)) / RADIANS;
}

/** The point halfway on the arc between two. */
export function middle(a: Vector, b: Vector): Vector {
  const sum: Vector = [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
  const length = Math.hypot(...sum);
  return [sum[0] / length, sum[1] / length, sum[2] / length];
}
