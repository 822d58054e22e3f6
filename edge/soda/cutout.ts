import { type FitsImage, imageWcs, openImage, type Section, sectionOf } from '../../engine/fits/index.ts';
import type { ImageDataset } from '../../engine/images/dataset.ts';
import { readDataset } from '../../engine/images/read-dataset.ts';
import { checkRegion } from '../request/check-region.ts';
import { quoted, RequestError } from '../request-error.ts';
import { isOutside } from './observed-bounds.ts';
import type { PixelRanges } from './pixel-section.ts';
import type { CutoutRequest } from './request.ts';
import type { SodaService } from './service.ts';

/** What a request keeps of an image. */
export interface Cutout {
  readonly dataset: ImageDataset;
  readonly image: FitsImage;
  readonly section: Section;
}

/**
 * The smallest section of an image that holds all pixels that a request asks for: the dataset's document tells it, and no byte of the
 * file is read. Null where no pixel is asked for (SODA 1.0 §5.1).
 * @throws RequestError (404) where there is no such dataset, 400 for an axis that it does not have, or a polygon that is none.
 */
export async function findCutout(
  { storage, fits, kernel }: SodaService,
  request: CutoutRequest,
): Promise<Cutout | null> {
  const { did, region, band, time, polarizations, pixels } = request;
  const dataset = await readDataset(storage, did);
  if (dataset === null) {
    throw new RequestError(
      404,
      `There is no dataset ${quoted(did)} here. Give the obs_publisher_did of a row of ivoa.obscore.`,
    );
  }
  if (region !== null) checkRegion(kernel, region, 'POLYGON');
  const image = openImage(dataset.hdu, dataset.primary);
  if (isOutside(dataset.observation, image, request)) return null;
  const section = sectionOf(kernel, image, imageWcs(fits, image), {
    ...(region && { region }),
    ...(band && { band }),
    ...(time && { time }),
    ...(polarizations && { pol: polarizations }),
    ...(pixels && { pixels: wholeRanges(image, pixels) }),
  });
  return section && { dataset, image, section };
}

/** An axis that a section does not name is kept whole. */
function wholeRanges({ axes }: FitsImage, pixels: PixelRanges): (readonly [number, number])[] {
  if (pixels.length > axes.length) {
    throw new RequestError(
      400,
      `SECTION names ${pixels.length} axes, and the image has ${axes.length}: ${axes.join(' × ')} pixels.`,
    );
  }
  return axes.map((length, axis) => pixels[axis] ?? [1, length]);
}
