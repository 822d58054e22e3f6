import { readFileSync } from 'node:fs';
import { createKernel } from './index.ts';
import type { HealpixKernel } from './kernel.ts';

/** The kernel in Node, from the healpix.wasm beside this file. */
export function loadKernel(): HealpixKernel {
  return createKernel(new WebAssembly.Module(readFileSync(new URL('healpix.wasm', import.meta.url))));
}
