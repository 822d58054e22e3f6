import type { FitsKernel } from '../../engine/fits-wasm/index.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/** What one cutout may cost. */
export interface SodaLimits {
  /** Bytes of the largest cutout, as FITS. */
  readonly maxBytes: number;
  /** Seconds that one may take. */
  readonly seconds: number;
}

/** All that the SODA app needs to answer. */
export interface SodaService {
  /** Where dataset documents and files lie. */
  readonly storage: Storage;
  /** Geometry of regions. */
  readonly kernel: HealpixKernel;
  /** Coordinates and pixels of images. */
  readonly fits: FitsKernel;
  readonly limits: SodaLimits;
  /** Name of the service on its pages. */
  readonly title: string;
  /** Address of the root as clients reach it, where requests do not tell; without a trailing slash. */
  readonly publicUrl: string | null;
}
