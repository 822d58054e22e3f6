import { MANIFEST_VERSION, type Manifest, manifestKey, type Skymap } from '../../engine/catalog/manifest.ts';
import { openRelease } from '../../engine/catalog/release.ts';
import { qualifiedName } from '../../engine/catalog/table.ts';
import type { Moc } from '../../engine/healpix-wasm/moc.ts';
import { coverageOfMoc, mocFiles, mocOfHistogram } from '../hats/coverage.ts';
import { datasetFiles, type HatsFile, hatsFiles } from '../hats/hats-files.ts';
import { countsAtOrder, type Histogram } from '../hats/histogram.ts';
import { skymapFiles } from '../hats/skymap.ts';
import { type BegunExport, beginExport, type WriteOptions } from './begin-export.ts';
import { putJson } from './put-json.ts';
import { releaseWriter } from './release-writer.ts';
import { openRows } from './table-rows.ts';
import { writeFootprints } from './write-footprints.ts';
import { writeMargin } from './write-margin.ts';
import { type WrittenPartitions, writePartitions } from './write-partitions.ts';
import { RECORDS_FOLDER } from './written-records.ts';

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
  /** In which the table was read, and found to have the rows of the previous release; else null. */
  readonly sameState: string | null;
  /** What whoever keeps the table should know. */
  readonly notes: readonly string[];
}

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
  const { table, storage, progress } = options;
  const catalog = qualifiedName(table);
  const begun = await beginExport(options, { previous, unfinished });
  const { limits, margin, folder, known, before } = begun;
  if (begun.isUnchanged) return unchanged(previous!, begun, null);
  const source = await openRows(options, limits);
  try {
    const writer = releaseWriter(storage, catalog, release);
    const written = await writePartitions({ ...options, writer, folder, known, before }, source);
    if (written === null) {
      progress.done();
      return unchanged(previous!, begun, begun.state);
    }
    const sky = source.histogram && skyOf(source.histogram);
    for (const { path, bytes } of filesAbout(options, written, sky, begun)) await writer.put(path, bytes);
    if (margin !== null) await writeMargin({ ...options, writer, before }, margin, source.margins!(margin));
    const unlisted: Manifest = {
      version: MANIFEST_VERSION,
      catalog,
      release,
      created: options.date.toISOString(),
      table,
      skymap: sky === null ? null : sky.skymap,
      coverage: sky === null ? null : coverageOfMoc(sky.moc),
      rows: written.rows,
      rowsWithoutPosition: source.rowsWithoutPosition,
      snapshot: begun.snapshot,
      state: begun.state,
      history: begun.history,
      margin,
      files: { bytes: 0, sha256: '' },
      partitions: written.partitions.length,
      bytes: written.partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      leaves: written.leaves,
    };
    const footprints = await writeFootprints({ ...options, writer }, openRelease(unlisted));
    const manifest: Manifest = {
      ...unlisted,
      files: await writer.close(),
      ...(footprints && { footprints }),
    };
    // As long as the records are there, the next export can go on from here should this one fail.
    await requireLease();
    await storage.remove(`${writer.prefix}/${RECORDS_FOLDER}`);
    await requireLease();
    await putJson(storage, manifestKey(catalog, release), manifest);
    progress.done();
    return { outcome: 'released', manifest, partitions: written.count, sameState: null, notes: begun.notes };
  } finally {
    await source.close();
  }
}

function unchanged(previous: Manifest, { notes }: BegunExport, sameState: string | null): Written {
  return {
    outcome: 'unchanged',
    manifest: previous,
    partitions: { written: 0, copied: previous.partitions },
    sameState,
    notes,
  };
}

/** Where the rows of a table lie. */
interface Sky {
  /** Rows per cell at MAX_ORDER. */
  readonly histogram: Histogram;
  readonly skymap: Skymap;
  readonly moc: Moc;
}

function skyOf(histogram: Histogram): Sky {
  const skymap = { order: SKYMAP_ORDER, rows: [...countsAtOrder(histogram, SKYMAP_ORDER)] };
  return { histogram, skymap, moc: mocOfHistogram(histogram) };
}

function filesAbout(
  { table, date }: WriteOptions,
  written: WrittenPartitions,
  sky: Sky | null,
  { limits, folder }: BegunExport,
): HatsFile[] {
  if (sky === null) return datasetFiles(table, written.footers);
  const { partitions } = written;
  const footers =
    written.footers?.map(({ path, footer }) => ({ path: path.slice(folder.length), footer })) ?? null;
  const created = date.toISOString();
  const { files: skymaps, orders: skymap } = skymapFiles(sky.histogram);
  const most = { maxRows: limits.rows, maxBytes: limits.bytes };
  const hats = hatsFiles({ table, created, partitions, footers, ...most, skymap, moc: sky.moc });
  const inFolder = [...hats, ...skymaps].map(({ path, bytes }) => ({ path: folder + path, bytes }));
  return [...inFolder, ...mocFiles(sky.moc)];
}
