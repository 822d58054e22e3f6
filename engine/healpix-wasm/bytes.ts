import type { Instance } from './instance.ts';
import { KernelError } from './kernel-error.ts';

/** CRC-32 as of zlib and Parquet's pages, in 0…2³² − 1. */
export function crc32(instance: Instance, bytes: Uint8Array): number {
  const at = instance.scratch(bytes.length);
  instance.views().u8.set(bytes, at);
  return instance.exports.kernel_crc32(at, bytes.length) >>> 0;
}

export function snappy(instance: Instance, bytes: Uint8Array, length: number): Uint8Array {
  const to = instance.scratch(length + bytes.length);
  const at = to + length;
  const { u8 } = instance.views();
  u8.set(bytes, at);
  if (instance.exports.kernel_snappy(at, bytes.length, to, length) < 0) {
    throw new KernelError(
      `the ${bytes.length} bytes of Snappy are damaged, or not ${length} bytes compressed`,
    );
  }
  return u8.subarray(to, to + length);
}
