import { qualifiedName } from '../../engine/catalog/table.ts';
import { checkExportable, chooseName, type ExportOptions, withSession } from './export.ts';
import { type PlannedRelease, planRelease } from './plan-release.ts';
import { clockWarning } from './release-name.ts';
import { readableManifest, storedReleases } from './stored-releases.ts';

/** What an export would do. */
export interface PlannedExport extends PlannedRelease {
  readonly catalog: string;
  /** Name of the release that would be made; null where none would be. */
  readonly release: string | null;
  /** What the report would say besides. */
  readonly message?: string;
}

/**
 * Reads a table as an export does, and tells what that would write. Nothing is written, and no lock is taken: an export may run meanwhile.
 * @throws Error as an export would, as far as it can be told before anything is written.
 */
export async function planExport(options: ExportOptions): Promise<PlannedExport> {
  const { client, table, storage, date = new Date() } = options;
  const catalog = qualifiedName(table);
  checkExportable(table);
  return withSession(client, async () => {
    const stored = await storedReleases(storage, catalog);
    const release = chooseName(options, stored, date);
    const message = clockWarning(stored.taken, date);
    const { pointer, unfinished } = stored;
    const previous = pointer && (await readableManifest(storage, catalog, pointer.release));
    const planned = await planRelease({ ...options, date }, { previous, unfinished }).catch(async (error) => {
      await client.query('rollback').catch(() => {});
      throw error;
    });
    return {
      catalog,
      ...planned,
      release: planned.outcome === 'released' ? release : null,
      ...(message && { message }),
    };
  });
}
