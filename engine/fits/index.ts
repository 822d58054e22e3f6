export { type Card, type CardValue, writeCard, writeCommentary } from './card.ts';
export type { SkyFrame } from './celestial-axes.ts';
export { FitsError, type FitsFault } from './errors.ts';
export { type Hdu, type HduKind, readHdus } from './hdus.ts';
export {
  type FitsHeader,
  integerOf,
  numberOf,
  parseHeader,
  textOf,
} from './header.ts';
export { type FitsImage, type ImageLocation, openImage, pixelBytes } from './image.ts';
export { type PolarizationAxis, polarizationAxis, timeAxis } from './other-axes.ts';
export { overview, type PixelPlane, renderPicture } from './picture.ts';
export type { PixelAxis } from './pixel-axis.ts';
export {
  type Section,
  type SectionRequest,
  sectionOf,
  sectionPixels,
} from './section.ts';
export { type FitsStream, sectionFits } from './section-fits.ts';
export { footprint, type ImageSky, skyOf } from './sky.ts';
export { bytesSource, type FitsSource, sizedSource, storageSource } from './source.ts';
export { spectralAxis } from './spectral-axis.ts';
export { type ImageWcs, imageWcs } from './wcs.ts';
export { type HeaderEntry, type ImagePixels, writeEntries, writeImage } from './write-image.ts';
