import { type FitsHeader, numberOf, textOf } from './header.ts';

/** Positions of pixels of a Digitized Sky Survey's plate, in the terms of TPV. */
export interface DssPlate {
  /** Degrees. */
  readonly lon: number;
  readonly lat: number;
  /** Pixel at the plate's origin, and millimetres on the plate that a pixel takes. */
  readonly crpix: readonly [number, number];
  readonly cdelt: readonly [number, number];
  /** Coefficients of TPV, from millimetres to degrees. */
  readonly lonTerms: readonly number[];
  readonly latTerms: readonly number[];
}

const NEEDED = [
  'PLTRAH',
  'PLTDECD',
  'CNPIX1',
  'CNPIX2',
  'PPO3',
  'PPO6',
  'XPIXELSZ',
  'YPIXELSZ',
  'AMDX1',
  'AMDY1',
];

/**
 * The plate solution of a header of the Digitized Sky Survey (Booklet of the DSS, "plate solution"), which is the better one where there
 * are usual keywords besides, as wcslib has it; null where there is none. Terms of magnitude and colour are left out.
 */
export function dssPlate(header: FitsHeader): DssPlate | null {
  if (NEEDED.some((keyword) => numberOf(header, keyword) === null)) return null;
  const number = (keyword: string) => numberOf(header, keyword) ?? 0;
  const parts = (name: string, units: readonly string[]) =>
    units.reduce((sum, unit, place) => sum + number(`${name}${unit}`) / 60 ** place, 0);
  const south = textOf(header, 'PLTDECSN')?.startsWith('-') === true;
  const [width, height] = [number('XPIXELSZ') / 1000, number('YPIXELSZ') / 1000];
  return {
    lon: 15 * parts('PLTRA', ['H', 'M', 'S']),
    lat: (south ? -1 : 1) * parts('PLTDEC', ['D', 'M', 'S']),
    crpix: [
      number('PPO3') / number('XPIXELSZ') - number('CNPIX1') + 0.5,
      number('PPO6') / number('YPIXELSZ') - number('CNPIX2') + 0.5,
    ],
    cdelt: [-width, height],
    lonTerms: terms((n) => number(`AMDX${n}`)),
    latTerms: terms((n) => number(`AMDY${n}`)),
  };
}

/** A polynomial of the plate, in arcseconds, by the numbers of TPV's terms, in degrees. */
function terms(a: (n: number) => number): number[] {
  const found = new Array<number>(40).fill(0);
  found[0] = a(3);
  found[1] = a(1);
  found[2] = a(2);
  found[4] = a(4) + a(7);
  found[5] = a(5);
  found[6] = a(6) + a(7);
  found[7] = a(8) + a(12);
  found[8] = a(9);
  found[9] = a(10) + a(12);
  found[10] = a(11);
  // x (x² + y²)²
  found[17] = a(13);
  found[19] = 2 * a(13);
  found[21] = a(13);
  return found.map((term) => term / 3600);
}
