import type pg from 'pg';
import { isCatalogName } from '../../engine/catalog/catalog-name.ts';
import { HEALPIX_COLUMN, type Pointer, pointerKey, releasePrefix } from '../../engine/catalog/manifest.ts';
import type { ExportReport } from '../../engine/catalog/reports.ts';
import { hasPositions, mainColumns, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import type { WriteOptions } from './begin-export.ts';
import { withExportLock } from './export-lock.ts';
import { keepReport } from './keep-report.ts';
import { keepState } from './kept-state.ts';
import { type Lease, withLease } from './lease.ts';
import { putJson } from './put-json.ts';
import { checkReleaseName, clockWarning, nextReleaseName } from './release-name.ts';
import { readableManifest, type StoredReleases, storedReleases } from './stored-releases.ts';
import { summary } from './summary.ts';
import { type Written, writeRelease } from './write-release.ts';

export interface ExportOptions extends Omit<WriteOptions, 'date'> {
  /** When the release is made; its UTC day names the release. Default: now. */
  readonly date?: Date;
  /** Name of the release, in place of the next one by the clock. */
  readonly release?: string;
}

export interface Exported extends Written {
  readonly report: ExportReport;
}

/**
 * Exports a table, as it is at one moment, to a new release and then makes that the current one. Until the
 * last step readers see the previous release, whatever happens to the export. What became of it is kept in the catalogue's reports.
 * @throws Error when the table has changed since it was published, when another export of it runs, when a release cannot have the name
 * that is given, or when PostgreSQL or the storage fails.
 */
export async function exportCatalog(options: ExportOptions): Promise<Exported> {
  const { client, table, storage, date = new Date(), progress } = options;
  const catalog = qualifiedName(table);
  checkExportable(table);
  const onWait = (message: string) => progress.start(message, 0);
  return withSession(client, () =>
    withExportLock(client, catalog, () =>
      withLease({ storage, catalog, purpose: 'export', onWait }, (lease) =>
        withReport(storage, catalog, date, async (note) => {
          const stored = await storedReleases(storage, catalog);
          const release = chooseName(options, stored, date);
          const warning = clockWarning(stored.taken, date);
          if (warning) note(warning);
          const written = await publishNew({ ...options, date }, release, stored, lease);
          for (const message of written.notes) note(message);
          return written;
        }),
      ),
    ),
  ).then((exported) => {
    progress.done(summary(exported));
    return exported;
  });
}

/** @throws Error for a table that can have no releases. */
export function checkExportable(table: Table): void {
  const catalog = qualifiedName(table);
  if (!isCatalogName(catalog) || catalog.includes('@')) {
    throw new Error(
      `${catalog} cannot be exported: its name holds a slash, a dot, an @ or a control character, which have a meaning of their own in ` +
        'the addresses of releases. Rename it, and publish it again.',
    );
  }
  if (table.columns.some(({ name }) => name === HEALPIX_COLUMN)) {
    throw new Error(
      `${catalog} cannot be exported: its column ${HEALPIX_COLUMN} has the name of the index column that every ` +
        'release gets. Drop or rename it, and publish the table again.',
    );
  }
  if (hasPositions(table)) mainColumns(table);
}

/** @throws Error when a release cannot have the name that is given. */
export function chooseName({ release }: ExportOptions, { taken }: StoredReleases, date: Date): string {
  if (release === undefined) return nextReleaseName(taken, date);
  checkReleaseName(release, taken, date);
  return release;
}

async function publishNew(
  options: WriteOptions,
  release: string,
  { pointer, unfinished }: StoredReleases,
  lease: Lease,
): Promise<Written> {
  const { client, table, storage } = options;
  const catalog = qualifiedName(table);
  const requireLease = async () => {
    await requireSession(client);
    await lease.check();
  };
  const previous = pointer && (await readableManifest(storage, catalog, pointer.release));
  const written = await writeRelease(options, release, { previous, unfinished, requireLease }).catch(
    async (error) => {
      await client.query('rollback').catch(() => {});
      // Should the storage refuse this too, the next export does it.
      await removeUnlessResumable(storage, catalog, release).catch(() => {});
      throw error;
    },
  );
  if (written.outcome === 'released') {
    await requireLease();
    // Readers see the new release from here on.
    const swapped: Pointer = { release, published: new Date().toISOString() };
    await putJson(storage, pointerKey(catalog), swapped);
  }
  const { sameState, manifest } = written;
  if (sameState !== null) {
    // Without it the next export reads the table again, and nothing worse.
    await keepState(storage, catalog, manifest.release, sameState).catch(() => {});
  }
  for (const name of unfinished) await storage.remove(releasePrefix(catalog, name));
  return written;
}

/** What an export has noted of the partitions that it wrote, for the next one to take them over. */
const WRITTEN = 'written';

async function removeUnlessResumable(storage: Storage, catalog: string, release: string): Promise<void> {
  const prefix = releasePrefix(catalog, release);
  const names = await storage.list(prefix);
  if (!names.includes(WRITTEN)) await storage.remove(prefix);
}

/** Keeps a report of a task, be it done or failed. */
async function withReport(
  storage: Storage,
  catalog: string,
  date: Date,
  task: (note: (message: string) => void) => Promise<Written>,
): Promise<Exported> {
  const began = performance.now();
  const notes: string[] = [];
  const about = () => ({
    started: date.toISOString(),
    seconds: Math.round(performance.now() - began) / 1000,
  });
  const message = () => (notes.length > 0 ? { message: notes.join('; ') } : {});
  let written: Written;
  try {
    written = await task((note) => notes.push(note));
  } catch (error) {
    notes.push((error as Error).message);
    const nothing = { release: null, rows: 0, bytes: 0, partitions: { written: 0, copied: 0 } };
    const report: ExportReport = { ...nothing, ...about(), outcome: 'failed', ...message() };
    // The bucket may be what failed.
    await keepReport(storage, catalog, report).catch(() => {});
    throw error;
  }
  const { outcome, manifest, partitions } = written;
  const { rows, bytes } = manifest;
  const release = outcome === 'released' ? manifest.release : null;
  const report: ExportReport = { release, ...about(), rows, bytes, partitions, outcome, ...message() };
  try {
    await keepReport(storage, catalog, report);
    return { ...written, report };
  } catch (error) {
    notes.push(`the report of this export could not be kept: ${(error as Error).message}`);
    return { ...written, report: { ...report, ...message() } };
  }
}

/** A connection that ends while no query runs is an event, which nobody else listens for. */
export async function withSession<T>(client: pg.Client, task: () => Promise<T>): Promise<T> {
  const ignore = () => {};
  client.on('error', ignore);
  try {
    return await task();
  } finally {
    client.off('error', ignore);
  }
}

/** The lock on the catalogue is as old as the session: without it another export may have begun. */
async function requireSession(client: pg.Client): Promise<void> {
  await client.query('select 1').catch((error: Error) => {
    throw new Error(`the connection to PostgreSQL was lost during the export: ${error.message}`, {
      cause: error,
    });
  });
}
