import { isCatalogName } from '../../engine/catalog/catalog-name.ts';
import { pointerKey } from '../../engine/catalog/manifest.ts';
import { type ExportReport, readReports } from '../../engine/catalog/reports.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import { listFolder, readObject } from '../../engine/storage/reading.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/** What became of the last exports, in words. */
export interface Checked {
  /** One for each catalogue that is as it should be. */
  readonly sound: readonly string[];
  /** One for each that is not. */
  readonly faults: readonly string[];
}

/**
 * Looks whether an export of every catalogue has begun since a time, ended, and not failed.
 * @throws StorageError where the bucket cannot be read.
 */
export async function checkExports(storage: Storage, since: Date): Promise<Checked> {
  const sound: string[] = [];
  const faults: string[] = [];
  for (const catalog of (await listFolder(storage, '')).filter(isCatalogName)) {
    const reports = await reportsOf(storage, catalog);
    if (reports === null) continue;
    const { isSound, words } = typeof reports === 'string' ? unsound(reports) : judge(reports[0], since);
    (isSound ? sound : faults).push(`${catalog}: ${words}`);
  }
  if (sound.length + faults.length === 0)
    faults.push('no catalogue is in the bucket: none was ever exported');
  return { sound, faults };
}

/** Reports of a catalogue, or what is wrong with them; null for a folder that is no catalogue. */
async function reportsOf(
  storage: Storage,
  catalog: string,
): Promise<readonly ExportReport[] | string | null> {
  try {
    const reports = await readReports(storage, catalog);
    if (reports.length > 0) return reports;
    return (await readObject(storage, pointerKey(catalog))) === null ? null : reports;
  } catch (error) {
    if (error instanceof CorruptReleaseError) return error.message;
    throw error;
  }
}

interface Judgement {
  readonly isSound: boolean;
  readonly words: string;
}

const unsound = (words: string): Judgement => ({ isSound: false, words });

function judge(last: ExportReport | undefined, since: Date): Judgement {
  if (last === undefined) return unsound('no export was ever reported');
  const { started, outcome, release, message = 'no reason is kept' } = last;
  const became =
    outcome === 'failed' ? `failed: ${message}` : release ? `made ${release}` : 'found no change';
  if (Date.parse(started) < since.getTime()) {
    return unsound(
      `no export that began after ${minute(since)} has ended; the last one, of ${minute(new Date(started))}, ${became}`,
    );
  }
  return { isSound: outcome !== 'failed', words: `the export of ${minute(new Date(started))} ${became}` };
}

/** `2026-11-21 01:30 UTC` */
function minute(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
