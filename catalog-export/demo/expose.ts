import { normalNumbers } from './random.ts';

/** Stars on a plate: FITS pixels (the centre of the first one is 1), and counts in all. */
export interface StarsOnPlate {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly counts: Float64Array;
}

export interface Exposure {
  readonly width: number;
  readonly height: number;
  /** Counts of the sky in a pixel. */
  readonly sky: number;
  /** Standard deviation of a star's image, pixels. */
  readonly blur: number;
  readonly seed: number;
}

/** Where 16-bit counts end. */
const SATURATION = 32_767;
/** Counts below which the wing of a star is not drawn. */
const FAINT = 0.2;

/** The counts of an exposure: Gaussian stars on an even sky, with the noise of counted photons. The same each time. */
export function expose(stars: StarsOnPlate, exposure: Exposure): Int16Array {
  const { width, height, sky, seed } = exposure;
  const light = new Float64Array(width * height).fill(sky);
  for (let star = 0; star < stars.counts.length; star += 1) {
    draw(light, exposure, stars.x[star]! - 1, stars.y[star]! - 1, stars.counts[star]!);
  }
  const normal = normalNumbers(seed);
  const counts = new Int16Array(light.length);
  for (let at = 0; at < light.length; at += 1) {
    const noisy = light[at]! + Math.sqrt(light[at]!) * normal();
    counts[at] = Math.max(0, Math.min(SATURATION, Math.round(noisy)));
  }
  return counts;
}

/** @param x of the first pixel is 0. */
function draw(
  light: Float64Array,
  { width, height, blur }: Exposure,
  x: number,
  y: number,
  counts: number,
): void {
  const peak = counts / (2 * Math.PI * blur ** 2);
  if (!(peak > FAINT)) return;
  const reach = blur * Math.sqrt(2 * Math.log(peak / FAINT));
  const [left, right] = within(x, reach, width);
  const [bottom, top] = within(y, reach, height);
  const profile = Float64Array.from({ length: Math.max(0, right - left + 1) }, (_, at) =>
    Math.exp(-((left + at - x) ** 2) / (2 * blur ** 2)),
  );
  for (let row = bottom; row <= top; row += 1) {
    const height = peak * Math.exp(-((row - y) ** 2) / (2 * blur ** 2));
    for (let column = left; column <= right; column += 1) {
      light[row * width + column]! += height * profile[column - left]!;
    }
  }
}

function within(center: number, reach: number, size: number): [first: number, last: number] {
  return [Math.max(0, Math.ceil(center - reach)), Math.min(size - 1, Math.floor(center + reach))];
}
