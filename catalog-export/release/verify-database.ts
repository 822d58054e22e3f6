import type pg from 'pg';
import type { Manifest } from '../../engine/catalog/manifest.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { asOf, HISTORIES, type TableHistory } from '../../engine/postgres/table-history.ts';
import { historyPath } from '../database/history-triggers.ts';
import type { Progress } from '../progress.ts';
import { type DatabaseContents, databaseContents } from './database-contents.ts';
import { DEFAULT_LIMITS, stateOf } from './export-state.ts';
import { beginSnapshot, checkColumns } from './source.ts';
import type { PartitionLimits } from './table-rows.ts';
import type { IndexedFile } from './verify-index.ts';

/** What a release and PostgreSQL have in common. */
export interface Comparison {
  /**
   * What the release was compared with: the rows that its snapshot saw, as the table's history tells them; or the table as it is now, and
   * whether that has changed since (`unknown` of views, foreign tables and others whose changes leave no marks).
   */
  readonly basis: 'history' | 'unchanged table' | 'changed table' | 'unknown';
  readonly rows: number;
  /** Data files whose rows are the same, byte for byte, and the others. */
  readonly partitions: { readonly same: number; readonly different: number };
  /** Paths of data files that have other rows than they should: none where the table may have changed. */
  readonly wrong: readonly string[];
}

export interface CompareOptions {
  /** No transaction is open on it. */
  readonly client: pg.Client;
  readonly kernel: HealpixKernel;
  /** That the release was exported with. */
  readonly limits?: PartitionLimits;
  /** In which the table was found, later than in the manifest's, to have the rows of the release (`keptState`). */
  readonly laterState?: string | null;
  readonly progress: Progress;
}

/**
 * Reads the table of a release and compares the rows with those of each of its data files.
 * @param files all of the release, in the order of its index.
 * @throws Error saying why they cannot be compared, such as a table that is gone or has other columns now.
 */
export async function compareWithDatabase(
  { client, kernel, limits = DEFAULT_LIMITS, laterState = null, progress }: CompareOptions,
  manifest: Manifest,
  files: readonly IndexedFile[],
): Promise<Comparison> {
  const { table, catalog, release } = manifest;
  if (files.some(({ content }) => content === null)) {
    throw new Error(
      `${catalog} ${release} has no hashes of its rows: an earlier version of Almagest wrote it`,
    );
  }
  await beginSnapshot(client, table);
  try {
    const history = await historyOf(client, manifest);
    if (history === null) await checkColumns(client, table);
    const relation = history === null ? undefined : asOfRelease(history, manifest);
    const basis = history === null ? await presentState(client, manifest, limits, laterState) : 'history';
    progress.start(`Comparing ${catalog} ${release} with PostgreSQL`, manifest.rows);
    const found = await databaseContents({ client, table, kernel, progress, relation }, files);
    await client.query('commit');
    progress.done();
    return compared(basis, manifest, files, found);
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** Where PostgreSQL keeps the versions of rows that the release's snapshot saw; null where it does not. */
async function historyOf(client: pg.Client, { table, history }: Manifest): Promise<TableHistory | null> {
  if (history === null) return null;
  const { rows } = await client.query<TableHistory>(HISTORIES, [[table.schema], [table.name]]);
  return rows.find(({ id }) => id === history) ?? null;
}

function asOfRelease({ history_name }: TableHistory, { snapshot }: Manifest): string {
  return `${historyPath(history_name)} where ${asOf(snapshot)}`;
}

async function presentState(
  client: pg.Client,
  { table, state }: Manifest,
  limits: PartitionLimits,
  laterState: string | null,
): Promise<Comparison['basis']> {
  const now = await stateOf(client, table, limits);
  if ((state ?? laterState) === null || now === null) return 'unknown';
  return now === state || now === laterState ? 'unchanged table' : 'changed table';
}

function compared(
  basis: Comparison['basis'],
  manifest: Manifest,
  files: readonly IndexedFile[],
  { rows, rowsWithoutPosition, contents }: DatabaseContents,
): Comparison {
  const different = files.filter(({ content }, at) => content !== contents[at]).map(({ path }) => path);
  const counts = rows === manifest.rows && rowsWithoutPosition === manifest.rowsWithoutPosition;
  const mustBeSame = basis === 'history' || basis === 'unchanged table';
  return {
    basis,
    rows,
    partitions: { same: files.length - different.length, different: different.length },
    wrong: mustBeSame ? [...different, ...(counts ? [] : ['manifest.json'])] : [],
  };
}
