import { FitsKernelError, type FitsKernelFault } from './kernel.ts';

/** The C layer of src/abi.rs. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  fits_alloc(bytes: number): number;
  fits_free(address: number, bytes: number): void;
  fits_sky(block: number, size: number, n: number, x: number, y: number, lon: number, lat: number): number;
  fits_pixel(block: number, size: number, n: number, lon: number, lat: number, x: number, y: number): number;
  fits_tile(tile: number, bytes: number, n: number, to: number): number;
  fits_picture(pixels: number, width: number, height: number, quality: number, to: number): number;
}

/** A running module. */
export interface Instance {
  readonly exports: Exports;
  /** Gives an operation so many bytes, aligned to 16 and freed when it is over. */
  within<Result>(bytes: number, operation: (address: number) => Result): Result;
  /** The memory as it is now: not to be kept over a call, during which memory may grow. */
  f64(): Float64Array<ArrayBuffer>;
  u8(): Uint8Array<ArrayBuffer>;
}

const FAULTS: readonly [FitsKernelFault, string][] = [
  ['projection', 'the projection is not known, or its parameters are bad'],
  ['pole', 'CRVAL, LONPOLE, LATPOLE and PV contradict each other'],
  ['matrix', 'the matrix of the axes has no inverse'],
  ['frame', 'the frame is not known'],
  ['block', 'the block of parameters is too short'],
  ['corrupt', 'the bytes are not a tile of so many pixels'],
  ['picture', 'no picture of that size can be made'],
];

/** @throws {FitsKernelError} for what the C layer returns instead of a count */
export function checked(result: number): number {
  if (result >= 0) return result;
  const [fault, message] = FAULTS[-result - 1] ?? ['failed', `unforeseen result ${result}`];
  throw new FitsKernelError(fault, message);
}

export function instantiate(module: WebAssembly.Module): Instance {
  const exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  return {
    exports,
    within(bytes, operation) {
      const address = bytes < 2 ** 31 ? exports.fits_alloc(bytes) >>> 0 : 0;
      if (address === 0) throw new FitsKernelError('memory', `there is no memory for ${bytes} bytes`);
      const result = operation(address);
      exports.fits_free(address, bytes);
      return result;
    },
    f64: () => new Float64Array(exports.memory.buffer as ArrayBuffer),
    u8: () => new Uint8Array(exports.memory.buffer as ArrayBuffer),
  };
}
