import { createHash } from 'node:crypto';
import { releasePrefix } from '../../engine/catalog/manifest.ts';
import {
  RELEASE_FILES_PATH,
  RELEASE_FILES_VERSION,
  type ReleaseFile,
  type ReleaseFiles,
} from '../../engine/catalog/release-files.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/** Writes the files of a release, and the list of them. */
export interface ReleaseWriter {
  /** What the keys of the release begin with, before a slash. */
  readonly prefix: string;
  /** @param path relative to the release. */
  put(path: string, bytes: Uint8Array, about?: Pick<ReleaseFile, 'rows' | 'content'>): Promise<void>;
  /** Lists a file that came to lie in the release by another way. */
  add(file: ReleaseFile): void;
  /** Writes the list; what the manifest says of it. */
  close(): Promise<{ readonly bytes: number; readonly sha256: string }>;
}

export function releaseWriter(storage: Storage, catalog: string, release: string): ReleaseWriter {
  const prefix = releasePrefix(catalog, release);
  const files: ReleaseFile[] = [];
  return {
    prefix,
    async put(path, bytes, about) {
      await storage.put(`${prefix}/${path}`, bytes);
      files.push({ path, bytes: bytes.length, sha256: sha256(bytes), ...about });
    },
    add(file) {
      files.push(file);
    },
    async close() {
      const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      const list: ReleaseFiles = { version: RELEASE_FILES_VERSION, catalog, release, files: sorted };
      const bytes = new TextEncoder().encode(JSON.stringify(list));
      await storage.put(`${prefix}/${RELEASE_FILES_PATH}`, bytes);
      return { bytes: bytes.length, sha256: sha256(bytes) };
    },
  };
}

/** Hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
