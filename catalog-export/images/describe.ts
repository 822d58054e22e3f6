import {
  FitsError,
  type FitsImage,
  type FitsSource,
  type Hdu,
  imageWcs,
  openImage,
  readHdus,
  skyOf,
} from '../../engine/fits/index.ts';
import type { FitsKernel } from '../../engine/fits-wasm/index.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { ImageDataset, ImageHdu } from '../../engine/images/dataset.ts';
import { counterClockwise } from '../../engine/obscore/winding.ts';
import { coverageOf } from './coverage.ts';
import { publisherDid } from './identifiers.ts';
import { keywordsOf } from './keywords.ts';
import { type Mapping, mappedValues, stem } from './mapping.ts';
import { observationOf } from './observation.ts';

/** What a dataset is, as far as its file and the mapping tell. */
export type DescribedImage = Pick<
  ImageDataset,
  'did' | 'collection' | 'observation' | 'hdu' | 'primary' | 'moc'
> & {
  readonly image: FitsImage;
  /** What is wrong with the header, and not bad enough to refuse the image. */
  readonly notes: readonly string[];
};

export interface DescribeContext {
  readonly fits: FitsKernel;
  readonly kernel: HealpixKernel;
  readonly mapping: Mapping;
  readonly authority: string;
  readonly collection: string;
}

/**
 * The images of a FITS file, each with its place in the sky. An HDU without one, such as a mask, is left out where others have one.
 * @param path for patterns of the mapping, and for the identifier.
 * @throws Error saying why the file has nothing to publish: it is not FITS, truncated, or has no image with a WCS.
 */
export async function describeFile(
  source: FitsSource,
  path: string,
  context: DescribeContext,
): Promise<DescribedImage[]> {
  const hdus = await readHdus(source);
  const images = hdus.filter(({ kind }) => kind === 'image' || kind === 'compressed');
  if (images.length === 0) {
    throw new Error('it is FITS, but has no image: tables are loaded by "almagest load"');
  }
  const primary = hdus[0]!;
  const described: DescribedImage[] = [];
  const reasons: string[] = [];
  for (const hdu of images) {
    try {
      described.push(describeImage(hdu, primary, path, images.length > 1, context));
    } catch (error) {
      if (!(error instanceof FitsError)) throw error;
      reasons.push(error.message);
    }
  }
  if (described.length === 0) throw new Error(reasons.join('; '));
  return described;
}

function describeImage(
  hdu: Hdu,
  primary: Hdu,
  path: string,
  several: boolean,
  { fits, kernel, mapping, authority, collection }: DescribeContext,
): DescribedImage {
  const inExtension = hdu.index > 0;
  const primaryCards = inExtension ? primary.cards : null;
  const image = openImage(hdu as Parameters<typeof openImage>[0], primaryCards);
  const wcs = imageWcs(fits, image);
  const found = skyOf(wcs);
  const sky = { ...found, footprint: counterClockwise(found.footprint) };
  const keywords = keywordsOf(inExtension ? [image.header, primary.header] : [image.header]);
  const observation = observationOf({
    ...{ image, keywords, sky, collection, width: wcs.width, height: wcs.height },
    name: stem(path),
    ...mappedValues(mapping, path, keywords),
    filters: mapping.filters,
  });
  const { index, kind, cards, headerOffset, dataOffset, dataBytes } = hdu;
  return {
    did: publisherDid(authority, collection, observation.obs_id, several ? index : null),
    collection,
    observation,
    hdu: {
      index,
      kind: kind as ImageHdu['kind'],
      cards,
      headerOffset,
      dataOffset,
      dataBytes,
    },
    primary: primaryCards,
    moc: coverageOf(kernel, sky.footprint),
    image,
    notes: [...new Set(keywords.notes)],
  };
}
