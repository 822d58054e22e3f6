import { sha256Of } from '../../engine/catalog/sha256.ts';
import {
  type FitsSource,
  overview,
  renderPicture,
  sectionFits,
  sectionPixels,
} from '../../engine/fits/index.ts';
import type { Bytes } from '../answer/answer-body.ts';
import { matchesTag } from '../answer/entity-tag.ts';
import { disposition } from '../answer/stored-object.ts';
import { RequestError } from '../request-error.ts';
import { SOFTWARE } from '../service.ts';
import { type Cutout, findCutout } from './cutout.ts';
import { fitsBody } from './fits-body.ts';
import { cutoutName, provenance, sectionText } from './provenance.ts';
import type { CutoutRequest } from './request.ts';
import type { SodaService } from './service.ts';
import { sourceInTime } from './source.ts';
import type { CutoutType } from './standard.ts';

/** A dataset may be removed, and another be published under its identifier. */
const CACHE_CONTROL = 'public, max-age=300';

/** Pixels of the longer side of a picture at most; a larger cutout is averaged down. */
const LARGEST_PICTURE = 1024;

const EXTENSIONS: Readonly<Record<CutoutType, string>> = {
  'application/fits': 'fits',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

/**
 * A cutout as it streams, or 204 where no pixel of the image is asked for (SODA 1.0 §5.1).
 * @param seconds that it may take.
 * @throws RequestError (400) where it would be larger than one may be.
 */
export async function answerCutout(
  service: SodaService,
  request: CutoutRequest,
  ifNoneMatch: string | undefined,
  seconds: number,
): Promise<Response> {
  const cutout = await findCutout(service, request);
  if (cutout === null)
    return new Response(null, { status: 204, headers: { 'cache-control': CACHE_CONTROL } });
  const { type } = request;
  const etag = await entityTag(cutout, request);
  const headers = {
    etag,
    'last-modified': new Date(cutout.dataset.added).toUTCString(),
    'cache-control': CACHE_CONTROL,
  };
  if (matchesTag(ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
  refuseLarger(cutout, service.limits.maxBytes);
  const source = sourceInTime(service.storage, cutout.dataset.file, seconds);
  const { body, bytes } =
    type === 'application/fits'
      ? await asFits(service, cutout, source, request)
      : await asPicture(service, cutout, source, type);
  return new Response(body, {
    headers: {
      ...headers,
      'content-type': type,
      'content-length': String(bytes),
      'content-disposition': disposition(
        type === 'application/fits' ? 'attachment' : 'inline',
        `${cutoutName(cutout)}.${EXTENSIONS[type]}`,
      ),
    },
  });
}

/** The same cutout of the same file by the same software is the same; a FITS file names in its history what was asked for. */
async function entityTag({ dataset, section }: Cutout, { type, asked }: CutoutRequest): Promise<string> {
  const { file, hdu } = dataset;
  const words = type === 'application/fits' ? asked : [];
  const parts = [file.sha256, dataset.did, hdu.index, sectionText(section), type, SOFTWARE, ...words];
  return `W/"${await sha256Of(new TextEncoder().encode(parts.join('\n')))}"`;
}

function refuseLarger({ image, section }: Cutout, maxBytes: number): void {
  const bytes = (sectionPixels(section) * Math.abs(image.bitpix)) / 8;
  if (bytes <= maxBytes) return;
  throw new RequestError(
    400,
    `The cutout would have ${megabytes(bytes)} ([${sectionText(section)}]), and ${megabytes(maxBytes)} is the limit: ask for a smaller region, or load the whole file from the link #this of /datalink/links.`,
  );
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 1e6).toPrecision(4))} MB`;
}

interface Body {
  readonly body: BodyInit;
  readonly bytes: number;
}

async function asFits(
  { fits }: SodaService,
  cutout: Cutout,
  source: FitsSource,
  request: CutoutRequest,
): Promise<Body> {
  const file = sectionFits(fits, source, cutout.image, cutout.section, provenance(cutout, request));
  return { body: await fitsBody(chunksOf(file.stream), file.bytes), bytes: file.bytes };
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Bytes, void> {
  for await (const chunk of stream) yield chunk as Bytes;
}

/** The first plane of the cutout. */
async function asPicture(
  { fits }: SodaService,
  { image, section }: Cutout,
  source: FitsSource,
  type: Exclude<CutoutType, 'application/fits'>,
): Promise<Body> {
  const pixels = await overview(fits, source, image, LARGEST_PICTURE, section);
  const body = renderPicture(fits, pixels, type === 'image/png' ? 'png' : 'jpeg');
  return { body: body as Bytes, bytes: body.byteLength };
}
