import type { FitsImage } from '../../engine/fits/index.ts';
import {
  type FitsSource,
  overview,
  polarizationAxis,
  renderPicture,
  type Section,
} from '../../engine/fits/index.ts';
import type { FitsKernel } from '../../engine/fits-wasm/index.ts';
import type { Picture } from '../../engine/images/dataset.ts';

/** Longest side in pixels. */
const PREVIEW = 1024;
const THUMBNAIL = 200;

export interface RenderedPicture extends Omit<Picture, 'key'> {
  readonly name: 'preview.jpg' | 'thumbnail.jpg';
  readonly content: Uint8Array;
}

export interface RenderedPictures {
  readonly preview: RenderedPicture;
  readonly thumbnail: RenderedPicture;
}

/** Preview and thumbnail of an image, or of the plane in the middle of a cube; null where no pixel of it has a value. */
export async function picturesOf(
  kernel: FitsKernel,
  source: FitsSource,
  image: FitsImage,
): Promise<RenderedPictures | null> {
  const seen = await overview(kernel, source, image, PREVIEW, planeOf(image));
  if (!seen.pixels.some(Number.isFinite)) return null;
  return {
    preview: rendered(kernel, seen, 'preview.jpg', PREVIEW),
    thumbnail: rendered(kernel, seen, 'thumbnail.jpg', THUMBNAIL),
  };
}

/** The first and the last channels of cubes tend to be empty; of Stokes parameters the first is I. */
function planeOf(image: FitsImage): Section {
  const stokes = polarizationAxis(image)?.axis;
  const at = image.axes.map((pixels, axis) => (axis === stokes ? 1 : Math.ceil(pixels / 2)));
  return {
    first: at.map((plane, axis) => (axis < 2 ? 1 : plane)),
    last: at.map((plane, axis) => (axis < 2 ? image.axes[axis]! : plane)),
  };
}

type Overview = Awaited<ReturnType<typeof overview>>;

function rendered(
  kernel: FitsKernel,
  seen: Overview,
  name: RenderedPicture['name'],
  longest: number,
): RenderedPicture {
  const content = renderPicture(kernel, seen, 'jpeg', { longest });
  // Means of squares of so many pixels.
  const by = Math.max(1, Math.ceil(Math.max(seen.width, seen.height) / longest));
  return {
    name,
    content,
    mediaType: 'image/jpeg',
    bytes: content.length,
    width: Math.ceil(seen.width / by),
    height: Math.ceil(seen.height / by),
  };
}
