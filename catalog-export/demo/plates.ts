/** Keyword, value and comment of a header. */
export type Card = readonly [keyword: string, value: string | number, comment?: string];

/** A piece of the sky, as a camera of our own making sees it. */
interface Field {
  readonly name: string;
  readonly title: string;
  /** Centre, ICRS degrees. */
  readonly ra: number;
  readonly dec: number;
  /** FITS projection code. */
  readonly projection: 'TAN' | 'ZEA';
  /** Degrees. */
  readonly pixel: number;
  readonly width: number;
  readonly height: number;
}

const PLEIADES: Field = {
  name: 'pleiades',
  title: 'Pleiades',
  ...{ ra: 56.75, dec: 24.1167, projection: 'TAN', pixel: 0.0055, width: 600, height: 600 },
};
const ORION: Field = {
  name: 'orion',
  title: 'Orion',
  ...{ ra: 83.8, dec: 0, projection: 'TAN', pixel: 0.036, width: 480, height: 640 },
};
const URSA_MAJOR: Field = {
  name: 'ursa-major',
  title: 'Ursa Major',
  ...{ ra: 186, dec: 56, projection: 'ZEA', pixel: 0.045, width: 720, height: 480 },
};

/** A simulated exposure. */
export interface Plate {
  readonly field: Field;
  /** Names the file and the observation. */
  readonly name: string;
  readonly band: 'B' | 'V';
  /** ISO 8601, UTC. */
  readonly begin: string;
  readonly seconds: number;
  /** Counts of the sky in a pixel, and of a star of magnitude 0 in a second. */
  readonly sky: number;
  readonly zeroPoint: number;
  /** Standard deviation of a star's image, pixels. */
  readonly blur: number;
  readonly compressed: boolean;
}

const USUAL = { sky: 220, blur: 1.1, compressed: false };

/** Several bands of each field, and Orion at two epochs. */
export const PLATES: readonly Plate[] = [
  plate(PLEIADES, 'B', '2024-11-09T22:10:00', 600, { zeroPoint: 1e5 }),
  plate(PLEIADES, 'V', '2024-11-09T22:25:00', 480, { zeroPoint: 1e5 }),
  plate(ORION, 'B', '2025-01-18T21:05:00', 120, { zeroPoint: 3e4 }),
  plate(ORION, 'V', '2025-01-18T21:12:00', 90, { zeroPoint: 3e4 }),
  plate(ORION, 'V', '2026-01-24T20:40:00', 90, { zeroPoint: 3e4, sky: 340, blur: 1.5 }, '-2026'),
  plate(URSA_MAJOR, 'B', '2025-04-02T23:30:00', 180, { zeroPoint: 4e4, compressed: true }),
  plate(URSA_MAJOR, 'V', '2025-04-02T23:36:00', 120, { zeroPoint: 6e4 }),
];

function plate(
  field: Field,
  band: Plate['band'],
  begin: string,
  seconds: number,
  options: Partial<Plate> & Pick<Plate, 'zeroPoint'>,
  epoch = '',
): Plate {
  const name = `${field.name}-${band.toLowerCase()}${epoch}`;
  return { ...USUAL, field, name, band, begin, seconds, ...options };
}

/** What its header says, without the structure of the file. */
export function plateCards({ field, band, begin, seconds, sky, zeroPoint, blur }: Plate): Card[] {
  const { projection, pixel, width, height, ra, dec } = field;
  return [
    ['OBJECT', `${field.title} (simulated)`],
    ['FIELD', field.title],
    ['TELESCOP', 'none (simulation)', 'This image is simulated'],
    ['INSTRUME', 'Simulated plate'],
    ['ORIGIN', 'Almagest', 'Demonstration data'],
    ['FILTER', `Johnson ${band}`],
    ['DATE-OBS', begin, 'Invented'],
    ['EXPTIME', seconds, '[s] Invented'],
    ['BUNIT', 'adu'],
    ['RADESYS', 'ICRS'],
    ['CTYPE1', `RA---${projection}`],
    ['CTYPE2', `DEC--${projection}`],
    ['CUNIT1', 'deg'],
    ['CUNIT2', 'deg'],
    ['CRVAL1', ra],
    ['CRVAL2', dec],
    ['CRPIX1', (width + 1) / 2],
    ['CRPIX2', (height + 1) / 2],
    ['CDELT1', -pixel],
    ['CDELT2', pixel],
    ['SKYLEVEL', sky, '[adu] Simulated sky'],
    ['PSFSIGMA', blur, '[pixel] Simulated point spread function, Gaussian'],
    ['COMMENT', 'SIMULATED: no telescope took this image.'],
    ['COMMENT', 'Its stars are those of the catalogue hipparcos.stars, from XHIP (VizieR'],
    ['COMMENT', 'V/137D) as packed by the npm package d3-celestial. Sky and noise are'],
    ['COMMENT', 'random numbers.'],
    ['HISTORY', `Simulated by Almagest: magnitude 0 gives ${zeroPoint} adu/s, Poisson noise`],
  ];
}

/** Of a cone around its centre that holds it, in degrees. */
export function fieldRadius({ pixel, width, height }: Field): number {
  return (pixel * Math.hypot(width, height)) / 2;
}
