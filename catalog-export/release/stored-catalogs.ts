import { isCatalogName } from '../../engine/catalog/catalog-name.ts';
import { isReleaseName } from '../../engine/catalog/release-name.ts';
import { nearestName } from '../../engine/nearest-name.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/** Catalogues of a bucket, sorted: folders that hold a release, finished or not. */
export async function storedCatalogs(storage: Storage): Promise<string[]> {
  const names = (await storage.list('')).filter(isCatalogName);
  const children = await Promise.all(names.map((name) => storage.list(name)));
  return names.filter((_, at) => children[at]!.some(isReleaseName));
}

/**
 * Those that are named, all where none is.
 * @throws Error naming one that is not in the bucket, and the one that was probably meant; and where there is none at all.
 */
export async function chosenCatalogs(storage: Storage, names: readonly string[]): Promise<string[]> {
  const stored = await storedCatalogs(storage);
  if (stored.length === 0)
    throw new Error('there is no release in the bucket yet: "almagest export" makes one');
  for (const name of names) {
    if (stored.includes(name)) continue;
    const nearest = nearestName(name, stored);
    const advice = nearest ? `did you mean ${nearest}?` : `there are ${stored.join(', ')}`;
    throw new Error(`there is no release of "${name}" in the bucket: ${advice}`);
  }
  return names.length === 0 ? stored : [...new Set(names)];
}
