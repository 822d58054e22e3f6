import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { openImage, storageSource } from '../../engine/fits/index.ts';
import type { FitsKernel } from '../../engine/fits-wasm/index.ts';
import type { ImageDataset } from '../../engine/images/dataset.ts';
import { datasetDigest, datasetKey, IMAGES_FOLDER } from '../../engine/images/keys.ts';
import { readDataset } from '../../engine/images/read-dataset.ts';
import { writeDataset } from '../../engine/images/write-dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { picturesOf } from './pictures.ts';
import { allImages, alone, isReferred, linksOf, type StoredImage, writeImages } from './stored-images.ts';
import { storePictures } from './stored-objects.ts';

export interface Rebuilt {
  readonly images: number;
  /** Documents that were missing, damaged or out of date, and are made again. */
  readonly documents: number;
  /** Images whose pictures were missing and are made again. */
  readonly pictures: number;
  /** Objects that belong to no image of this database, such as those of an add that was killed. */
  readonly strays: readonly string[];
  /** Keys of files that are missing or of another size: only their owner can bring them back. */
  readonly missing: readonly string[];
}

export interface RebuildOptions {
  readonly client: pg.Client;
  readonly storage: Storage;
  readonly fits: FitsKernel;
  /** Objects of no image go: not where images of another database are in the bucket. */
  readonly removeStrays: boolean;
}

/** Makes what the bucket has of images what PostgreSQL says of them. */
export function rebuildImages({ client, storage, fits, removeStrays }: RebuildOptions): Promise<Rebuilt> {
  return alone(client, async () => {
    const missing = new Set<string>();
    const digests = new Set<string>();
    let [images, documents, pictures] = [0, 0, 0];
    for await (const stored of allImages(client)) {
      images += 1;
      digests.add(await datasetDigest(stored.did));
      let image = stored;
      if ((await storage.size(image.file.key)) !== image.file.bytes) missing.add(image.file.key);
      else if (!(await hasPictures(storage, image))) {
        image = await withPictures(storage, fits, image);
        await writeImages(client, [image]);
        pictures += 1;
      }
      const links = await linksOf(client, image.did);
      for (const { key, bytes } of links) {
        if (key !== null && (await storage.size(key)) !== bytes) missing.add(key);
      }
      if (await published(storage, { ...image, links })) documents += 1;
    }
    const strays = await straysOf(client, storage, digests);
    if (removeStrays) for (const key of strays) await storage.remove(key);
    return { images, documents, pictures, strays, missing: [...missing] };
  });
}

async function hasPictures(storage: Storage, { preview, thumbnail }: StoredImage): Promise<boolean> {
  for (const picture of [preview, thumbnail]) {
    if (picture !== null && (await storage.size(picture.key)) !== picture.bytes) return false;
  }
  return true;
}

async function withPictures(storage: Storage, fits: FitsKernel, image: StoredImage): Promise<StoredImage> {
  const source = await storageSource(storage, image.file.key);
  const rendered = await picturesOf(fits, source!, openImage(image.hdu, image.primary));
  return { ...image, ...(await storePictures(storage, image.did, image.file.sha256, rendered)) };
}

/** @returns whether the document had to be written. */
async function published(storage: Storage, dataset: ImageDataset): Promise<boolean> {
  const stored = await readDataset(storage, dataset.did).catch(() => null);
  if (isDeepStrictEqual(stored, dataset)) return false;
  await writeDataset(storage, dataset);
  return true;
}

/** Keys of objects, and of folders that are strays with all that is in them; documents first. */
async function straysOf(
  client: pg.Client,
  storage: Storage,
  digests: ReadonlySet<string>,
): Promise<string[]> {
  const strays: string[] = [];
  const children = async (folder: string) =>
    (await storage.list(folder)).map((name) => [`${folder}/${name}`, name] as const);
  for (const [folder] of await children(`${IMAGES_FOLDER}/datasets`)) {
    for (const [key, name] of await children(folder)) {
      const digest = name.replace(/\.json$/, '');
      if (!digests.has(digest) || key !== datasetKey(digest)) strays.push(key);
    }
  }
  for (const kind of ['previews', 'links']) {
    for (const [folder, digest] of await children(`${IMAGES_FOLDER}/${kind}`)) {
      if (!digests.has(digest)) strays.push(folder);
    }
  }
  for (const [folder] of await children(`${IMAGES_FOLDER}/files`)) {
    for (const [key] of await children(folder)) {
      if (!(await isReferred(client, key))) strays.push(key);
    }
  }
  return strays;
}
