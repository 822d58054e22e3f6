import type pg from 'pg';
import {
  type LeafEntry,
  MANIFEST_VERSION,
  type Manifest,
  manifestKey,
} from '../../engine/catalog/manifest.ts';
import { hasPositions, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { coverageOfMoc, mocFiles, mocOfHistogram } from '../hats/coverage.ts';
import { type DataFooter, footerOf } from '../hats/footer.ts';
import { hatsFiles } from '../hats/hats-files.ts';
import { describePartition, type Partition } from '../hats/partition.ts';
import { type Cell, partitionCells, rowsPerCell } from '../hats/partitioning.ts';
import { skymapFiles } from '../hats/skymap.ts';
import type { Progress } from '../progress.ts';
import { leafWriter } from './index-leaves.ts';
import { partitionFile } from './partition-file.ts';
import { writeParts } from './plain-release.ts';
import { putJson } from './put-json.ts';
import { type ReleaseWriter, releaseWriter } from './release-writer.ts';
import { distribute, distribution } from './rows.ts';
import { beginSnapshot, checkColumns, estimatedRows } from './source.ts';
import { openSpill, type Spill } from './spill.ts';

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

/**
 * Partitions are what LSDB takes at a time and what changes as a whole.
 */
const MAX_PARTITION_ROWS = 250_000;

/** Cells of 3.7°: fine enough to see the Milky Way, coarse enough for a manifest. */
const SKYMAP_ORDER = 4;

/** Rows that wait in memory for their partitions; what is more goes to a temporary file. */
const SPILL_MEMORY_BYTES = 128 * 2 ** 20;

/**
 * Writes a table, as it is at one moment, as a release: every object up to and with the manifest, which makes it complete.
 * The pointer is left as it is.
 * @throws Error when the table has changed since it was published, or when PostgreSQL or the storage fails.
 */
export async function writeRelease(
  options: WriteOptions,
  release: string,
  { requireLease }: Surroundings,
): Promise<Written> {
  const { client, table, storage, kernel, date, maxRows = MAX_PARTITION_ROWS, progress } = options;
  const catalog = qualifiedName(table);
  const writer = releaseWriter(storage, catalog, release);

  const snapshot = await beginSnapshot(client);
  await checkColumns(client, table);
  if (!hasPositions(table)) {
    const { partitions, leaves, rows } = await writeParts(
      { client, table, kernel, maxRows, progress },
      writer,
    );
    await client.query('commit');
    const manifest: Manifest = {
      version: MANIFEST_VERSION,
      catalog,
      release,
      created: date.toISOString(),
      table,
      rows,
      rowsWithoutPosition: 0,
      skymap: null,
      coverage: null,
      snapshot,
      state: null,
      history: null,
      files: await writer.close(),
      partitions: partitions.length,
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      leaves,
    };
    await requireLease();
    await putJson(storage, manifestKey(catalog, release), manifest);
    progress.done();
    return { outcome: 'released', manifest, partitions: { written: partitions.length, copied: 0 } };
  }
  progress.start(`Reading positions of ${catalog}`, await estimatedRows(client, table));
  const { histogram, rows, rowsWithoutPosition } = await distribution(client, table, kernel, progress);
  const cells = partitionCells(histogram, maxRows);
  progress.done();

  const spill = await openSpill(cells.length, SPILL_MEMORY_BYTES);
  try {
    progress.start(`Reading rows of ${catalog}`, rows + rowsWithoutPosition);
    await distribute(client, table, kernel, cells, spill, progress);
    await client.query('commit');
    progress.done();

    progress.start(`Writing partitions of ${catalog}`, rows);
    const { partitions, footers, leaves } = await writePartitions(options, writer, cells, spill);
    const created = date.toISOString();
    const moc = mocOfHistogram(histogram);
    const { files: skymaps, orders: skymap } = skymapFiles(histogram);
    const hats = hatsFiles({ table, created, partitions, footers, maxRows, skymap, moc });
    for (const file of [...hats, ...skymaps, ...mocFiles(moc)]) {
      await writer.put(file.path, file.bytes);
    }
    const manifest: Manifest = {
      version: MANIFEST_VERSION,
      catalog,
      release,
      created,
      table,
      rows,
      rowsWithoutPosition,
      skymap: { order: SKYMAP_ORDER, rows: rowsPerCell(histogram, SKYMAP_ORDER) },
      coverage: coverageOfMoc(moc),
      snapshot,
      state: null,
      history: null,
      files: await writer.close(),
      partitions: partitions.length,
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      leaves,
    };
    await requireLease();
    await putJson(storage, manifestKey(catalog, release), manifest);
    progress.done();
    return { outcome: 'released', manifest, partitions: { written: partitions.length, copied: 0 } };
  } finally {
    await spill.close();
  }
}

async function writePartitions(
  { table, kernel, progress }: WriteOptions,
  writer: ReleaseWriter,
  cells: readonly Cell[],
  spill: Spill,
): Promise<{ partitions: Partition[]; footers: DataFooter[]; leaves: LeafEntry[] }> {
  const partitions: Partition[] = [];
  const footers: DataFooter[] = [];
  const leaves = leafWriter(writer, 1 + table.columns.length);
  for (const [number, cell] of cells.entries()) {
    const file = partitionFile(table, kernel, await spill.read(number));
    const partition = describePartition(cell, file);
    await writer.put(partition.path, file, { rows: partition.rows });
    await leaves.add(partition);
    partitions.push(partition);
    footers.push({ path: partition.path, footer: footerOf(file).slice() });
    progress.advance(partition.rows);
  }
  return { partitions, footers, leaves: await leaves.close() };
}
