import { manifestKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import {
  REMOVED_RELEASES_VERSION,
  type RemovedReleases,
  removedKey,
  removedReleases,
} from '../../engine/catalog/removed-releases.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { type Lease, withLease } from './lease.ts';
import { type ListedRelease, listReleases } from './list-releases.ts';
import { pinnedReleases } from './pins.ts';
import { putJson } from './put-json.ts';
import { judgeReleases, type RetentionPolicy, type Verdict } from './retention.ts';
import { storedReleases } from './stored-releases.ts';

export interface GcOptions {
  readonly storage: Storage;
  /** `schema.table` */
  readonly catalog: string;
  readonly policy: RetentionPolicy;
  /** Default: now. */
  readonly now?: Date;
  /** Only says what would be removed. */
  readonly dryRun?: boolean;
  /** Hears of each release that is removed. */
  readonly onRemoved?: (listed: ListedRelease) => void;
}

/**
 * Removes the releases of a catalogue that the policy does not keep, and what killed exports left. Never the one that readers are sent
 * to, nor a pinned one. No export of the catalogue can run meanwhile.
 * @returns what became of each release, oldest first.
 * @throws Error when an export of the catalogue runs, when it cannot be told which release is the latest, and when the bucket fails;
 * a release that is half removed then is none for its readers, and the next call removes the rest.
 */
export async function collectGarbage(options: GcOptions): Promise<Verdict[]> {
  const { storage, catalog, dryRun = false } = options;
  if (dryRun) return judge(options);
  return withLease({ storage, catalog, purpose: 'gc' }, async (lease) => {
    const verdicts = await judge(options);
    for (const { remove, listed } of verdicts) if (remove) await removeRelease(options, listed, lease);
    return verdicts;
  });
}

async function judge({ storage, catalog, policy, now = new Date() }: GcOptions): Promise<Verdict[]> {
  const stored = await storedReleases(storage, catalog);
  const { pointer, finished } = stored;
  if (pointer === null && finished.length > 0) {
    throw new Error(
      `nothing is removed from ${catalog}: its latest.json is missing or damaged; export it again`,
    );
  }
  if (pointer && !finished.includes(pointer.release)) {
    throw new Error(
      `nothing is removed from ${catalog}: its latest.json names release ${pointer.release}, which is not there; export it again`,
    );
  }
  return judgeReleases(await listReleases(storage, catalog, stored), policy, now);
}

async function removeRelease(
  { storage, catalog, onRemoved }: GcOptions,
  listed: ListedRelease,
  lease: Lease,
): Promise<void> {
  const { release } = listed;
  await lease.check();
  const { pointer } = await storedReleases(storage, catalog);
  if (pointer?.release === release || (await pinnedReleases(storage, catalog)).includes(release)) {
    throw new Error(`release ${release} of ${catalog} has come into use: nothing more is removed`);
  }
  if (listed.state !== 'unfinished') await noteRemoval(storage, catalog, release);
  // Without its manifest a release is none, whatever becomes of the rest.
  await storage.remove(manifestKey(catalog, release));
  await storage.remove(releasePrefix(catalog, release));
  onRemoved?.(listed);
}

async function noteRemoval(storage: Storage, catalog: string, release: string): Promise<void> {
  const earlier = await removedReleases(storage, catalog).catch((error) => {
    if (error instanceof CorruptReleaseError) return [];
    throw error;
  });
  const releases = [
    ...earlier.filter((entry) => entry.release !== release),
    { release, removed: new Date().toISOString() },
  ];
  const list: RemovedReleases = { version: REMOVED_RELEASES_VERSION, releases };
  await putJson(storage, removedKey(catalog), list);
}
