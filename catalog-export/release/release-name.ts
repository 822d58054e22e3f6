import { manifestKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import { isReleaseName, releaseDay } from '../../engine/catalog/release-name.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/**
 * A name that no release of the catalogue has had: `YYYY-MM-DD` (UTC), with `.1`, `.2`… on further ones of a
 * day. That of an unfinished release is not used again, for its files may lie in someone's cache.
 */
export function nextReleaseName(existing: readonly string[], date: Date): string {
  const day = date.toISOString().slice(0, 10);
  const numbers = existing
    .filter(isReleaseName)
    .map(releaseDay)
    .filter((existing) => existing.day === day)
    .map(({ number }) => number);
  return numbers.length === 0 ? day : `${day}.${Math.max(...numbers) + 1}`;
}

/** Names in the catalogue's folder that are releases, finished or not. */
export async function releaseNames(storage: Storage, catalog: string): Promise<string[]> {
  return (await storage.list(catalog)).filter(isReleaseName);
}

/** Removes what killed exports left: releases without a manifest, which nothing can refer to. */
export async function removeAbandoned(
  storage: Storage,
  catalog: string,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const manifest = await storage.get(manifestKey(catalog, name), { offset: 0, length: 1 });
    if (manifest === null) await storage.remove(releasePrefix(catalog, name));
  }
}
