import { type Catalogs, createCatalogs } from './catalog/catalogs.ts';
import type { HealpixKernel } from './healpix-wasm/kernel.ts';
import { parquetDecoder } from './parquet/decode.ts';
import { createRowGroups, type RowGroups } from './parquet/row-groups.ts';
import type { Storage } from './storage/storage.ts';

/** What answers questions about the releases in a bucket. */
export interface Engine {
  readonly catalogs: Catalogs;
  readonly kernel: HealpixKernel;
  readonly rowGroups: RowGroups;
}

export interface EngineOptions {
  readonly storage: Storage;
  readonly kernel: HealpixKernel;
  /** `parquet-wasm/esm/parquet_wasm_bg.wasm` */
  readonly parquetModule: WebAssembly.Module;
  /** Bound on what is kept of the files between calls, in bytes, be it on the heap or in the kernel's memory. */
  readonly cacheBytes: number;
  /** Milliseconds after which a new release is seen at the latest. */
  readonly pointerLifetime?: number;
}

const POINTER_LIFETIME = 5000;

export function createEngine(options: EngineOptions): Engine {
  const { storage, kernel, parquetModule, cacheBytes, pointerLifetime = POINTER_LIFETIME } = options;
  return {
    catalogs: createCatalogs(storage, pointerLifetime),
    kernel,
    rowGroups: createRowGroups(storage, parquetDecoder(parquetModule), kernel, cacheBytes),
  };
}
