import { readObject } from '../storage/reading.ts';
import type { Storage } from '../storage/storage.ts';
import { expect, isCount, isObject, parseJson } from './parse-json.ts';
import { isReleaseName } from './release-name.ts';

/** Of what this program writes and reads. */
export const REPORTS_VERSION = 1;

/** What became of an export of a catalogue. */
export interface ExportReport {
  /** The one that was made; null where none was. */
  readonly release: string | null;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly seconds: number;
  /** Rows and bytes of the data files; 0 of an export that failed. */
  readonly rows: number;
  readonly bytes: number;
  /** Data files written anew, and those taken from an earlier release as they are. */
  readonly partitions: { readonly written: number; readonly copied: number };
  readonly outcome: 'released' | 'unchanged' | 'failed';
  /** Why it failed, or what else is worth knowing. */
  readonly message?: string;
}

/** `<catalog>/reports.json` */
export interface ExportReports {
  readonly version: typeof REPORTS_VERSION;
  /** Newest first. */
  readonly reports: readonly ExportReport[];
}

export function reportsKey(catalog: string): string {
  return `${catalog}/reports.json`;
}

/**
 * Reports of the last exports of a catalogue, newest first; none where there is no list.
 * @throws CorruptReleaseError naming the key of a list that is damaged.
 * @throws StorageError where the bucket cannot be read.
 */
export async function readReports(storage: Storage, catalog: string): Promise<readonly ExportReport[]> {
  const key = reportsKey(catalog);
  const bytes = await readObject(storage, key);
  return bytes === null ? [] : parseJson(key, bytes, checkReports).reports;
}

/** A report as anybody may read it: why an export failed can name hosts, users and folders, and is for who runs it. */
export function publicReport(report: ExportReport): ExportReport {
  if (report.outcome !== 'failed') return report;
  const { message: _, ...rest } = report;
  return rest;
}

function checkReports(list: unknown): asserts list is ExportReports {
  expect(isObject(list) && Array.isArray(list.reports), 'has no list of reports');
  expect(
    list.version === REPORTS_VERSION,
    `has version ${JSON.stringify(list.version)}: ${REPORTS_VERSION} is understood`,
  );
  list.reports.forEach((report, at) => {
    checkReport(report, `reports[${at}]`);
  });
}

const OUTCOMES: readonly unknown[] = ['released', 'unchanged', 'failed'] satisfies ExportReport['outcome'][];

function checkReport(report: unknown, where: string): asserts report is ExportReport {
  expect(isObject(report), `${where} is not an object`);
  const { release, started, seconds, partitions, outcome, message } = report;
  expect(release === null || isReleaseName(release), `${where}.release is no release`);
  expect(typeof started === 'string' && !Number.isNaN(Date.parse(started)), `${where}.started is no time`);
  expect(typeof seconds === 'number' && seconds >= 0, `${where}.seconds is no duration`);
  for (const name of ['rows', 'bytes']) expect(isCount(report[name]), `${where}.${name} is not a count`);
  expect(
    isObject(partitions) && isCount(partitions.written) && isCount(partitions.copied),
    `${where}.partitions are no counts`,
  );
  expect(OUTCOMES.includes(outcome), `${where}.outcome is none of ${OUTCOMES.join(', ')}`);
  expect(message === undefined || typeof message === 'string', `${where}.message is no text`);
}
