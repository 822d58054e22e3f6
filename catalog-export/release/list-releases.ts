import { type Manifest, manifestKey } from '../../engine/catalog/manifest.ts';
import { parseManifest } from '../../engine/catalog/parse-manifest.ts';
import { compareReleases } from '../../engine/catalog/release-name.ts';
import { type ExportReport, readReports } from '../../engine/catalog/reports.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { pinnedReleases } from './pins.ts';
import { type StoredReleases, storedReleases } from './stored-releases.ts';

/** A release in a bucket, as far as it can be told. */
export interface ListedRelease {
  readonly catalog: string;
  readonly release: string;
  /** `unfinished`: it has no manifest, be it that an export is at it or was killed. `unreadable`: its manifest is damaged, or of another version of this program. */
  readonly state: 'complete' | 'unreadable' | 'unfinished';
  /** Readers are sent to it. */
  readonly latest: boolean;
  /** Kept whatever the policy says. */
  readonly pinned: boolean;
  /** ISO 8601, UTC; null where it is not known, as the following. */
  readonly created: string | null;
  /** When readers were first sent to it. */
  readonly published: string | null;
  readonly rows: number | null;
  /** Of the data files. */
  readonly bytes: number | null;
  readonly partitions: number | null;
  /** Those of its data files that were taken from an earlier release as they are. */
  readonly unchanged: number | null;
  /** What is wrong with an unreadable one. */
  readonly problem?: string;
}

/**
 * The releases of a catalogue, oldest first.
 * @throws CorruptReleaseError where the list of pinned releases is damaged.
 * @throws Error when the bucket cannot be read.
 */
export async function listReleases(
  storage: Storage,
  catalog: string,
  stored?: StoredReleases,
): Promise<ListedRelease[]> {
  const { pointer, finished, unfinished } = stored ?? (await storedReleases(storage, catalog));
  const pinned = await pinnedReleases(storage, catalog);
  const reports = await reportsOf(storage, catalog);
  const names = [...finished, ...unfinished].sort(compareReleases);
  return Promise.all(
    names.map(async (release) => {
      const report = reports.find((one) => one.release === release);
      const latest = release === pointer?.release;
      const published = latest ? pointer.published : publishedBy(report);
      const about = { catalog, release, latest, pinned: pinned.includes(release), published };
      if (unfinished.includes(release)) return { ...about, ...NOTHING_KNOWN, state: 'unfinished' as const };
      const opened = await openManifest(storage, catalog, release);
      if ('problem' in opened) return { ...about, ...NOTHING_KNOWN, state: 'unreadable' as const, ...opened };
      const { created, rows, bytes, partitions } = opened;
      const unchanged = report?.partitions.copied ?? null;
      return { ...about, state: 'complete' as const, created, rows, bytes, partitions, unchanged };
    }),
  );
}

/**
 * The report of a catalogue's last export, if that failed.
 * @throws Error when the bucket cannot be read.
 */
export async function lastFailure(storage: Storage, catalog: string): Promise<ExportReport | null> {
  const [last] = await reportsOf(storage, catalog);
  return last?.outcome === 'failed' ? last : null;
}

/** A damaged list is none: the next export begins another. */
async function reportsOf(storage: Storage, catalog: string): Promise<readonly ExportReport[]> {
  return readReports(storage, catalog).catch((error) => {
    if (error instanceof CorruptReleaseError) return [];
    throw error;
  });
}

const NOTHING_KNOWN = { created: null, rows: null, bytes: null, partitions: null, unchanged: null };

function publishedBy(report: ExportReport | undefined): string | null {
  return report ? new Date(Date.parse(report.started) + 1000 * report.seconds).toISOString() : null;
}

async function openManifest(
  storage: Storage,
  catalog: string,
  release: string,
): Promise<Manifest | { readonly problem: string }> {
  const key = manifestKey(catalog, release);
  const bytes = await storage.get(key);
  if (bytes === null) return { problem: `${key} was removed a moment ago` };
  try {
    return parseManifest(key, bytes);
  } catch (error) {
    if (error instanceof CorruptReleaseError) return { problem: error.message };
    throw error;
  }
}
