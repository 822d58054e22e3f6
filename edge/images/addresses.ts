/** Folder of the address of what belongs to a dataset, by what it is: names of different kinds never meet. */
export type FileKind = 'file' | 'picture' | 'link';

const FOLDERS: Readonly<Record<FileKind, string>> = { file: '', picture: 'pictures/', link: 'links/' };

/**
 * Where a file that a dataset's document names is served.
 * @param root address of the service's root, without a trailing slash.
 * @param digest of the dataset's identifier.
 * @param key of the file in the bucket: the last part of it is its name.
 */
export function fileUrl(root: string, digest: string, kind: FileKind, key: string): string {
  return `${root}/images/${digest}/${FOLDERS[kind]}${encodeURIComponent(fileName(key))}`;
}

export function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
