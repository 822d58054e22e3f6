import { readFileSync } from 'node:fs';
import { createFitsKernel } from './index.ts';
import type { FitsKernel } from './kernel.ts';

/** The kernel in Node, from the fits.wasm beside this file. */
export function loadFitsKernel(): FitsKernel {
  return createFitsKernel(new WebAssembly.Module(readFileSync(new URL('fits.wasm', import.meta.url))));
}
