import type { FitsKernel } from '../fits-wasm/index.ts';
import type { FitsImage } from './image.ts';
import { pixelValues } from './pixel-values.ts';
import { readSection } from './read-section.ts';
import { type Section, sectionAxes, wholeImage } from './section.ts';
import type { FitsSource } from './source.ts';

/** Values of a plane, row after row, the first row of the file first; NaN where there is none. */
export interface PixelPlane {
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Pixels of the longer side of a picture that nothing says more of. */
const LONGEST = 4096;
const JPEG_QUALITY = 85;

/**
 * The first plane of an image, or of a section of it, averaged down as it streams by until its longer side has at most `longest` pixels. A value of the result is
 * the mean of those pixels under it that have one.
 * @throws {FitsError} as `readSection`
 */
export async function overview(
  kernel: FitsKernel,
  source: FitsSource,
  image: FitsImage,
  longest: number,
  section: Section = wholeImage(image),
): Promise<PixelPlane> {
  const plane = {
    first: section.first,
    last: section.last.map((end, axis) => (axis < 2 ? end : section.first[axis]!)),
  };
  const [width, height = 1] = sectionAxes(plane) as [number, number?];
  const means = shrinking(width, height, longest);
  const values = pixelValues(image);
  for await (const bytes of readSection(kernel, source, image, plane)) means.add(values(bytes));
  return means.plane();
}

/** Takes the values of a plane in order. */
interface PlaneMaker {
  add(values: Float32Array): void;
  plane(): PixelPlane;
}

function keeping(width: number, height: number): PlaneMaker {
  const pixels = new Float32Array(width * height);
  let at = 0;
  return {
    add(values) {
      pixels.set(values, at);
      at += values.length;
    },
    plane: () => ({ pixels, width, height }),
  };
}

/** Has the means of values on a plane coarse enough. */
function shrinking(width: number, height: number, longest: number): PlaneMaker {
  const by = Math.max(1, Math.ceil(Math.max(width, height) / longest));
  if (by === 1) return keeping(width, height);
  const [smallWidth, smallHeight] = [Math.ceil(width / by), Math.ceil(height / by)];
  const sums = new Float64Array(smallWidth * smallHeight);
  const counts = new Uint32Array(sums.length);
  let at = 0;
  return {
    add(values) {
      for (let done = 0; done < values.length; ) {
        const x = at % width;
        // Up to the end of a row, and of what one pixel of the result takes of it.
        const end = Math.min(done + Math.min(width - x, by - (x % by)), values.length);
        const place = Math.floor(Math.floor(at / width) / by) * smallWidth + Math.floor(x / by);
        at += end - done;
        for (; done < end; done++) {
          const value = values[done]!;
          if (Number.isFinite(value)) {
            sums[place]! += value;
            counts[place]! += 1;
          }
        }
      }
    },
    plane() {
      // 0 / 0 is NaN.
      const pixels = Float32Array.from(sums, (sum, place) => sum / counts[place]!);
      return { pixels, width: smallWidth, height: smallHeight };
    },
  };
}

/**
 * A picture of a plane in grey, by percentiles and asinh, as people look at images of the sky; its last row is on top.
 * @param longest pixels of its longer side, to which it is averaged down.
 */
export function renderPicture(
  kernel: FitsKernel,
  plane: PixelPlane,
  format: 'png' | 'jpeg',
  {
    longest = LONGEST,
    quality = JPEG_QUALITY,
  }: { readonly longest?: number; readonly quality?: number } = {},
): Uint8Array<ArrayBuffer> {
  const { pixels, width, height } = fitting(plane, longest);
  return kernel.picture(pixels, width, height, format === 'jpeg' ? quality : 0);
}

function fitting(plane: PixelPlane, longest: number): PixelPlane {
  if (Math.max(plane.width, plane.height) <= longest) return plane;
  const means = shrinking(plane.width, plane.height, longest);
  means.add(plane.pixels);
  return means.plane();
}
