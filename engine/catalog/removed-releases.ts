import { readObject } from '../storage/reading.ts';
import type { Storage } from '../storage/storage.ts';
import { expect, isObject, parseJson } from './parse-json.ts';
import { isReleaseName } from './release-name.ts';

/** Of what this program writes and reads. */
export const REMOVED_RELEASES_VERSION = 1;

/** A release that a catalogue has had. */
export interface RemovedRelease {
  readonly release: string;
  /** ISO 8601, UTC: when it was removed. */
  readonly removed: string;
}

/** `<catalog>/removed.json`: what is asked for at its address is gone, which is not the same as never there. */
export interface RemovedReleases {
  readonly version: typeof REMOVED_RELEASES_VERSION;
  readonly releases: readonly RemovedRelease[];
}

export function removedKey(catalog: string): string {
  return `${catalog}/removed.json`;
}

/**
 * The releases that were removed from a catalogue, in the order of removal.
 * @throws CorruptReleaseError naming the key of a list that is damaged.
 * @throws StorageError where the bucket cannot be read.
 */
export async function removedReleases(storage: Storage, catalog: string): Promise<readonly RemovedRelease[]> {
  const key = removedKey(catalog);
  const bytes = await readObject(storage, key);
  return bytes === null ? [] : parseJson(key, bytes, checkRemoved).releases;
}

function checkRemoved(list: unknown): asserts list is RemovedReleases {
  expect(isObject(list) && Array.isArray(list.releases), 'has no list of releases');
  expect(
    list.version === REMOVED_RELEASES_VERSION,
    `has version ${JSON.stringify(list.version)}: ${REMOVED_RELEASES_VERSION} is understood`,
  );
  for (const [at, entry] of (list.releases as unknown[]).entries()) {
    expect(isObject(entry) && isReleaseName(entry.release), `releases[${at}] names no release`);
    expect(typeof entry.removed === 'string', `releases[${at}].removed is no time`);
  }
}
