import { ReleaseRemovedError } from '../errors.ts';
import type { Storage } from '../storage/storage.ts';
import { manifestKey } from './manifest.ts';
import { isReleaseName } from './release-name.ts';

/**
 * A storage in which reading an object of a release that was removed meanwhile is an error of its own: nothing of the release is
 * damaged. A release goes manifest first.
 * @param onRemoved hears of the release.
 */
export function noticingRemoval(
  storage: Storage,
  onRemoved: (catalog: string, release: string) => void,
): Storage {
  /** @throws ReleaseRemovedError where what is missing is of a release that is gone. */
  async function missing(key: string): Promise<null> {
    const [catalog, release] = key.split('/');
    if (!isReleaseName(release) || key === manifestKey(catalog!, release)) return null;
    if ((await storage.get(manifestKey(catalog!, release), { offset: 0, length: 1 })) !== null) return null;
    onRemoved(catalog!, release);
    throw new ReleaseRemovedError(key, catalog!, release);
  }
  return {
    ...storage,
    get: async (key, range) => (await storage.get(key, range)) ?? missing(key),
    stream: async (key, range) => (await storage.stream(key, range)) ?? missing(key),
  };
}
