/** Columns of positions in degrees, ICRS; NaN where there is none. */
export interface SkyPositions {
  readonly lon: Float64Array;
  readonly lat: Float64Array;
}

/** Columns of pixels; NaN where there is none. */
export interface PixelPositions {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** What went wrong, as src/abi.rs tells them apart. */
export type FitsKernelFault =
  | 'projection'
  | 'pole'
  | 'matrix'
  | 'frame'
  | 'block'
  | 'corrupt'
  | 'picture'
  | 'memory'
  | 'failed';

/** Thrown for input that the kernel cannot answer, and when the kernel itself fails. */
export class FitsKernelError extends Error {
  override readonly name = 'FitsKernelError';
  readonly fault: FitsKernelFault;

  constructor(fault: FitsKernelFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** What is done to pixels and coordinates of images. Synchronous; every function throws {@link FitsKernelError}. */
export interface FitsKernel {
  /** Positions of pixels, by a block of parameters of coordinates (src/wcs.rs). */
  sky(block: Float64Array, x: Float64Array, y: Float64Array): SkyPositions;
  /** Pixels of positions. */
  pixel(block: Float64Array, lon: Float64Array, lat: Float64Array): PixelPositions;
  /**
   * Decompresses a tile.
   * @param tile what src/abi.rs says of `fits_tile`.
   * @param length bytes of its pixels.
   */
  tile(tile: Float64Array, bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer>;
  /** A PNG, or a JPEG where `quality` is above 0, of `width` × `height` values; the last row is on top. */
  picture(pixels: Float32Array, width: number, height: number, quality: number): Uint8Array<ArrayBuffer>;
}
