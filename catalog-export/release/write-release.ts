import type pg from 'pg';
import {
  catalogFolder,
  MANIFEST_VERSION,
  type Manifest,
  manifestKey,
} from '../../engine/catalog/manifest.ts';
import { hasPositions, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { historyId } from '../database/row-history.ts';
import { tableState } from '../database/table-state.ts';
import { coverageOfMoc, mocFiles, mocOfHistogram } from '../hats/coverage.ts';
import { datasetFiles, type HatsFile, hatsFiles } from '../hats/hats-files.ts';
import { rowsPerCell } from '../hats/partitioning.ts';
import { skymapFiles } from '../hats/skymap.ts';
import type { Progress } from '../progress.ts';
import { knownPartitions, NONE_KNOWN, previousRelease } from './known-partitions.ts';
import { LAYOUT_VERSION } from './partition-content.ts';
import { putJson } from './put-json.ts';
import { releaseWriter } from './release-writer.ts';
import { beginSnapshot, checkColumns } from './source.ts';
import { openRows, type PartitionLimits } from './table-rows.ts';
import { writeMargin } from './write-margin.ts';
import { type WrittenPartitions, writePartitions } from './write-partitions.ts';
import { RECORDS_FOLDER } from './written-records.ts';

export interface WriteOptions {
  /** No transaction is open on it, and nobody else uses it meanwhile. Closed when the export fails half-way. */
  readonly client: pg.Client;
  readonly table: Table;
  readonly storage: Storage;
  readonly kernel: HealpixKernel;
  /** When the release is made. */
  readonly date: Date;
  /** Most rows of a partition. */
  readonly maxRows?: number;
  /** Most bytes of a partition's rows, as PostgreSQL sends them. */
  readonly maxBytes?: number;
  /** Arcseconds around each partition within which rows are in its margin too; none where there is to be no margin. */
  readonly margin?: number | undefined;
  /** Whether all is written anew, whatever has changed. */
  readonly full?: boolean;
  readonly progress: Progress;
}

/** What is known of the catalogue's other releases. */
export interface Surroundings {
  /** The one that readers are sent to; null where there is none that this program can read. */
  readonly previous: Manifest | null;
  /** Names of those without a manifest, which killed exports left. */
  readonly unfinished: readonly string[];
  /** @throws Error when another export of the catalogue may have begun: ask before the manifest is written. */
  readonly requireLease: () => Promise<void>;
}

export interface Written {
  readonly outcome: 'released' | 'unchanged';
  /** Of the new release; of the previous one where nothing has changed. */
  readonly manifest: Manifest;
  /** Data files written anew, and those taken from an earlier release as they are. */
  readonly partitions: { readonly written: number; readonly copied: number };
}

/** Partitions are what LSDB takes at a time and what changes as a whole. */
const MAX_PARTITION_ROWS = 250_000;

/** What is sorted and encoded in memory at a time, by each thread. */
const MAX_PARTITION_BYTES = 32 * 2 ** 20;

/** Arcseconds. */
const MAX_MARGIN = 3600;

/** Cells of 3.7°: fine enough to see the Milky Way, coarse enough for a manifest. */
const SKYMAP_ORDER = 4;

/**
 * Writes a table, as it is at one moment, as a release: every object up to and with the manifest, which makes it complete.
 * The pointer is left as it is. Where nothing has changed since the previous release, nothing is written.
 * @throws Error when the table has changed since it was published, or when PostgreSQL or the storage fails.
 */
export async function writeRelease(
  options: WriteOptions,
  release: string,
  { previous, unfinished, requireLease }: Surroundings,
): Promise<Written> {
  const { client, table, storage, full = false, progress } = options;
  const catalog = qualifiedName(table);
  const limits = {
    rows: options.maxRows ?? MAX_PARTITION_ROWS,
    bytes: options.maxBytes ?? MAX_PARTITION_BYTES,
  };
  const margin = marginOf(options);
  const folder = catalogFolder({ margin });
  const snapshot = await beginSnapshot(client, table);
  await checkColumns(client, table);
  const state = await stateOf(client, table, limits);
  const history = await historyOf(client, table);
  // PostgreSQL can be asked only for releases that name the history.
  const isKnown = previous !== null && previous.history === history && previous.margin === margin;
  if (!full && isKnown && state !== null && state === previous.state) {
    await client.query('commit');
    return unchanged(previous);
  }
  const before = full || previous === null ? null : await previousRelease(storage, previous);
  const known = full ? NONE_KNOWN : await knownPartitions(storage, catalog, before, unfinished);
  const source = await openRows(options, limits);
  try {
    const writer = releaseWriter(storage, catalog, release);
    const written = await writePartitions(
      { ...options, writer, folder, known, before: isKnown ? before : null },
      source,
    );
    if (written === null) {
      progress.done();
      return unchanged(previous!);
    }
    for (const { path, bytes } of filesAbout(options, written, source.histogram, limits, folder))
      await writer.put(path, bytes);
    if (margin !== null) await writeMargin({ ...options, writer }, margin, source.margins!(margin));
    const manifest: Manifest = {
      version: MANIFEST_VERSION,
      catalog,
      release,
      created: options.date.toISOString(),
      table,
      ...skyOf(source.histogram),
      rows: written.rows,
      rowsWithoutPosition: source.rowsWithoutPosition,
      snapshot,
      state,
      history,
      margin,
      files: await writer.close(),
      partitions: written.partitions.length,
      bytes: written.partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      leaves: written.leaves,
    };
    // As long as the records are there, the next export can go on from here should this one fail.
    await requireLease();
    await storage.remove(`${writer.prefix}/${RECORDS_FOLDER}`);
    await requireLease();
    await putJson(storage, manifestKey(catalog, release), manifest);
    progress.done();
    return { outcome: 'released', manifest, partitions: written.count };
  } finally {
    await source.close();
  }
}

/** @throws Error for a margin that is none. */
function marginOf({ table, margin }: WriteOptions): number | null {
  if (margin === undefined || !hasPositions(table)) return null;
  if (margin > 0 && margin <= MAX_MARGIN) return margin;
  throw new Error(`a margin of ${margin} arcseconds is none: it must be above 0, up to ${MAX_MARGIN}`);
}

/** Null where no versions of rows are kept, in a database that was not prepared for it among others. */
async function historyOf(client: pg.Client, table: Table): Promise<string | null> {
  const { rows } = await client.query<{ kept: boolean }>(
    "select to_regclass('almagest.history') is not null as kept",
  );
  return rows[0]!.kept ? historyId(client, table) : null;
}

/** Null where the database was not prepared for it by the migrations, or cannot tell. */
async function stateOf(client: pg.Client, table: Table, limits: PartitionLimits): Promise<string | null> {
  const { rows } = await client.query<{ marked: boolean }>(
    "select to_regclass('almagest.changes') is not null as marked",
  );
  return rows[0]!.marked ? tableState(client, table, { version: LAYOUT_VERSION, limits }) : null;
}

function unchanged(previous: Manifest): Written {
  return {
    outcome: 'unchanged',
    manifest: previous,
    partitions: { written: 0, copied: previous.partitions },
  };
}

function filesAbout(
  { table, date }: WriteOptions,
  written: WrittenPartitions,
  histogram: Uint32Array | null,
  limits: PartitionLimits,
  folder: string,
): HatsFile[] {
  if (histogram === null) return datasetFiles(table, written.footers);
  const { partitions } = written;
  const footers =
    written.footers?.map(({ path, footer }) => ({ path: path.slice(folder.length), footer })) ?? null;
  const created = date.toISOString();
  const moc = mocOfHistogram(histogram);
  const { files: skymaps, orders: skymap } = skymapFiles(histogram);
  const hats = hatsFiles({ table, created, partitions, footers, maxRows: limits.rows, skymap, moc });
  const inFolder = [...hats, ...skymaps].map(({ path, bytes }) => ({ path: folder + path, bytes }));
  return [...inFolder, ...mocFiles(moc)];
}

function skyOf(histogram: Uint32Array | null): Pick<Manifest, 'skymap' | 'coverage'> {
  if (histogram === null) return { skymap: null, coverage: null };
  return {
    skymap: { order: SKYMAP_ORDER, rows: rowsPerCell(histogram, SKYMAP_ORDER) },
    coverage: coverageOfMoc(mocOfHistogram(histogram)),
  };
}
