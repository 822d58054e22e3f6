import { numberOf, textOf } from './header.ts';
import type { FitsImage } from './image.ts';
import { linearAxis } from './linear-axes.ts';
import { type PixelAxis, pixelAxis } from './pixel-axis.ts';

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
  a: 31_557_600,
  yr: 31_557_600,
};
const DAY = 86_400;

/** The time axis of an image (FITS 4.0 §9), as MJD in the time scale of the header; null where there is none. */
export function timeAxis(image: FitsImage): PixelAxis | null {
  const { header, axes } = image;
  for (const [axis, pixels] of axes.entries()) {
    const type = textOf(header, `CTYPE${axis + 1}`) ?? '';
    if (!/^(TIME|UTC|TAI|TT|TDB|TCB|TCG|UT1|UT|GPS)$/.test(type)) continue;
    const unit = SECONDS[textOf(header, `CUNIT${axis + 1}`) ?? textOf(header, 'TIMEUNIT') ?? 's'];
    if (unit === undefined) return null;
    const zero =
      numberOf(header, 'MJDREF') ?? (numberOf(header, 'MJDREFI') ?? 0) + (numberOf(header, 'MJDREFF') ?? 0);
    const step = linearAxis(image, axis)[axis]!;
    if (step === 0) return null;
    const reference = numberOf(header, `CRVAL${axis + 1}`) ?? 0;
    const pixel = numberOf(header, `CRPIX${axis + 1}`) ?? 0;
    const offset = numberOf(header, 'TIMEOFFS') ?? 0;
    return pixelAxis(
      axis,
      pixels,
      (at) => zero + ((reference + step * (at - pixel) + offset) * unit) / DAY,
      (mjd) => pixel + (((mjd - zero) * DAY) / unit - offset - reference) / step,
    );
  }
  return null;
}

/** States of polarisation along an axis, as ObsCore names them, in the order of the pixels. */
export interface PolarizationAxis {
  /** From 0 on. */
  readonly axis: number;
  readonly states: readonly string[];
}

/** FITS 4.0, table 29. */
const STOKES: Readonly<Record<number, string>> = {
  1: 'I',
  2: 'Q',
  3: 'U',
  4: 'V',
  [-1]: 'RR',
  [-2]: 'LL',
  [-3]: 'RL',
  [-4]: 'LR',
  [-5]: 'XX',
  [-6]: 'YY',
  [-7]: 'XY',
  [-8]: 'YX',
};

/** Null where there is no such axis, or one whose values have no names. */
export function polarizationAxis(image: FitsImage): PolarizationAxis | null {
  const { header, axes } = image;
  const axis = axes.findIndex((_, at) => textOf(header, `CTYPE${at + 1}`) === 'STOKES');
  if (axis < 0 || axes[axis]! > 8) return null;
  const reference = numberOf(header, `CRVAL${axis + 1}`) ?? 0;
  const pixel = numberOf(header, `CRPIX${axis + 1}`) ?? 0;
  const step = linearAxis(image, axis)[axis]!;
  const states = Array.from(
    { length: axes[axis]! },
    (_, at) => STOKES[Math.round(reference + step * (at + 1 - pixel))],
  );
  return states.includes(undefined) ? null : { axis, states: states as string[] };
}
