import { manifestKey } from '../../engine/catalog/manifest.ts';
import { expect, isObject, parseJson } from '../../engine/catalog/parse-json.ts';
import { compareReleases, isReleaseName } from '../../engine/catalog/release-name.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { putJson } from './put-json.ts';

const PINS_VERSION = 1;

/** `<catalog>/pins.json`: releases that are kept whatever the policy says, for somebody has cited them. */
interface Pins {
  readonly version: typeof PINS_VERSION;
  readonly releases: readonly string[];
}

const pinsKey = (catalog: string): string => `${catalog}/pins.json`;

/** @throws CorruptReleaseError where the list is damaged: nothing may be removed then. */
export async function pinnedReleases(storage: Storage, catalog: string): Promise<readonly string[]> {
  const key = pinsKey(catalog);
  const bytes = await storage.get(key);
  return bytes === null ? [] : parseJson(key, bytes, checkPins).releases;
}

/** @throws Error where there is no such release. */
export async function pinRelease(storage: Storage, catalog: string, release: string): Promise<void> {
  if (!isReleaseName(release) || (await storage.size(manifestKey(catalog, release))) === null) {
    throw new Error(`${catalog} has no release ${release} that could be pinned`);
  }
  const pinned = await pinnedReleases(storage, catalog);
  await writePins(storage, catalog, [...new Set([...pinned, release])].sort(compareReleases));
}

/** @throws Error where the release is not pinned. */
export async function unpinRelease(storage: Storage, catalog: string, release: string): Promise<void> {
  const pinned = await pinnedReleases(storage, catalog);
  if (!pinned.includes(release)) throw new Error(`release ${release} of ${catalog} is not pinned`);
  await writePins(
    storage,
    catalog,
    pinned.filter((name) => name !== release),
  );
}

function writePins(storage: Storage, catalog: string, releases: readonly string[]): Promise<void> {
  const pins: Pins = { version: PINS_VERSION, releases };
  return putJson(storage, pinsKey(catalog), pins);
}

function checkPins(pins: unknown): asserts pins is Pins {
  expect(isObject(pins) && Array.isArray(pins.releases), 'has no list of releases');
  expect(
    pins.version === PINS_VERSION,
    `has version ${JSON.stringify(pins.version)}: ${PINS_VERSION} is understood`,
  );
  expect(pins.releases.every(isReleaseName), 'names what is no release');
}
