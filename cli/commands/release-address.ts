import { chosenCatalogs } from '../../catalog-export/release/stored-catalogs.ts';
import { storedReleases } from '../../catalog-export/release/stored-releases.ts';
import { manifestKey, pointerKey } from '../../engine/catalog/manifest.ts';
import { parsePointer } from '../../engine/catalog/parse-manifest.ts';
import { isReleaseName } from '../../engine/catalog/release-name.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/** A release of a bucket. */
export interface ReleaseAddress {
  readonly catalog: string;
  readonly release: string;
}

/**
 * The releases that are named: `schema.table` for the latest, `schema.table@2026-11-20` for that one; the latest of every catalogue
 * where none is.
 * @throws Error naming a catalogue or a release that is not in the bucket, and those that are.
 */
export async function chosenReleases(
  storage: Storage,
  addresses: readonly string[],
): Promise<ReleaseAddress[]> {
  const split = addresses.map(splitAddress);
  const catalogs = await chosenCatalogs(
    storage,
    split.map(({ catalog }) => catalog),
  );
  const wanted = addresses.length === 0 ? catalogs.map((catalog) => ({ catalog, release: null })) : split;
  return Promise.all(
    wanted.map(async ({ catalog, release }) => ({
      catalog,
      release:
        release === null ? await latestOf(storage, catalog) : await existing(storage, catalog, release),
    })),
  );
}

/** @throws Error where the text is neither `schema.table` nor `schema.table@release`. */
export function splitAddress(text: string): { catalog: string; release: string | null } {
  const [catalog = '', release = null, ...more] = text.split('@');
  if (catalog === '' || more.length > 0 || (release !== null && !isReleaseName(release))) {
    throw new Error(
      `"${text}" names no release: write schema.table for the latest, or such as survey.stars@2026-11-20`,
    );
  }
  return { catalog, release };
}

async function latestOf(storage: Storage, catalog: string): Promise<string> {
  const key = pointerKey(catalog);
  const bytes = await storage.get(key);
  if (bytes === null) throw new Error(`${catalog} has no latest release: its export was never finished`);
  return parsePointer(key, bytes).release;
}

async function existing(storage: Storage, catalog: string, release: string): Promise<string> {
  if ((await storage.size(manifestKey(catalog, release))) !== null) return release;
  const { finished } = await storedReleases(storage, catalog);
  const there = finished.slice(-5).join(', ');
  throw new Error(
    `${catalog} has no release ${release} in the bucket: there ${finished.length === 1 ? 'is' : 'are'} ${there || 'none'}`,
  );
}
