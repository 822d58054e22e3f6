import { FitsError } from './errors.ts';
import { bitpixOf, type HduKind } from './hdus.ts';
import { type FitsHeader, integerOf, numberOf, parseHeader, requiredInteger } from './header.ts';
import { type TileLayout, tileLayout } from './tile-layout.ts';
import { imageHeader } from './uncompressed-header.ts';

/** Where an image lies: an `Hdu`, or the `hdu` of a dataset document. */
export interface ImageLocation {
  readonly index: number;
  readonly kind: HduKind;
  /** Cards of 80 characters, joined, without END. */
  readonly cards: string;
  readonly dataOffset: number;
  readonly dataBytes: number;
}

/** An image and what its pixels are; nothing of it is read yet. */
export interface FitsImage {
  readonly location: ImageLocation;
  /** As if the image had never been compressed. */
  readonly header: FitsHeader;
  /** Cards of the primary header for an image in an extension that inherits them (INHERIT); else null. */
  readonly inherited: FitsHeader | null;
  /** Pixels along each axis, NAXIS1 first. */
  readonly axes: readonly number[];
  readonly bitpix: number;
  /** Physical value = bzero + bscale × stored value. */
  readonly bscale: number;
  readonly bzero: number;
  /** The stored integer that stands for no value; null where there is none. */
  readonly blank: number | null;
  /** Null where the image is not compressed. */
  readonly tiles: TileLayout | null;
}

/** More pixels are no image that anything could be made of. */
const MOST_AXES = 9;

/**
 * @param primary cards of the primary header, for an image in an extension.
 * @throws {FitsError} `no-image` where the HDU holds none, `bad-header`, or `unsupported` where it is compressed in an unknown way
 */
export function openImage(location: ImageLocation, primary: string | null = null): FitsImage {
  const { index, kind } = location;
  if (kind !== 'image' && kind !== 'compressed') {
    const what = { table: 'a table', empty: 'no data', other: 'no image' }[kind];
    throw new FitsError('no-image', index, `it holds ${what}, not an image`);
  }
  const stored = parseHeader(location.cards);
  const header = kind === 'compressed' ? imageHeader(stored) : stored;
  const naxis = requiredInteger(header, 'NAXIS', 1, MOST_AXES, index);
  const axes = Array.from({ length: naxis }, (_, axis) =>
    requiredInteger(header, `NAXIS${axis + 1}`, 1, Number.MAX_SAFE_INTEGER, index),
  );
  const bitpix = bitpixOf(header, 'BITPIX', index);
  return {
    location,
    header,
    inherited: primary !== null && header.values.get('INHERIT') === true ? parseHeader(primary) : null,
    axes,
    bitpix,
    bscale: numberOf(header, 'BSCALE') ?? 1,
    bzero: numberOf(header, 'BZERO') ?? 0,
    blank: bitpix > 0 ? integerOf(header, 'BLANK') : null,
    tiles: kind === 'compressed' ? tileLayout(stored, location, axes, bitpix) : null,
  };
}

/** Bytes of a pixel. */
export const pixelBytes = ({ bitpix }: { readonly bitpix: number }): number => Math.abs(bitpix) / 8;
