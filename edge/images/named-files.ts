import type { ImageDataset } from '../../engine/images/dataset.ts';
import { type FileKind, fileName } from './addresses.ts';

/** A file in the bucket that a dataset's document names. */
export interface NamedFile {
  readonly kind: FileKind;
  readonly name: string;
  readonly key: string;
  readonly mediaType: string;
  /** Null where the document does not say. */
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** All files in the bucket that are published with a dataset. */
export function namedFiles({ file, preview, thumbnail, links }: ImageDataset): NamedFile[] {
  return [
    { ...file, kind: 'file', name: fileName(file.key) },
    ...[preview, thumbnail]
      .filter((picture) => picture !== null)
      .map(({ key, mediaType, bytes }) => {
        return { kind: 'picture' as const, name: fileName(key), key, mediaType, bytes, sha256: null };
      }),
    ...links.flatMap(({ key, contentType, bytes }) => {
      const mediaType = contentType ?? 'application/octet-stream';
      return key === null
        ? []
        : [{ kind: 'link' as const, name: fileName(key), key, mediaType, bytes, sha256: null }];
    }),
  ];
}
