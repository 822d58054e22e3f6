import type { Cone, HealpixKernel, Region } from '../../engine/healpix-wasm/kernel.ts';
import { KernelError } from '../../engine/healpix-wasm/kernel-error.ts';
import { RequestError } from '../request-error.ts';

/**
 * Whether a polygon has an inside takes geometry, which parsing does not have.
 * @param name of the parameter.
 * @throws RequestError (400) for a polygon that is none.
 */
export function checkRegion(kernel: HealpixKernel, region: Region | Cone, name: string): void {
  if (!('kind' in region) || region.kind !== 'polygon') return;
  try {
    kernel.regionRows(region, new Float64Array(), new Float64Array(), null);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new RequestError(400, `${name}: ${error.message}.`);
  }
}
