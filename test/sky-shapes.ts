import { at } from './sky.ts';

/** Numbers from 0 to below 1, the same at every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export type Random = () => number;
export type LonLat = [lon: number, lat: number];

export function oneOf<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)]!;
}

/** From 10^low to 10^high, all magnitudes alike. */
export function magnitude(random: Random, low: number, high: number): number {
  return 10 ** (low + (high - low) * random());
}

/** Anywhere on the sky; a third of them on or beside the wrap, a pole, or a border of HEALPix. */
export function position(random: Random): LonLat {
  const lon = 360 * random();
  const lat = (Math.asin(2 * random() - 1) * 180) / Math.PI;
  const kind = random();
  if (kind < 0.1) return [oneOf(random, [0, 360, 1e-9, 359.999999999, 45, 90, 180, 315]), lat];
  if (kind < 0.2) return [lon, oneOf(random, [90, -90, 89.999999, -89.99, 0, 1e-12])];
  if (kind < 0.3) return [oneOf(random, [0, 45, 90, 225]), oneOf(random, [41.810314895778596, -41.8, 0, 60])];
  return [lon, lat];
}

export function circle(random: Random): [lon: number, lat: number, radius: number] {
  const radius = random() < 0.1 ? oneOf(random, [0, 90, 179.9, 180]) : magnitude(random, -7, 2.25);
  return [...position(random), radius];
}

/** Near a circle: inside, outside, or a hair beside the rim. */
export function near(random: Random, [lon, lat, radius]: readonly [number, number, number]): LonLat {
  const part = random() < 0.3 ? 1 + oneOf(random, [-1, 1]) * 1e-6 : 2 * random();
  return at({ lon, lat, radius }, Math.min(180, part * radius), 360 * random());
}

/** Three to eight corners around a centre, at most 70° from it, one way round or the other; a fifth of them not convex. */
export function polygon(random: Random, reach = magnitude(random, -3, 1.85)): number[] {
  const [lon, lat] = position(random);
  const corners = 3 + Math.floor(6 * random());
  const ragged = random() < 0.2;
  const bearings = Array.from({ length: corners }, (_, i) => ((i + 0.1 + 0.8 * random()) * 360) / corners);
  if (random() < 0.5) bearings.reverse();
  return bearings.flatMap((bearing) =>
    at({ lon, lat, radius: 0 }, reach * (ragged ? 0.3 + 0.7 * random() : 1), bearing),
  );
}
