import { LRUCache } from 'lru-cache';
import { CorruptReleaseError } from '../errors.ts';
import { listFolder, readObject } from '../storage/reading.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { Storage } from '../storage/storage.ts';
import { isCatalogName } from './catalog-name.ts';
import { manifestKey, pointerKey } from './manifest.ts';
import { noticingRemoval } from './noticing-removal.ts';
import { parseManifest, parsePointer } from './parse-manifest.ts';
import { openRelease, type Release } from './release.ts';
import { isReleaseName } from './release-name.ts';

/** The catalogues of a bucket: its folders that have a pointer. */
export interface Catalogs {
  /** Names (`schema.table`) of all published catalogues, sorted. */
  list(): Promise<string[]>;
  /**
   * A release of a catalogue, by default the latest; null where there is no such catalogue or release.
   * @throws CorruptReleaseError where its pointer or manifest is damaged, or the latest has no manifest.
   * @throws StorageError where the bucket cannot be read.
   */
  open(name: string, release?: string): Promise<Release | null>;
  /**
   * A file of a release, whole.
   * @param path relative to the release.
   * @throws CorruptReleaseError where it is missing.
   * @throws StorageError where the bucket cannot be read.
   */
  file(release: Release, path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** A release is there no more: what is remembered of it is not to be believed. */
  forget(name: string, release: string): void;
}

/** Pointers and releases remembered at most. */
const POINTERS = 1000;
const RELEASES = 100;

/**
 * @param pointerLifetime milliseconds for which a pointer is believed before it is read again: so long may a
 *   new release stay unseen. Manifests are immutable and remembered.
 */
export function createCatalogs(storage: Storage, pointerLifetime: number): Catalogs {
  const pointers = new LRUCache<string, { release: string | null }>({
    max: POINTERS,
    ...(pointerLifetime > 0 && { ttl: pointerLifetime }),
    // Else the cache's clock is kept by a timer, which in workerd dies with the request that set it.
    ttlResolution: 0,
  });
  const releases = new LRUCache<string, Release>({ max: RELEASES });
  const shareRelease = sharedLoads<Release | null>();
  const sharePointer = sharedLoads<string | null>();

  async function readPointer(name: string): Promise<string | null> {
    const key = pointerKey(name);
    const bytes = await readObject(storage, key);
    const release = bytes && parsePointer(key, bytes).release;
    if (pointerLifetime > 0) pointers.set(name, { release });
    return release;
  }

  async function latest(name: string): Promise<string | null> {
    const known = pointers.get(name);
    return known ? known.release : sharePointer(name, () => readPointer(name));
  }

  async function readManifest(name: string, release: string): Promise<Release | null> {
    const key = manifestKey(name, release);
    const bytes = await readObject(storage, key);
    if (bytes === null) return null;
    const manifest = parseManifest(key, bytes);
    if (manifest.catalog !== name || manifest.release !== release) {
      throw new CorruptReleaseError(
        key,
        `describes another release: ${manifest.catalog} ${manifest.release}`,
      );
    }
    try {
      const opened = openRelease(manifest);
      releases.set(key, opened);
      return opened;
    } catch (error) {
      throw new CorruptReleaseError(key, `cannot be served: ${(error as Error).message}`, { cause: error });
    }
  }

  async function openNamed(name: string, release: string): Promise<Release | null> {
    const key = manifestKey(name, release);
    return releases.get(key) ?? shareRelease(key, () => readManifest(name, release));
  }

  /** A catalogue whose pointer is damaged is still a catalogue: opening it says what is wrong. */
  async function isPublished(name: string): Promise<boolean> {
    try {
      return (await latest(name)) !== null;
    } catch (error) {
      if (error instanceof CorruptReleaseError) return true;
      throw error;
    }
  }

  function forget(name: string, release: string): void {
    releases.delete(manifestKey(name, release));
    if (pointers.get(name)?.release === release) pointers.delete(name);
  }

  const ofReleases = noticingRemoval(storage, forget);

  return {
    async list() {
      const names = (await listFolder(storage, '')).filter(isCatalogName);
      const published = await Promise.all(names.map(isPublished));
      return names.filter((_, at) => published[at]);
    },

    async open(name, release) {
      if (!isCatalogName(name)) return null;
      if (release !== undefined) return isReleaseName(release) ? openNamed(name, release) : null;
      const remembered = pointers.get(name)?.release;
      if (remembered) {
        const opened = await openNamed(name, remembered);
        if (opened !== null) return opened;
        // It was replaced, and then removed, in the time for which a pointer is believed.
        pointers.delete(name);
      }
      const current = await latest(name);
      if (current === null) return null;
      const opened = await openNamed(name, current);
      if (opened === null) {
        throw new CorruptReleaseError(
          manifestKey(name, current),
          'is missing, but the pointer names its release',
        );
      }
      return opened;
    },

    async file({ prefix }, path) {
      const key = `${prefix}/${path}`;
      const bytes = await readObject(ofReleases, key);
      if (bytes === null) throw new CorruptReleaseError(key, 'is missing');
      return bytes;
    },

    forget,
  };
}
