import type { Positions } from './catalogs.ts';
import { randomNumbers } from './random.ts';

export interface Cone {
  /** Degrees. */
  readonly ra: number;
  readonly dec: number;
  readonly radius: number;
}

/** Degrees. */
export const ARCSEC = 1 / 3600;
export const ARCMIN = 1 / 60;

/**
 * Where cones lie: anywhere on the sphere with the same probability; or each around a random star, where a crowded field is as likely as its
 * stars are many; or half of them so and half so.
 */
export type Centres = 'anywhere' | 'stars' | 'both';

/** Cones with radii evenly in their logarithm, the same in every run. */
export function randomCones(
  { ra, dec }: Positions,
  count: number,
  [smallest, largest]: readonly [number, number],
  centres: Centres,
  seed = 20261121,
): Cone[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const star = Math.floor(random() * ra.length);
    const anywhere = { ra: 360 * random(), dec: (Math.asin(2 * random() - 1) * 180) / Math.PI };
    const around = centres === 'stars' || (centres === 'both' && i % 2 === 1);
    const centre = around ? { ra: ra[star]!, dec: dec[star]! } : anywhere;
    const radius = smallest * (largest / smallest) ** random();
    return {
      ra: Number(centre.ra.toFixed(6)),
      dec: Number(centre.dec.toFixed(6)),
      radius: Number(radius.toFixed(7)),
    };
  });
}

/** Path and query of a cone search (SCS 1.03 §2.1) at an address, which may hold a query of its own. */
export function conePath(address: string, { ra, dec, radius }: Cone, parameters = ''): string {
  const { pathname, search } = new URL(address);
  const separator = search === '' ? '?' : search === '?' ? '' : '&';
  // No exponents, which some services do not read.
  return `${pathname}${search}${separator}RA=${ra}&DEC=${decimal(dec)}&SR=${decimal(radius)}${parameters}`;
}

function decimal(value: number): string {
  return value.toFixed(7).replace(/\.?0+$/, '');
}
