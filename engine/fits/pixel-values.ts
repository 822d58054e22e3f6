import { type FitsImage, pixelBytes } from './image.ts';

/** Reads physical values from stored pixels: BZERO + BSCALE × pixel, NaN for BLANK (FITS 4.0 §4.4.2.4, §5.3). */
export function pixelValues(image: FitsImage): (bytes: Uint8Array) => Float32Array {
  const { bitpix, bscale, bzero, blank } = image;
  const size = pixelBytes(image);
  const stored = reader(bitpix);
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const values = new Float32Array(bytes.length / size);
    for (let at = 0; at < values.length; at++) {
      const pixel = stored(view, at * size);
      values[at] = pixel === blank ? Number.NaN : bzero + bscale * pixel;
    }
    return values;
  };
}

function reader(bitpix: number): (view: DataView, at: number) => number {
  switch (bitpix) {
    case 8:
      return (view, at) => view.getUint8(at);
    case 16:
      return (view, at) => view.getInt16(at);
    case 32:
      return (view, at) => view.getInt32(at);
    case 64:
      return (view, at) => Number(view.getBigInt64(at));
    case -32:
      return (view, at) => view.getFloat32(at);
    default:
      return (view, at) => view.getFloat64(at);
  }
}
