import { numberOf, textOf } from './header.ts';
import type { FitsImage } from './image.ts';
import { linearAxis } from './linear-axes.ts';
import { type PixelAxis, pixelAxis } from './pixel-axis.ts';

const LIGHT = 299_792_458;
const PLANCK = 6.62607015e-34;
const ELECTRONVOLT = 1.602176634e-19;

/** To the units in which the kinds of axis are reckoned: Hz, m, J, 1/m, m/s, and 1 for redshifts. */
const UNITS: Readonly<Record<string, number>> = {
  hz: 1,
  khz: 1e3,
  mhz: 1e6,
  ghz: 1e9,
  thz: 1e12,
  m: 1,
  cm: 1e-2,
  mm: 1e-3,
  um: 1e-6,
  micron: 1e-6,
  nm: 1e-9,
  angstrom: 1e-10,
  a: 1e-10,
  j: 1,
  erg: 1e-7,
  ev: ELECTRONVOLT,
  kev: 1e3 * ELECTRONVOLT,
  mev: 1e6 * ELECTRONVOLT,
  gev: 1e9 * ELECTRONVOLT,
  'm-1': 1,
  '1/m': 1,
  'cm-1': 100,
  '1/cm': 100,
  'm/s': 1,
  'm.s-1': 1,
  'm s-1': 1,
  'km/s': 1e3,
  'km.s-1': 1e3,
  'km s-1': 1e3,
};

/** From a value of an axis to a wavelength in vacuum, and back; both in SI units. */
interface Conversion {
  readonly toWavelength: (value: number) => number;
  readonly fromWavelength: (wavelength: number) => number;
}

/**
 * The spectral axis of an image (FITS 4.0 §8.4) as wavelengths in vacuum, in metres: linear or logarithmic frequency, wavelength, energy, wavenumber,
 * or velocity and redshift where there is a rest frequency or wavelength. Null where there is none, or one of another kind. Frames
 * of rest (SPECSYS) are not converted.
 */
export function spectralAxis(image: FitsImage): PixelAxis | null {
  const { header, axes } = image;
  for (const [axis, pixels] of axes.entries()) {
    const [, type, algorithm] =
      /^(FREQ|WAVE|AWAV|ENER|WAVN|VRAD|VOPT|ZOPT|VELO|BETA|FELO|VELOCITY|WAVELENG|LAMBDA)(?:-([A-Z0-9]{3}))?/.exec(
        textOf(header, `CTYPE${axis + 1}`) ?? '',
      ) ?? [];
    if (type === undefined) continue;
    const conversion = conversionOf(image, type);
    const unit = UNITS[textOf(header, `CUNIT${axis + 1}`)?.toLowerCase() ?? defaultUnit(type)];
    if (conversion === null || unit === undefined) return null;
    // FELO-HEL and VELO-LSR name frames of rest, the others how pixels are spaced.
    const logarithmic = algorithm === 'LOG';
    if (algorithm !== undefined && /^([A-Z]2[A-Z]|TAB|GRI|GRA)$/.test(algorithm)) return null;
    const reference = numberOf(header, `CRVAL${axis + 1}`) ?? 0;
    const step = linearAxis(image, axis)[axis]!;
    const pixel = numberOf(header, `CRPIX${axis + 1}`) ?? 0;
    if (step === 0 || (logarithmic && reference <= 0)) return null;
    const valueAt = (at: number) => {
      const offset = step * (at - pixel);
      return unit * (logarithmic ? reference * Math.exp(offset / reference) : reference + offset);
    };
    const pixelOf = (value: number) => {
      const stored = value / unit;
      return pixel + (logarithmic ? reference * Math.log(stored / reference) : stored - reference) / step;
    };
    const found = pixelAxis(
      axis,
      pixels,
      (at) => conversion.toWavelength(valueAt(at)),
      (wavelength) => pixelOf(conversion.fromWavelength(wavelength)),
    );
    return found !== null && found.min > 0 ? found : null;
  }
  return null;
}

const defaultUnit = (type: string): string => {
  if (type === 'FREQ') return 'hz';
  if (type === 'ENER') return 'j';
  if (type === 'WAVN') return 'm-1';
  return /^V|^F/.test(type) ? 'm/s' : 'm';
};

const inverse = (product: number): Conversion => ({
  toWavelength: (value) => product / value,
  fromWavelength: (wavelength) => product / wavelength,
});

/** FITS 4.0, table 25. */
function conversionOf({ header }: FitsImage, type: string): Conversion | null {
  const frequency = numberOf(header, 'RESTFRQ') ?? numberOf(header, 'RESTFREQ');
  const rest =
    numberOf(header, 'RESTWAV') ?? (frequency === null || frequency <= 0 ? null : LIGHT / frequency);
  switch (type) {
    case 'FREQ':
      return inverse(LIGHT);
    case 'ENER':
      return inverse(PLANCK * LIGHT);
    case 'WAVN':
      return inverse(1);
    case 'WAVE':
    case 'WAVELENG':
    case 'LAMBDA':
      return { toWavelength: (value) => value, fromWavelength: (wavelength) => wavelength };
    case 'AWAV':
      return { toWavelength: (value) => value * refraction(value), fromWavelength: inAir };
  }
  if (rest === null || rest <= 0) return null;
  switch (type) {
    case 'VRAD':
      return {
        toWavelength: (value) => rest / (1 - value / LIGHT),
        fromWavelength: (wavelength) => LIGHT * (1 - rest / wavelength),
      };
    case 'VOPT':
    case 'FELO':
      return {
        toWavelength: (value) => rest * (1 + value / LIGHT),
        fromWavelength: (wavelength) => LIGHT * (wavelength / rest - 1),
      };
    case 'ZOPT':
      return {
        toWavelength: (value) => rest * (1 + value),
        fromWavelength: (wavelength) => wavelength / rest - 1,
      };
    default: {
      const scale = type === 'BETA' ? 1 : LIGHT;
      return {
        toWavelength: (value) => rest * Math.sqrt((1 + value / scale) / (1 - value / scale)),
        fromWavelength: (wavelength) => {
          const square = (wavelength / rest) ** 2;
          return (scale * (square - 1)) / (square + 1);
        },
      };
    }
  }
}

/** Index of refraction of air at a wavelength in air (FITS 4.0 §8.4, after IAU 1999). */
function refraction(wavelength: number): number {
  const inverseSquare = (wavelength * 1e6) ** -2;
  return 1 + 1e-6 * (287.6155 + 1.62887 * inverseSquare + 0.0136 * inverseSquare ** 2);
}

function inAir(wavelength: number): number {
  let found = wavelength;
  for (let round = 0; round < 4; round++) found = wavelength / refraction(found);
  return found;
}
