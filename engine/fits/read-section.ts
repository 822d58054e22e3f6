import type { FitsKernel } from '../fits-wasm/index.ts';
import { type FitsImage, pixelBytes } from './image.ts';
import { places } from './places.ts';
import { coalesced, READ_BYTES, readAhead, type Span } from './ranges.ts';
import { readTiles } from './read-tiles.ts';
import type { Section } from './section.ts';
import type { FitsSource } from './source.ts';

/**
 * The pixels of a section as an uncompressed FITS file has them, most significant byte first and in the order of FITS, in pieces of at
 * most about 1 MB, which do not end where rows do. Only the bytes that are needed, and small gaps between them, are read.
 * @throws {FitsError} `truncated` or `corrupt`
 */
export function readSection(
  kernel: FitsKernel,
  source: FitsSource,
  image: FitsImage,
  section: Section,
): AsyncGenerator<Uint8Array> {
  return image.tiles === null
    ? readPixels(source, image, section)
    : readTiles(kernel, source, image, image.tiles, section);
}

async function* readPixels(
  source: FitsSource,
  image: FitsImage,
  section: Section,
): AsyncGenerator<Uint8Array> {
  for await (const { read, bytes } of readAhead(source, coalesced(rows(image, section)))) {
    const { spans, offset } = read;
    if (spans.length === 1) {
      yield bytes;
      continue;
    }
    const piece = new Uint8Array(spans.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const span of spans) {
      const start = span.offset - offset;
      piece.set(bytes.subarray(start, start + span.length), at);
      at += span.length;
    }
    source.release?.(bytes);
    yield piece;
  }
}

/** Where the rows of a section lie; rows that are next to each other are one, up to the bytes of a read. */
function* rows(image: FitsImage, section: Section): Generator<Span> {
  const { axes, location } = image;
  const bytes = pixelBytes(image);
  const length = (section.last[0]! - section.first[0]! + 1) * bytes;
  const whole = length === axes[0]! * bytes;
  let pending: Span | null = null;
  for (const row of rowNumbers(axes, section)) {
    const offset = location.dataOffset + (row * axes[0]! + section.first[0]! - 1) * bytes;
    if (
      whole &&
      pending !== null &&
      pending.offset + pending.length === offset &&
      pending.length + length <= READ_BYTES
    ) {
      pending = { offset: pending.offset, length: pending.length + length };
    } else {
      if (pending !== null) yield pending;
      pending = { offset, length };
    }
  }
  if (pending !== null) yield pending;
}

/** Numbers, from 0 on, of the rows along the first axis that a section has part in, ascending. */
function* rowNumbers(axes: readonly number[], { first, last }: Section): Generator<number> {
  for (const at of places(first.slice(1), last.slice(1))) {
    yield at.reduceRight((row, place, axis) => row * axes[axis + 1]! + place - 1, 0);
  }
}
