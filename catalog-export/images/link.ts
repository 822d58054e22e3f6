import { basename } from 'node:path';
import type pg from 'pg';
import type { ImageLink } from '../../engine/images/dataset.ts';
import { datasetDigest, linksFolder } from '../../engine/images/keys.ts';
import { writeDataset } from '../../engine/images/write-dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { plainName } from './identifiers.ts';
import { openLocalFile } from './local-file.ts';
import { checkSemantics } from './semantics.ts';
import { alone, deleteLinks, insertLink, linksOf, storedImages } from './stored-images.ts';
import { removeUnreferred } from './stored-objects.ts';

export interface LinkOptions {
  readonly did: string;
  readonly semantics: string;
  /** An http(s) address, or a file that is brought into the bucket. */
  readonly target: string;
  readonly description: string | null;
  readonly contentType: string | null;
}

const TYPES: Readonly<Record<string, string>> = {
  fits: 'image/fits',
  fit: 'image/fits',
  fz: 'application/fits',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  vot: 'application/x-votable+xml',
  gz: 'application/gzip',
};

/** @throws Error where there is no such image, the semantics is none, or the file cannot be read. */
export async function linkImage(
  client: pg.Client,
  storage: Storage,
  options: LinkOptions,
): Promise<ImageLink> {
  const { did, target, description } = options;
  const semantics = checkSemantics(options.semantics);
  return alone(client, async () => {
    await requireImage(client, did);
    const isAddress = /^https?:\/\//i.test(target);
    const name = isAddress ? new URL(target).pathname : target;
    const contentType = options.contentType ?? TYPES[name.split('.').at(-1)!.toLowerCase()] ?? null;
    const file = isAddress
      ? { key: null, url: new URL(target).href, bytes: null }
      : await brought(storage, did, target);
    const link: ImageLink = { semantics, ...file, description, contentType };
    await addLink(client, storage, did, link);
    return link;
  });
}

/** Replaces a link to the same file or address. */
export async function addLink(
  client: pg.Client,
  storage: Storage,
  did: string,
  link: ImageLink,
): Promise<void> {
  await deleteLinks(client, did, (link.key ?? link.url)!);
  await insertLink(client, did, link);
  await publishLinks(client, storage, did);
}

/**
 * Takes a link from an image, and its file out of the bucket.
 * @param target its address, or the name of its file.
 * @returns false where the image has no such link.
 */
export function unlinkImage(
  client: pg.Client,
  storage: Storage,
  did: string,
  target: string,
): Promise<boolean> {
  return alone(client, async () => {
    await requireImage(client, did);
    const links = await linksOf(client, did);
    const found = links.find(
      ({ url, key }) => url === target || key?.split('/').at(-1) === plainName(target),
    );
    if (found === undefined) return false;
    await deleteLinks(client, did, (found.key ?? found.url)!);
    await publishLinks(client, storage, did);
    if (found.key !== null) await removeUnreferred(client, storage, [found.key]);
    return true;
  });
}

async function requireImage(client: pg.Client, did: string): Promise<void> {
  if ((await storedImages(client, [did])).has(did)) return;
  throw new Error(`there is no image ${did}: "almagest images list" tells the identifiers`);
}

async function publishLinks(client: pg.Client, storage: Storage, did: string): Promise<void> {
  const image = (await storedImages(client, [did])).get(did)!;
  await writeDataset(storage, { ...image, links: await linksOf(client, did) });
}

/** Files of one name and one image replace each other. */
async function brought(
  storage: Storage,
  did: string,
  path: string,
): Promise<{ readonly key: string; readonly url: null; readonly bytes: number }> {
  const file = await openLocalFile(path).catch((cause) => {
    throw new Error(`${path}: ${cause.message}`, { cause });
  });
  try {
    const key = `${linksFolder(await datasetDigest(did))}/${plainName(basename(path))}`;
    await storage.putStream(key, file.stream());
    return { key, url: null, bytes: file.size };
  } finally {
    await file.close();
  }
}
