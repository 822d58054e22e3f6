import type { FitsKernel } from '../fits-wasm/index.ts';
import { streamOf } from '../stream-of.ts';
import { BLOCK } from './card.ts';
import { cutoutHeader } from './cutout-header.ts';
import { type FitsImage, pixelBytes } from './image.ts';
import { readSection } from './read-section.ts';
import { type Section, sectionPixels } from './section.ts';
import type { FitsSource } from './source.ts';

/** A file that is made while it is read. */
export interface FitsStream {
  /** Bytes of the whole file, known beforehand. */
  readonly bytes: number;
  /** Fails with a `FitsError` where the image is damaged. */
  readonly stream: ReadableStream<Uint8Array>;
}

/** A section of an image as a FITS file, its pixels unchanged. At most a few megabytes of it are in memory at a time. */
export function sectionFits(
  kernel: FitsKernel,
  source: FitsSource,
  image: FitsImage,
  section: Section,
  history: readonly string[],
): FitsStream {
  const header = new TextEncoder().encode(cutoutHeader(image, section, history));
  const data = sectionPixels(section) * pixelBytes(image);
  const padded = Math.ceil(data / BLOCK) * BLOCK;
  const pieces = fileOf(header, readSection(kernel, source, image, section), padded - data);
  return { bytes: header.length + padded, stream: streamOf(pieces) };
}

async function* fileOf(
  header: Uint8Array,
  pixels: AsyncGenerator<Uint8Array>,
  padding: number,
): AsyncGenerator<Uint8Array, void> {
  yield header;
  yield* pixels;
  if (padding > 0) yield new Uint8Array(padding);
}
