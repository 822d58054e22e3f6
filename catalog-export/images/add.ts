import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { DATASET_VERSION, type ImageFile } from '../../engine/images/dataset.ts';
import { readDataset } from '../../engine/images/read-dataset.ts';
import { writeDataset } from '../../engine/images/write-dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { publishObscore } from '../database/obscore.ts';
import { type DescribeContext, type DescribedImage, describeFile } from './describe.ts';
import type { Incoming, IncomingFile } from './incoming.ts';
import { digestOf, type LocalFile } from './local-file.ts';
import { picturesOf, type RenderedPictures } from './pictures.ts';
import { alone, linksOf, type StoredImage, storedImages, writeImages } from './stored-images.ts';
import { type Pictures, removeUnreferred, storeFile, storePictures } from './stored-objects.ts';

export interface AddContext extends DescribeContext {
  readonly client: pg.Client;
  readonly storage: Storage;
  readonly now?: () => Date;
}

export type Outcome = 'added' | 'replaced' | 'updated' | 'unchanged' | 'refused' | 'would be added';

/** What became of a file. */
export interface AddedFile {
  readonly file: string;
  /** `updated`: the same file, of which more or else is told now. */
  readonly outcome: Outcome;
  readonly images: readonly Pick<DescribedImage, 'did' | 'observation' | 'notes'>[];
  /** Why it was refused. */
  readonly reason: string | null;
}

/** The file is at fault: the next may be added all the same. */
class Refusal extends Error {}

/**
 * Adds files one after the other, telling of each what became of it: it is whole and published, or there is nothing of it.
 * @throws Error where the database or the bucket fail; what was added until then stays.
 */
export async function* addImages(files: readonly Incoming[], context: AddContext): AsyncGenerator<AddedFile> {
  await publishObscore(context.client);
  const seen = new Map<string, string>();
  yield* eachFile(files, async (incoming, file) => {
    const images = await described(incoming, file, seen, context);
    const outcome = await alone(context.client, () => addFile(incoming, file, images, context));
    return { outcome, images };
  });
}

/** What ObsCore would say of images, with neither database nor bucket. */
export async function* describeImages(
  files: readonly Incoming[],
  context: DescribeContext,
): AsyncGenerator<AddedFile> {
  const seen = new Map<string, string>();
  yield* eachFile(files, async (incoming, file) => ({
    outcome: 'would be added',
    images: await described(incoming, file, seen, context),
  }));
}

async function* eachFile(
  files: readonly Incoming[],
  work: (
    incoming: IncomingFile,
    file: LocalFile,
  ) => Promise<{ readonly outcome: Outcome; readonly images: readonly DescribedImage[] }>,
): AsyncGenerator<AddedFile> {
  for (const incoming of files) {
    const refused = (reason: string): AddedFile => {
      return { file: incoming.label, outcome: 'refused', images: [], reason };
    };
    if ('refused' in incoming) {
      yield refused(incoming.refused);
      continue;
    }
    let file: LocalFile;
    try {
      file = await incoming.open();
    } catch (error) {
      yield refused((error as Error).message);
      continue;
    }
    try {
      const { outcome, images } = await work(incoming, file);
      const told = images.map(({ did, observation, notes }) => ({ did, observation, notes }));
      yield { file: incoming.label, outcome, images: told, reason: null };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      yield refused(error.message);
    } finally {
      await file.close();
    }
  }
}

/** @throws Refusal */
async function described(
  { label, path }: IncomingFile,
  file: LocalFile,
  seen: Map<string, string>,
  context: DescribeContext,
): Promise<DescribedImage[]> {
  const images = await refusing(() => describeFile(file, path, context));
  for (const { did } of images) {
    const other = seen.get(did);
    if (other !== undefined) {
      throw new Refusal(
        `its identifier ${did} is that of ${other}, added before: tell them apart by "obs_id" in a mapping, such as {"files": {"${path}": {"obs_id": "…"}}}`,
      );
    }
  }
  for (const { did } of images) seen.set(did, label);
  return images;
}

/** What fails is the fault of the file. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Refusal((cause as Error).message, { cause });
  }
}

async function addFile(
  { path }: IncomingFile,
  file: LocalFile,
  images: readonly DescribedImage[],
  context: AddContext,
): Promise<Outcome> {
  const { client, storage } = context;
  const sha256 = await refusing(() => digestOf(file));
  const before = await storedImages(
    client,
    images.map(({ did }) => did),
  );
  const known = [...before.values()];
  const isSame = known.length === images.length && known.every((image) => image.file.sha256 === sha256);
  if (isSame && (await isPublished(images, before, storage))) return 'unchanged';
  const now =
    isSame && (await areStored(known, storage))
      ? images.map((image) => datasetOf(image, before.get(image.did)!, context))
      : await storedAnew(path, file, sha256, images, context);
  await publish(now, context);
  const kept = now.flatMap(objectsOf);
  for (const image of known) await removeUnreferred(client, storage, objectsOf(image), kept);
  if (isSame) return 'updated';
  return known.length > 0 ? 'replaced' : 'added';
}

/** Brings the file and its pictures into the bucket; nothing of them stays there where one of them cannot be. */
async function storedAnew(
  path: string,
  file: LocalFile,
  sha256: string,
  images: readonly DescribedImage[],
  context: AddContext,
): Promise<StoredImage[]> {
  const { fits, client, storage, collection } = context;
  const rendered = new Map<string, RenderedPictures | null>();
  for (const { did, image } of images) {
    rendered.set(did, await refusing(() => picturesOf(fits, file, image)));
  }
  const stored = await storeFile({ client, storage, collection, path, file, sha256 });
  const now: StoredImage[] = [];
  try {
    for (const image of images) {
      const pictures = await storePictures(storage, image.did, sha256, rendered.get(image.did)!);
      now.push(datasetOf(image, { file: stored, ...pictures }, context));
    }
    return now;
  } catch (error) {
    const keys = [stored.key, ...now.flatMap(objectsOf)];
    await removeUnreferred(client, storage, keys).catch(() => {});
    throw error;
  }
}

/** Rows first, and then the documents, which are what is served. */
async function publish(images: readonly StoredImage[], { client, storage }: AddContext): Promise<void> {
  await writeImages(client, images);
  for (const image of images) {
    await writeDataset(storage, { ...image, links: await linksOf(client, image.did) });
  }
}

/** Whether all that would be written is there already, the documents too: an add may have been interrupted before them. */
async function isPublished(
  images: readonly DescribedImage[],
  before: ReadonlyMap<string, StoredImage>,
  storage: Storage,
): Promise<boolean> {
  for (const image of images) {
    const { observation, hdu, primary, moc } = before.get(image.did)!;
    const now = { observation: image.observation, hdu: image.hdu, primary: image.primary, moc: image.moc };
    if (!isDeepStrictEqual({ observation, hdu, primary, moc }, now)) return false;
    if ((await readDataset(storage, image.did).catch(() => null)) === null) return false;
  }
  return true;
}

function datasetOf(
  { image: _, notes: __, ...described }: DescribedImage,
  { file, preview, thumbnail }: Pictures & { readonly file: Omit<ImageFile, 'mediaType'> },
  { now = () => new Date() }: AddContext,
): StoredImage {
  return {
    version: DATASET_VERSION,
    ...described,
    added: now().toISOString(),
    // RFC 4047: image/fits where the primary HDU is the image.
    file: { ...file, mediaType: described.hdu.index === 0 ? 'image/fits' : 'application/fits' },
    preview,
    thumbnail,
  };
}

/** Whether the bucket has the files and pictures: it may be another one than before. */
async function areStored(images: readonly StoredImage[], storage: Storage): Promise<boolean> {
  for (const { file, preview, thumbnail } of images) {
    for (const object of [file, preview, thumbnail]) {
      if (object !== null && (await storage.size(object.key)) !== object.bytes) return false;
    }
  }
  return true;
}

function objectsOf({ file, preview, thumbnail }: StoredImage): string[] {
  return [file.key, preview?.key, thumbnail?.key].filter((key) => key !== undefined);
}
