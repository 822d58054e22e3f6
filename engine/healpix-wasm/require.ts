import type { Cone } from './kernel.ts';
import { KernelError } from './kernel-error.ts';

export function requireCone({ lon, lat, radius }: Cone): void {
  requireWithin("the cone's lon", lon, 0, 360);
  requireWithin("the cone's lat", lat, -90, 90);
  requireWithin("the cone's radius", radius, 0, 180);
}

export function requireWithin(what: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new KernelError(`${what} is ${value}: it must be in [${low}, ${high}] degrees`);
  }
}

/** For columns, by name, whose lengths differ. */
export function differentLengths(columns: Record<string, ArrayLike<unknown>>): KernelError {
  const lengths = Object.entries(columns).map(([name, column]) => `${name} ${column.length}`);
  return new KernelError(`columns of different lengths: ${lengths.join(', ')}`);
}
