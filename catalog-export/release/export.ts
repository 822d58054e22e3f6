import type pg from 'pg';
import {
  HEALPIX_COLUMN,
  type LeafEntry,
  MANIFEST_VERSION,
  type Manifest,
  manifestKey,
  type Pointer,
  pointerKey,
  releasePrefix,
} from '../../engine/catalog/manifest.ts';
import { mainColumns, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { coverageOfMoc, mocFiles, mocOfHistogram } from '../hats/coverage.ts';
import { type DataFooter, footerOf } from '../hats/footer.ts';
import { hatsFiles } from '../hats/hats-files.ts';
import { describePartition, type Partition } from '../hats/partition.ts';
import { type Cell, partitionCells, rowsPerCell } from '../hats/partitioning.ts';
import type { Progress } from '../progress.ts';
import { withExportLock } from './export-lock.ts';
import { leafWriter } from './index-leaves.ts';
import { partitionFile } from './partition-file.ts';
import { nextReleaseName, releaseNames, removeAbandoned } from './release-name.ts';
import { type ReleaseWriter, releaseWriter } from './release-writer.ts';
import { distribute, distribution } from './rows.ts';
import { beginSnapshot, checkColumns, estimatedRows } from './source.ts';
import { openSpill, type Spill } from './spill.ts';

export interface ExportOptions {
  /** No transaction is open on it, and nobody else uses it meanwhile. Closed when the export fails half-way. */
  readonly client: pg.Client;
  readonly table: Table;
  readonly storage: Storage;
  readonly kernel: HealpixKernel;
  /** When the release is made; its UTC day names the release. Default: now. */
  readonly date?: Date;
  /** Most rows of a partition. */
  readonly maxRows?: number;
  readonly progress: Progress;
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
 * Exports a table, as it is at one moment, to a new release and then makes that the current one. Until the
 * last step readers see the previous release, whatever happens to the export.
 * @throws Error when the table has changed since it was published, when another export of it runs, or when
 * PostgreSQL or the storage fails.
 */
export async function exportCatalog(options: ExportOptions): Promise<Manifest> {
  const { client, table, storage, date = new Date(), progress } = options;
  const started = performance.now();
  const catalog = qualifiedName(table);
  checkExportable(table);
  return withSession(client, () =>
    withExportLock(client, catalog, async () => {
      const existing = await releaseNames(storage, catalog);
      const release = nextReleaseName(existing, date);
      await removeAbandoned(storage, catalog, existing);
      const manifest = await writeRelease(options, release, date).catch(async (error) => {
        await client.query('rollback').catch(() => {});
        // Should the storage refuse this too, the next export does it.
        await storage.remove(releasePrefix(catalog, release)).catch(() => {});
        throw error;
      });
      await requireSession(client);
      await publish(storage, catalog, release);
      progress.done(summary(manifest, performance.now() - started));
      return manifest;
    }),
  );
}

function checkExportable(table: Table): void {
  const catalog = qualifiedName(table);
  if (/[/\\]/.test(catalog)) throw new Error(`${catalog} cannot be exported: its name holds a slash`);
  if (table.columns.some(({ name }) => name === HEALPIX_COLUMN)) {
    throw new Error(
      `${catalog} cannot be exported: its column ${HEALPIX_COLUMN} has the name of the index column that every ` +
        'release gets. Drop or rename it, and publish the table again.',
    );
  }
  mainColumns(table);
}

async function writeRelease(options: ExportOptions, release: string, date: Date): Promise<Manifest> {
  const { client, table, storage, kernel, maxRows = MAX_PARTITION_ROWS, progress } = options;
  const catalog = qualifiedName(table);
  const writer = releaseWriter(storage, catalog, release);

  const snapshot = await beginSnapshot(client);
  await checkColumns(client, table);
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
    const hats = hatsFiles({ table, created, partitions, footers, maxRows });
    for (const file of [...hats, ...mocFiles(moc)]) {
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
      files: await writer.close(),
      partitions: partitions.length,
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      leaves,
    };
    await requireSession(client);
    await putJson(storage, manifestKey(catalog, release), manifest);
    progress.done();
    return manifest;
  } finally {
    await spill.close();
  }
}

async function writePartitions(
  { table, kernel, progress }: ExportOptions,
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

/** Readers see the new release from here on. */
async function publish(storage: Storage, catalog: string, release: string): Promise<void> {
  const pointer: Pointer = { release, published: new Date().toISOString() };
  await putJson(storage, pointerKey(catalog), pointer);
}

async function putJson(storage: Storage, key: string, value: Manifest | Pointer): Promise<void> {
  await storage.put(key, new TextEncoder().encode(JSON.stringify(value)));
}

function summary(manifest: Manifest, milliseconds: number): string {
  const { catalog, release, rows, rowsWithoutPosition, partitions, bytes } = manifest;
  const facts = [
    `release ${release}`,
    counted(rows, 'row'),
    counted(partitions, 'partition'),
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${(milliseconds / 1000).toFixed(1)} s`,
  ];
  if (rowsWithoutPosition > 0) {
    const left = counted(rowsWithoutPosition, 'row');
    facts.push(`${left} left out, whose ra or dec is null, NaN, or outside 0…360 and −90…90 degrees`);
  }
  return `Exported ${catalog}: ${facts.join(', ')}`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** A connection that ends while no query runs is an event, which nobody else listens for. */
async function withSession<T>(client: pg.Client, task: () => Promise<T>): Promise<T> {
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
