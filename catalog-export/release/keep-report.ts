import {
  type ExportReport,
  type ExportReports,
  REPORTS_VERSION,
  readReports,
  reportsKey,
} from '../../engine/catalog/reports.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import type { Storage } from '../../engine/storage/storage.ts';

const MOST_REPORTS = 100;

/**
 * Adds a report to those of the catalogue. A list that is damaged is begun anew: it must not keep exports from being made.
 * Call it while nobody else exports the catalogue.
 * @throws StorageError, or what the storage throws when it refuses the list.
 */
export async function keepReport(storage: Storage, catalog: string, report: ExportReport): Promise<void> {
  const earlier = await readReports(storage, catalog).catch((error) => {
    if (error instanceof CorruptReleaseError) return [];
    throw error;
  });
  const reports = [report, ...earlier].slice(0, MOST_REPORTS);
  const list: ExportReports = { version: REPORTS_VERSION, reports };
  await storage.put(reportsKey(catalog), new TextEncoder().encode(JSON.stringify(list)));
}
