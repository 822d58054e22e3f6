import { checked, type Instance, instantiate } from './instance.ts';
import { type FitsKernel, FitsKernelError } from './kernel.ts';

export type { FitsKernel, FitsKernelFault, PixelPositions, SkyPositions } from './kernel.ts';
export { FitsKernelError } from './kernel.ts';

/**
 * Memory of a module that waits for the next call: what large tiles took is given back, which only a new module can. Not before the last
 * of them, for V8 frees modules late.
 */
const KEPT_BYTES = 2 ** 24;

/**
 * The kernel on a compiled fits.wasm. The module is instantiated at the first call, and again after a trap, as damaged
 * bytes may cause one.
 */
export function createFitsKernel(module: WebAssembly.Module): FitsKernel {
  let instance: Instance | null = null;

  function run<Result>(operation: (instance: Instance) => Result, keeps = false): Result {
    try {
      instance ??= instantiate(module);
      const result = operation(instance);
      if (!keeps && instance.exports.memory.buffer.byteLength > KEPT_BYTES) instance = null;
      return result;
    } catch (error) {
      // What an operation had allocated is lost with the instance.
      instance = null;
      if (error instanceof FitsKernelError) throw error;
      throw new FitsKernelError('failed', 'the FITS kernel failed', { cause: error });
    }
  }

  return {
    sky(block, x, y) {
      const [lon, lat] = run((instance) => mapped(instance, 'fits_sky', block, x, y));
      return { lon, lat };
    },
    pixel(block, lon, lat) {
      const [x, y] = run((instance) => mapped(instance, 'fits_pixel', block, lon, lat));
      return { x, y };
    },
    tile: (tile, bytes, length) => run((instance) => decompressed(instance, tile, bytes, length), true),
    picture: (pixels, width, height, quality) =>
      run((instance) => picture(instance, pixels, width, height, quality)),
  };
}

function mapped(
  instance: Instance,
  name: 'fits_sky' | 'fits_pixel',
  block: Float64Array,
  first: Float64Array,
  second: Float64Array,
): [Float64Array, Float64Array] {
  const n = first.length;
  if (second.length !== n) throw new FitsKernelError('block', `columns of ${n} and ${second.length} rows`);
  return instance.within(8 * (block.length + 4 * n), (address) => {
    const at = address / 8;
    const columns = at + block.length;
    const memory = instance.f64();
    memory.set(block, at);
    memory.set(first, columns);
    memory.set(second, columns + n);
    const column = (number: number) => (columns + number * n) * 8;
    checked(instance.exports[name](address, block.length, n, column(0), column(1), column(2), column(3)));
    const results = instance.f64();
    return [results.slice(columns + 2 * n, columns + 3 * n), results.slice(columns + 3 * n, columns + 4 * n)];
  });
}

function decompressed(
  instance: Instance,
  tile: Float64Array,
  bytes: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const head = 8 * tile.length;
  return instance.within(head + length + bytes.length, (address) => {
    instance.f64().set(tile, address / 8);
    const from = address + head + length;
    instance.u8().set(bytes, from);
    checked(instance.exports.fits_tile(address, from, bytes.length, address + head));
    return instance.u8().slice(address + head, address + head + length);
  });
}

function picture(
  instance: Instance,
  pixels: Float32Array,
  width: number,
  height: number,
  quality: number,
): Uint8Array<ArrayBuffer> {
  if (pixels.length !== width * height) {
    throw new FitsKernelError('picture', `${pixels.length} pixels are not ${width} × ${height}`);
  }
  return instance.within(4 * pixels.length + 16, (address) => {
    const { exports } = instance;
    new Float32Array(exports.memory.buffer, address + 16, pixels.length).set(pixels);
    const length = checked(exports.fits_picture(address + 16, width, height, quality, address));
    const found = new DataView(exports.memory.buffer).getUint32(address, true);
    const bytes = instance.u8().slice(found, found + length);
    exports.fits_free(found, length);
    return bytes;
  });
}
