import {
  type FitsKernel,
  FitsKernelError,
  type PixelPositions,
  type SkyPositions,
} from '../fits-wasm/index.ts';
import { celestialAxes, type SkyFrame } from './celestial-axes.ts';
import { FitsError } from './errors.ts';
import type { FitsImage } from './image.ts';
import { wcsBlock } from './wcs-block.ts';

/**
 * Where the pixels of an image are on the sky. Pixels are those of FITS: the centre of the first one is 1, its outer edge 0.5; x runs
 * along the first of the two axes of the sky in the file, y along the second. Positions are ICRS, in degrees, whatever the frame.
 */
export interface ImageWcs {
  /** The axes of the sky, from 0 on, the first one first, whichever of them is the longitude. */
  readonly axes: readonly [number, number];
  readonly frame: SkyFrame;
  /** Years; null where the frame has none. */
  readonly equinox: number | null;
  /** Three letters, as `TAN`. */
  readonly projection: string;
  /** Pixels along both axes. */
  readonly width: number;
  readonly height: number;
  /** NaN where the projection has no sky. */
  pixelToSky(x: Float64Array, y: Float64Array): SkyPositions;
  /** NaN where the position is not in the projection. Lon in degrees from −360 to 360. */
  skyToPixel(lon: Float64Array, lat: Float64Array): PixelPositions;
}

/** @throws {FitsError} `no-wcs` or `unsupported-wcs` */
export function imageWcs(kernel: FitsKernel, image: FitsImage): ImageWcs {
  const sky = celestialAxes(image);
  const block = wcsBlock(image, sky);
  const axes: [number, number] = sky.lon < sky.lat ? [sky.lon, sky.lat] : [sky.lat, sky.lon];
  const { index } = image.location;

  function answered<Result>(call: () => Result): Result {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof FitsKernelError)) throw error;
      throw new FitsError('unsupported-wcs', index, faultOf(error, sky.projection), { cause: error });
    }
  }

  const wcs: ImageWcs = {
    axes,
    frame: sky.frame,
    equinox: sky.equinox,
    projection: sky.projection,
    width: image.axes[axes[0]]!,
    height: image.axes[axes[1]]!,
    pixelToSky: (x, y) => answered(() => kernel.sky(block, x, y)),
    skyToPixel: (lon, lat) => answered(() => kernel.pixel(block, lon, lat)),
  };
  // Whatever is wrong with the parameters shows at the first call.
  wcs.pixelToSky(new Float64Array(), new Float64Array());
  return wcs;
}

function faultOf({ fault, message }: FitsKernelError, projection: string): string {
  switch (fault) {
    case 'projection':
      return `the projection ${projection} is not known here, or its parameters (PVi_m) are bad`;
    case 'matrix':
      return 'the matrix of CDi_j, or PCi_j and CDELTi, has no inverse';
    default:
      return `the coordinates of the sky (WCS) are wrong: ${message}`;
  }
}
