import { type FitsImage, polarizationAxis, spectralAxis, timeAxis } from '../../engine/fits/index.ts';
import type { Observation } from '../../engine/images/dataset.ts';
import type { Interval } from '../request/dali-values.ts';
import { RequestError } from '../request-error.ts';
import type { CutoutRequest } from './request.ts';

/**
 * Whether filters along axes that an image does not have leave nothing of it. It has one place there, which the observation may tell.
 * @throws RequestError (400) where nobody knows whether a filter would keep the image.
 */
export function isOutside(
  { em_min, em_max, t_min, t_max, pol_states }: Observation,
  image: FitsImage,
  { band, time, polarizations }: CutoutRequest,
): boolean {
  return (
    (band !== null &&
      spectralAxis(image) === null &&
      !overlaps(band, em_min, em_max, 'BAND', 'wavelengths')) ||
    (time !== null && timeAxis(image) === null && !overlaps(time, t_min, t_max, 'TIME', 'time')) ||
    (polarizations !== null && polarizationAxis(image) === null && !hasState(polarizations, pol_states))
  );
}

function overlaps(
  [least, most]: Interval,
  from: number | null,
  to: number | null,
  name: string,
  what: string,
): boolean {
  if (from === null || to === null) throw unknown(name, what);
  return least <= to && most >= from;
}

/** @param states as ObsCore has them, `/I/Q/`. */
function hasState(asked: readonly string[], states: string | null): boolean {
  if (states === null) throw unknown('POL', 'polarization');
  return asked.some((state) => states.includes(`/${state}/`));
}

function unknown(name: string, what: string): RequestError {
  return new RequestError(
    400,
    `${name} cannot cut this image: it has no such axis, and nothing is known of its ${what}. Leave ${name} out.`,
  );
}
