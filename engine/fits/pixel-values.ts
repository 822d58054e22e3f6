import type { FitsImage } from './image.ts';

/** Reads physical values from stored pixels: BZERO + BSCALE × pixel, NaN for BLANK (FITS 4.0 §4.4.2.4, §5.3). */
export function pixelValues({
  bitpix,
  bscale,
  bzero,
  blank,
}: FitsImage): (bytes: Uint8Array) => Float32Array {
  const stored = reader(bitpix);
  return (bytes) => {
    const values = stored(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (blank === null && bscale === 1 && bzero === 0) return new Float32Array(values);
    const found = new Float32Array(values.length);
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!;
      found[at] = value === blank ? Number.NaN : bzero + bscale * value;
    }
    return found;
  };
}

type Reader = (view: DataView) => Float32Array | Float64Array;

/** A loop for each type: one over a function of the type would make an object of every pixel. */
function reader(bitpix: number): Reader {
  switch (bitpix) {
    case 8:
      return (view) => new Float32Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    case 16:
      return (view) => {
        const values = new Float32Array(view.byteLength / 2);
        for (let at = 0; at < values.length; at++) values[at] = view.getInt16(2 * at);
        return values;
      };
    case 32:
      return (view) => {
        const values = new Float64Array(view.byteLength / 4);
        for (let at = 0; at < values.length; at++) values[at] = view.getInt32(4 * at);
        return values;
      };
    case 64:
      return (view) => {
        const values = new Float64Array(view.byteLength / 8);
        for (let at = 0; at < values.length; at++) values[at] = Number(view.getBigInt64(8 * at));
        return values;
      };
    case -32:
      return (view) => {
        const values = new Float32Array(view.byteLength / 4);
        for (let at = 0; at < values.length; at++) values[at] = view.getFloat32(4 * at);
        return values;
      };
    default:
      return (view) => {
        const values = new Float64Array(view.byteLength / 8);
        for (let at = 0; at < values.length; at++) values[at] = view.getFloat64(8 * at);
        return values;
      };
  }
}
