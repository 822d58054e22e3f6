/** What is wrong with a FITS file. */
export type FitsFault =
  /** The bytes are no FITS file. */
  | 'not-fits'
  /** The file ends before its data do. */
  | 'truncated'
  /** A keyword that is needed is missing or makes no sense. */
  | 'bad-header'
  /** The header has no coordinates of the sky. */
  | 'no-wcs'
  /** The header has coordinates that are not understood here. */
  | 'unsupported-wcs'
  /** There is no image in the HDU. */
  | 'no-image'
  /** A feature that is not understood here. */
  | 'unsupported'
  /** Compressed data do not decompress. */
  | 'corrupt';

/** A FITS file, or an image in it, cannot be used. The message says what is wrong and where, for the one who has the file. */
export class FitsError extends Error {
  override readonly name = 'FitsError';
  readonly code: FitsFault;
  /** Number of the HDU, from 0 on; null where it is the file as a whole. */
  readonly hdu: number | null;

  constructor(code: FitsFault, hdu: number | null, message: string, options?: ErrorOptions) {
    super(hdu === null ? message : `HDU ${hdu}: ${message}`, options);
    this.code = code;
    this.hdu = hdu;
  }
}
