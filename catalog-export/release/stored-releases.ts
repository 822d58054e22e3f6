import { type Manifest, manifestKey, type Pointer, pointerKey } from '../../engine/catalog/manifest.ts';
import { parseManifest, parsePointer } from '../../engine/catalog/parse-manifest.ts';
import { compareReleases, isReleaseName } from '../../engine/catalog/release-name.ts';
import { removedReleases } from '../../engine/catalog/removed-releases.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/** What a bucket has of a catalogue, as one who writes needs to know it. */
export interface StoredReleases {
  /** Null where there is none, or one that is damaged. */
  readonly pointer: Pointer | null;
  /** In the order in which they were made. */
  readonly finished: readonly string[];
  /** Those without a manifest: killed exports left them, and nothing can refer to them. */
  readonly unfinished: readonly string[];
  /** Every name that was ever given to a release, as far as it is known. */
  readonly taken: readonly string[];
}

/** @throws Error when the bucket cannot be read. */
export async function storedReleases(storage: Storage, catalog: string): Promise<StoredReleases> {
  const names = (await storage.list(catalog)).filter(isReleaseName).sort(compareReleases);
  const sizes = await Promise.all(names.map((name) => storage.size(manifestKey(catalog, name))));
  const pointer = await readPointer(storage, catalog);
  const removed = await removedReleases(storage, catalog).catch(whereDamaged([]));
  return {
    pointer,
    finished: names.filter((_, at) => sizes[at] !== null),
    unfinished: names.filter((_, at) => sizes[at] === null),
    taken: [...names, ...removed.map(({ release }) => release), ...(pointer ? [pointer.release] : [])],
  };
}

async function readPointer(storage: Storage, catalog: string): Promise<Pointer | null> {
  const key = pointerKey(catalog);
  const bytes = await storage.get(key);
  if (bytes === null) return null;
  return Promise.resolve(bytes)
    .then((found) => parsePointer(key, found))
    .catch(whereDamaged(null));
}

/** The manifest of a release; null where it is missing, damaged, or of another version of this program. */
export async function readableManifest(
  storage: Storage,
  catalog: string,
  release: string,
): Promise<Manifest | null> {
  const key = manifestKey(catalog, release);
  const bytes = await storage.get(key);
  if (bytes === null) return null;
  return Promise.resolve(bytes)
    .then((found) => parseManifest(key, found))
    .catch(whereDamaged(null));
}

function whereDamaged<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof CorruptReleaseError) return value;
    throw error;
  };
}
