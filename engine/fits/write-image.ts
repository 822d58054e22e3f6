import { BLOCK, type CardValue, closedHeader, writeCard, writeCommentary } from './card.ts';

/** A keyword with its value, and what it means; the text of COMMENT and HISTORY is their value. */
export type HeaderEntry = readonly [keyword: string, value: CardValue, comment?: string];

export type ImagePixels = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/**
 * A FITS file of one image.
 * @param entries of the header, beyond those that say how pixels are stored.
 * @param axes pixels along each axis; their product is the number of pixels.
 */
export function writeImage(
  entries: readonly HeaderEntry[],
  pixels: ImagePixels,
  axes: readonly number[],
): Uint8Array<ArrayBuffer> {
  if (axes.reduce((product, side) => product * side, 1) !== pixels.length) {
    throw new RangeError(`${pixels.length} pixels are not ${axes.join(' × ')}`);
  }
  const floating = pixels instanceof Float32Array || pixels instanceof Float64Array;
  const layout: HeaderEntry[] = [
    ['SIMPLE', true, 'FITS 4.0'],
    ['BITPIX', pixels.BYTES_PER_ELEMENT * (floating ? -8 : 8), 'bits of a pixel'],
    ['NAXIS', axes.length, 'axes'],
    ...axes.map((side, axis): HeaderEntry => [`NAXIS${axis + 1}`, side]),
  ];
  const header = new TextEncoder().encode(closedHeader(writeEntries([...layout, ...entries])));
  const file = new Uint8Array(header.length + Math.ceil(pixels.byteLength / BLOCK) * BLOCK);
  file.set(header);
  writePixels(pixels, new DataView(file.buffer, header.length));
  return file;
}

/** Cards, joined. */
export function writeEntries(entries: readonly HeaderEntry[]): string {
  const cards = entries.map(([keyword, value, comment]) =>
    keyword === 'COMMENT' || keyword === 'HISTORY'
      ? writeCommentary(keyword, String(value))
      : writeCard(keyword, value, comment),
  );
  return cards.join('');
}

/** Most significant byte first. */
function writePixels(pixels: ImagePixels, view: DataView): void {
  const size = pixels.BYTES_PER_ELEMENT;
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at]!;
    if (pixels instanceof Uint8Array) view.setUint8(at, value);
    else if (pixels instanceof Int16Array) view.setInt16(at * size, value);
    else if (pixels instanceof Int32Array) view.setInt32(at * size, value);
    else if (pixels instanceof Float32Array) view.setFloat32(at * size, value);
    else view.setFloat64(at * size, value);
  }
}
