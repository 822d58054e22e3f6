import { readFileSync } from 'node:fs';
import { createKernel } from './index.ts';
import type { HealpixKernel } from './kernel.ts';
import { openRowSorter, type RowSorter } from './row-sorter.ts';
import { openWaitingRows, type WaitingRows } from './waiting-rows.ts';

let compiled: WebAssembly.Module | null = null;

/** The kernel in Node, from the healpix.wasm beside this file. */
export function loadKernel(): HealpixKernel {
  return createKernel(kernelModule());
}

/** Rows that wait in an instance of the kernel of their own, in Node. */
export function loadWaitingRows(room: number): WaitingRows {
  return openWaitingRows(kernelModule(), room);
}

/** A sorter of rows in an instance of the kernel of its own, in Node. */
export function loadRowSorter(): RowSorter {
  return openRowSorter(kernelModule());
}

function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('healpix.wasm', import.meta.url)));
  return compiled;
}
