import { numberOf } from './header.ts';
import type { FitsImage } from './image.ts';

/**
 * A row of the matrix from pixels to intermediate coordinates, in the units of the axis (FITS 4.0 §8.1): CDi_j where there is any, else PCi_j
 * and CDELTi, else CROTA of the second axis of the sky.
 * @param axis from 0 on.
 */
export function linearAxis(image: FitsImage, axis: number): number[] {
  const { header, axes } = image;
  const number = (name: string, i: number, j: number) => numberOf(header, `${name}${i + 1}_${j + 1}`);
  const every = axes.map((_, j) => j);
  const keywords = [...header.values.keys()];
  if (keywords.some((keyword) => /^CD\d+_\d+$/.test(keyword))) {
    return every.map((j) => number('CD', axis, j) ?? 0);
  }
  const delta = (i: number) => numberOf(header, `CDELT${i + 1}`) ?? 1;
  if (keywords.some((keyword) => /^PC(\d+_\d+|\d{6})$/.test(keyword))) {
    return every.map((j) => {
      const old = `PC${String(axis + 1).padStart(3, '0')}${String(j + 1).padStart(3, '0')}`;
      return delta(axis) * (number('PC', axis, j) ?? numberOf(header, old) ?? (axis === j ? 1 : 0));
    });
  }
  const rotation = rotationOf(image);
  if (rotation !== null && (axis === rotation.lon || axis === rotation.lat)) {
    const { lon, lat, angle } = rotation;
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    return every.map((j) => {
      if (axis === lon) return j === lon ? delta(lon) * cosine : j === lat ? -delta(lat) * sine : 0;
      return j === lon ? delta(lon) * sine : j === lat ? delta(lat) * cosine : 0;
    });
  }
  return every.map((j) => (j === axis ? delta(axis) : 0));
}

/** CROTAn of the latitude, in radians. */
function rotationOf({ header, axes }: FitsImage): { lon: number; lat: number; angle: number } | null {
  const axisOf = (pattern: RegExp) =>
    axes.findIndex((_, axis) => pattern.test(String(header.values.get(`CTYPE${axis + 1}`) ?? '')));
  const [lon, lat] = [axisOf(/^(RA|.LON)/), axisOf(/^(DEC|.LAT)/)];
  if (lon < 0 || lat < 0) return null;
  const angle = numberOf(header, `CROTA${lat + 1}`);
  return angle === null || angle === 0 ? null : { lon, lat, angle: (angle * Math.PI) / 180 };
}
