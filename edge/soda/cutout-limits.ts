import { openImage } from '../../engine/fits/image.ts';
import { polarizationAxis, timeAxis } from '../../engine/fits/other-axes.ts';
import { spectralAxis } from '../../engine/fits/spectral-axis.ts';
import type { ImageDataset } from '../../engine/images/dataset.ts';
import type { CutoutLimits } from './descriptor.ts';

/** What a dataset's document says of the axes along which it can be cut; reads nothing else. */
export function cutoutLimits({ observation, hdu, primary }: ImageDataset): CutoutLimits {
  const { s_ra, s_dec, s_fov, s_region } = observation;
  const image = openImage(hdu, primary);
  return {
    circle: [s_ra, s_dec, s_fov / 2].join(' '),
    polygon: s_region.join(' '),
    band: ends(spectralAxis(image)),
    time: ends(timeAxis(image)),
    polarizations: polarizationAxis(image)?.states ?? [],
    section: image.axes.map((pixels) => `1:${pixels}`).join(','),
  };
}

function ends(axis: { readonly min: number; readonly max: number } | null): [string, string] | null {
  return axis && [String(axis.min), String(axis.max)];
}
