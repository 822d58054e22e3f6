import type { Release } from '../../engine/catalog/release.ts';
import type { HealpixKernel, Position } from '../../engine/healpix-wasm/kernel.ts';
import { exampleCone } from '../example-cone.ts';

/** The centre of an image, or close to it, for those who want to try a search; null where there is none. */
export function exampleImage(kernel: HealpixKernel, images: Release | null): Position | null {
  return images && exampleCone(kernel, images, 1);
}
