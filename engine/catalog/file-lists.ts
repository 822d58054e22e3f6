import { LRUCache } from 'lru-cache';
import { CorruptReleaseError } from '../errors.ts';
import { readObject } from '../storage/reading.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { Storage } from '../storage/storage.ts';
import { manifestKey } from './manifest.ts';
import type { Release } from './release.ts';
import { parseReleaseFiles, RELEASE_FILES_PATH, type ReleaseFile } from './release-files.ts';
import { sha256Of } from './sha256.ts';

/** What lies in a release: each of its files, the list of them and the manifest too. */
export interface FileList {
  /** Ascending by path. */
  readonly files: readonly ReleaseFile[];
  find(path: string): ReleaseFile | null;
}

/** Reads the lists of releases' files, and keeps what it read. */
export interface FileLists {
  /**
   * @throws CorruptReleaseError where the list is not the one that the manifest tells of.
   * @throws StorageError where the bucket cannot be read.
   */
  of(release: Release): Promise<FileList>;
}

/** Bytes of the lists that are kept, as files: a file of a release takes some 200 there. */
const CACHE_BYTES = 4 << 20;

export function createFileLists(storage: Storage): FileLists {
  const cache = new LRUCache<string, FileList>({ maxSize: CACHE_BYTES });
  const share = sharedLoads<FileList>();

  async function read({ manifest, prefix }: Release): Promise<FileList> {
    const key = `${prefix}/${RELEASE_FILES_PATH}`;
    const bytes = await readObject(storage, key);
    if (bytes === null) throw new CorruptReleaseError(key, 'is missing');
    const sha256 = await sha256Of(bytes);
    if (sha256 !== manifest.files.sha256) {
      throw new CorruptReleaseError(key, 'is damaged: its SHA-256 differs from the one in the manifest');
    }
    const list = parseReleaseFiles(key, bytes);
    const ownKey = manifestKey(manifest.catalog, manifest.release);
    const own = await readObject(storage, ownKey);
    if (own === null) throw new CorruptReleaseError(ownKey, 'is missing');
    const files = [
      ...list.files.map(({ path, bytes, sha256, rows }) => ({
        path,
        bytes,
        sha256,
        ...(rows !== undefined && { rows }),
      })),
      { path: RELEASE_FILES_PATH, bytes: bytes.length, sha256 },
      { path: 'manifest.json', bytes: own.length, sha256: await sha256Of(own) },
    ].sort((a, b) => (a.path < b.path ? -1 : 1));
    const listed = { files, find: (path: string) => found(files, path) };
    cache.set(prefix, listed, { size: bytes.length });
    return listed;
  }

  return {
    of: async (release) => cache.get(release.prefix) ?? share(release.prefix, () => read(release)),
  };
}

function found(files: readonly ReleaseFile[], path: string): ReleaseFile | null {
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (files[middle]!.path < path) low = middle + 1;
    else high = middle;
  }
  return files[low]?.path === path ? files[low]! : null;
}
