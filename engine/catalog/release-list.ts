import { LRUCache } from 'lru-cache';
import { CorruptReleaseError } from '../errors.ts';
import { listFolder, readObject } from '../storage/reading.ts';
import type { Storage } from '../storage/storage.ts';
import { type Manifest, manifestKey } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';
import { compareReleases, isReleaseName } from './release-name.ts';

/** What a list tells of a release. */
export type ReleaseSummary = Pick<
  Manifest,
  'release' | 'created' | 'rows' | 'rowsWithoutPosition' | 'partitions' | 'bytes'
>;

/** The releases of catalogues. */
export interface ReleaseLists {
  /**
   * The complete releases of a catalogue, the latest first; those that cannot be read any more are left out.
   * @throws StorageError where the bucket cannot be read.
   */
  of(catalog: string): Promise<readonly ReleaseSummary[]>;
}

const KEPT = 2000;

/** Manifests that are read at a time. */
const AT_ONCE = 6;

/** Summaries of releases are kept apart from the manifests that answers are made from, so that a list does not push those out. */
export function createReleaseLists(storage: Storage): ReleaseLists {
  const summaries = new LRUCache<string, ReleaseSummary>({ max: KEPT });

  async function summary(catalog: string, name: string): Promise<ReleaseSummary | null> {
    const key = manifestKey(catalog, name);
    const known = summaries.get(key);
    if (known) return known;
    const bytes = await readObject(storage, key);
    if (bytes === null) return null;
    try {
      const {
        release,
        created,
        rows,
        rowsWithoutPosition,
        partitions,
        bytes: size,
      } = parseManifest(key, bytes);
      const made = { release, created, rows, rowsWithoutPosition, partitions, bytes: size };
      summaries.set(key, made);
      return made;
    } catch (error) {
      if (error instanceof CorruptReleaseError) return null;
      throw error;
    }
  }

  return {
    async of(catalog) {
      const names = (await listFolder(storage, catalog))
        .filter(isReleaseName)
        .sort(compareReleases)
        .reverse();
      const found: ReleaseSummary[] = [];
      for (let at = 0; at < names.length; at += AT_ONCE) {
        const read = await Promise.all(names.slice(at, at + AT_ONCE).map((name) => summary(catalog, name)));
        found.push(...read.filter((one) => one !== null));
      }
      return found;
    },
  };
}
