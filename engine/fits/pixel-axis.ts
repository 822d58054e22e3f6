/** An axis whose pixels lie at values of some quantity, ascending or descending. */
export interface PixelAxis {
  /** From 0 on. */
  readonly axis: number;
  /** Of the outer edges of the first and the last pixel. */
  readonly min: number;
  readonly max: number;
  readonly pixels: number;
  /** Where a value lies: 1 is the centre of the first pixel. */
  readonly toPixel: (value: number) => number;
}

/** Null where the values of the axis are no numbers. */
export function pixelAxis(
  axis: number,
  pixels: number,
  toValue: (pixel: number) => number,
  toPixel: (value: number) => number,
): PixelAxis | null {
  const [first, last] = [toValue(0.5), toValue(pixels + 0.5)];
  if (!(Number.isFinite(first) && Number.isFinite(last))) return null;
  return { axis, min: Math.min(first, last), max: Math.max(first, last), pixels, toPixel };
}

/** Pixels of an axis that have part in an interval of values, first and last; null where there are none. */
export function pixelsWithin(
  { min, max, pixels, toPixel }: PixelAxis,
  [low, high]: readonly [number, number],
): readonly [number, number] | null {
  if (low > max || high < min || low > high) return null;
  const ends = [toPixel(Math.max(low, min)), toPixel(Math.min(high, max))];
  return overlapped(Math.min(...ends), Math.max(...ends), pixels);
}

/** Pixels from 1 to `pixels` that an interval of pixels overlaps; null where there are none. */
export function overlapped(low: number, high: number, pixels: number): readonly [number, number] | null {
  if (!(low <= pixels + 0.5 && high >= 0.5)) return null;
  const first = Math.max(1, Math.floor(low + 0.5));
  // The edge between two pixels belongs to the second one, and to nobody if an interval ends there.
  const last = Math.min(pixels, Math.ceil(high - 0.5));
  return [Math.min(first, pixels), Math.max(Math.min(first, pixels), last)];
}
