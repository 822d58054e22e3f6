import type pg from 'pg';
import type { ImageDataset, ImageFile, Picture } from '../../engine/images/dataset.ts';
import { datasetDigest, filesFolder, previewFolder } from '../../engine/images/keys.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { plainName } from './identifiers.ts';
import { digesting, type LocalFile } from './local-file.ts';
import type { RenderedPicture, RenderedPictures } from './pictures.ts';
import { fileOfContent, isReferred } from './stored-images.ts';

export type Pictures = Pick<ImageDataset, 'preview' | 'thumbnail'>;

/** Digits of a digest that tell files of one name apart. */
const TELLING_DIGITS = 12;

/**
 * Writes a FITS file into the bucket, streamed, unless the collection has it.
 * @throws Error where the bucket refuses it, or the file changes meanwhile: nothing is left of it then.
 */
export async function storeFile(options: {
  readonly client: pg.Client;
  readonly storage: Storage;
  readonly collection: string;
  readonly path: string;
  readonly file: LocalFile;
  readonly sha256: string;
}): Promise<Omit<ImageFile, 'mediaType'>> {
  const { client, storage, collection, path, file, sha256 } = options;
  const known = await fileOfContent(client, collection, sha256);
  const key = known ?? (await freeKey(client, collection, path, sha256));
  const stored = { key, name: key.split('/').at(-1)!, bytes: file.size, sha256 };
  if (known !== null && (await storage.size(key)) === file.size) return stored;
  const { stream, digest } = digesting(file.stream());
  await storage.putStream(key, stream);
  if (digest() === sha256) return stored;
  await storage.remove(key);
  throw new Error(`${path} changed while it was added: add it again when it is at rest`);
}

/** The file's own name, where no other file has it. */
async function freeKey(client: pg.Client, collection: string, path: string, sha256: string): Promise<string> {
  const name = plainName(path.split('/').at(-1)!.replace(/\.gz$/i, ''));
  const key = `${filesFolder(collection)}/${name}`;
  if (!(await isReferred(client, key))) return key;
  const [, start, end] = /^(.+?)((?:\.(?:fits?|fts))?(?:\.fz)?)$/i.exec(name)!;
  return `${filesFolder(collection)}/${start}-${sha256.slice(0, TELLING_DIGITS)}${end}`;
}

/** Writes preview and thumbnail into the bucket, under names that only this content of the file has. */
export async function storePictures(
  storage: Storage,
  did: string,
  sha256: string,
  rendered: RenderedPictures | null,
): Promise<Pictures> {
  if (rendered === null) return { preview: null, thumbnail: null };
  const folder = `${previewFolder(await datasetDigest(did))}/${sha256.slice(0, TELLING_DIGITS)}`;
  const put = async ({ name, content, ...picture }: RenderedPicture): Promise<Picture> => {
    const key = `${folder}/${name}`;
    await storage.put(key, content);
    return { key, ...picture };
  };
  return { preview: await put(rendered.preview), thumbnail: await put(rendered.thumbnail) };
}

/** Removes objects that nothing refers to any more. */
export async function removeUnreferred(
  client: pg.Client,
  storage: Storage,
  keys: readonly string[],
  kept: readonly string[] = [],
): Promise<void> {
  for (const key of keys) {
    if (!kept.includes(key) && !(await isReferred(client, key))) await storage.remove(key);
  }
}
