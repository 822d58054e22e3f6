import { sha256Of } from '../catalog/sha256.ts';

export const IMAGES_FOLDER = 'images';

/** Below it are the documents of datasets. */
export const DATASETS_FOLDER = `${IMAGES_FOLDER}/datasets`;

/** Hexadecimal digits of a dataset's folder: 256 of them, so that none has too many names in it. */
const FOLDER_DIGITS = 2;

/** SHA-256 of an identifier: identifiers may hold anything, keys are made of their digests alone. */
export async function datasetDigest(did: string): Promise<string> {
  return sha256Of(new TextEncoder().encode(did));
}

/** Of the document that says all of a dataset; its existence is what publishes it. */
export function datasetKey(digest: string): string {
  return `${DATASETS_FOLDER}/${digest.slice(0, FOLDER_DIGITS)}/${digest}.json`;
}

/** Below it are the FITS files of a collection. */
export function filesFolder(collection: string): string {
  return `${IMAGES_FOLDER}/files/${collection}`;
}

/** Below it are the preview and the thumbnail of a dataset. */
export function previewFolder(digest: string): string {
  return `${IMAGES_FOLDER}/previews/${digest}`;
}

/** Below it are the related files of a dataset that lie in the bucket. */
export function linksFolder(digest: string): string {
  return `${IMAGES_FOLDER}/links/${digest}`;
}
