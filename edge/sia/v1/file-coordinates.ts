import { celestialAxes } from '../../../engine/fits/celestial-axes.ts';
import { FitsError } from '../../../engine/fits/errors.ts';
import { numberOf } from '../../../engine/fits/header.ts';
import { openImage } from '../../../engine/fits/image.ts';
import { linearAxis } from '../../../engine/fits/linear-axes.ts';
import type { ImageDataset } from '../../../engine/images/dataset.ts';
import type { ImageRow } from './columns.ts';

/** The coordinates of a FITS file, as SIA 1.0 §4.2.2 wants them. */
export type FileCoordinates = Pick<
  ImageRow,
  'projection' | 'reference_pixel' | 'reference_value' | 'cd_matrix'
>;

export const NO_COORDINATES: FileCoordinates = {
  projection: null,
  reference_pixel: null,
  reference_value: null,
  cd_matrix: null,
};

/** None for an image whose axes are not equatorial, which SIA 1.0 has no words for. */
export function fileCoordinates({ hdu, primary }: ImageDataset): FileCoordinates {
  try {
    const image = openImage(hdu, primary);
    const sky = celestialAxes(image);
    if (!['ICRS', 'FK5', 'FK4'].includes(sky.frame)) return NO_COORDINATES;
    const axes = [sky.lon, sky.lat];
    const keyword = (name: string) => axes.map((axis) => numberOf(image.header, `${name}${axis + 1}`));
    const [pixel, value] = [keyword('CRPIX'), keyword('CRVAL')];
    const matrix = axes.flatMap((axis) => {
      const row = linearAxis(image, axis);
      return axes.map((other) => row[other]!);
    });
    return {
      projection: sky.projection,
      reference_pixel: pixel.map((number) => number ?? 0),
      reference_value: value.map((number) => number ?? 0),
      cd_matrix: matrix,
    };
  } catch (error) {
    if (error instanceof FitsError) return NO_COORDINATES;
    throw error;
  }
}
