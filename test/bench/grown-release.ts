import { copyFile, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { createCatalogs } from '../../engine/catalog/catalogs.ts';
import { encodeLeaf, type Leaf, leafRowGroups } from '../../engine/catalog/leaf.ts';
import { createLeaves } from '../../engine/catalog/leaves.ts';
import {
  type LeafEntry,
  leafPath,
  type Manifest,
  manifestKey,
  pointerKey,
  releasePrefix,
} from '../../engine/catalog/manifest.ts';
import { parseManifest } from '../../engine/catalog/parse-manifest.ts';
import type { CellRanges } from '../../engine/healpix-wasm/kernel.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { BenchCatalog } from './catalogs.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A release with the index of a much larger one. */
export interface GrownRelease {
  readonly bucketFolder: string;
  readonly manifest: Manifest;
  /** Bytes of `manifest.json`, and of all leaves of the index. */
  readonly manifestBytes: number;
  readonly indexBytes: number;
  /** Cells of the row groups that are not there: no cone may touch them. */
  readonly simulated: CellRanges;
  /** First cell of each real row group, ascending. */
  readonly first: readonly bigint[];
}

interface Entry {
  /** The real row group that it is, or is modelled on. */
  readonly leaf: Leaf;
  readonly at: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly real: boolean;
}

const LAST_CELL = 12n * 4n ** 29n - 1n;
/** HEALPix order of the partitions that simulated row groups are said to be in. */
const PARTITION_ORDER = 6;

/**
 * The release of a catalogue with so many more row groups in its index that it has some `rows` rows: as many behind each real row group,
 * with its counts and sizes, in the cells up to the next real one. Nobody can read them, for they are in no file; all else
 * is as in a real release of that size: root, leaves, checksums. Removed when this process ends.
 */
export async function growRelease({ name, bucketFolder }: BenchCatalog, rows: number): Promise<GrownRelease> {
  const folder = await temporaryFolder('grown');
  const storage = folderStorage(bucketFolder);
  const release = (await createCatalogs(storage, 0).open(name))!;
  const { manifest, prefix, columns } = release;
  const leaves = createLeaves(storage, loadKernel(), Number.MAX_SAFE_INTEGER);
  const real: Entry[] = [];
  for (const number of manifest.leaves.keys()) {
    const leaf = await leaves.load(release, number);
    leaf.first.forEach((first, at) => {
      real.push({ leaf, at, first, last: leaf.last[at]!, real: true });
    });
  }

  await mkdir(join(folder, prefix, 'index'), { recursive: true });
  const grownLeaves: LeafEntry[] = [];
  const copies = Math.round(rows / manifest.rows) - 1;
  for (const entries of inBatches(grown(real, copies), leafRowGroups(columns.size))) {
    const bytes = encodeLeaf(leafOf(entries, columns.size));
    await writeFile(join(folder, prefix, leafPath(grownLeaves.length)), bytes);
    grownLeaves.push({
      first: String(entries[0]!.first),
      rows: entries.reduce((sum, { leaf, at }) => sum + leaf.rows[at]!, 0),
      rowGroups: entries.length,
      bytes: bytes.length,
      crc32: crc32(bytes),
    });
  }
  const grownManifest = withLeaves(manifest, grownLeaves);
  const text = JSON.stringify(grownManifest);
  await writeFile(join(folder, manifestKey(name, manifest.release)), text);
  await copyFile(join(bucketFolder, pointerKey(name)), join(folder, pointerKey(name)));
  const dataset = join(releasePrefix(name, manifest.release), 'dataset');
  await symlink(await realpath(join(bucketFolder, dataset)), join(folder, dataset));
  return {
    bucketFolder: folder,
    manifest: parseManifest('the simulated manifest', new TextEncoder().encode(text)),
    manifestBytes: text.length,
    indexBytes: grownLeaves.reduce((sum, { bytes }) => sum + bytes, 0),
    simulated: gapsBehind(real),
    first: real.map(({ first }) => first),
  };
}

/** Row groups, each with `copies` simulated ones behind it, where there are cells for them. */
function* grown(real: readonly Entry[], copies: number): Generator<Entry> {
  for (const [nth, group] of real.entries()) {
    yield group;
    const start = group.last + 1n;
    const step = (endOfGap(real, nth) - start) / BigInt(copies);
    if (step < 1n) continue;
    for (let copy = 0; copy < copies; copy++) {
      const first = start + step * BigInt(copy);
      yield { ...group, first, last: first + step - 1n, real: false };
    }
  }
}

/** The cell after the last one behind a row group that no other has. */
function endOfGap(real: readonly Entry[], nth: number): bigint {
  return real[nth + 1]?.first ?? LAST_CELL + 1n;
}

function gapsBehind(real: readonly Entry[]): CellRanges {
  return {
    start: BigInt64Array.from(real, ({ last }) => last + 1n),
    end: BigInt64Array.from(real, (_, nth) => endOfGap(real, nth)),
    full: new Uint8Array(real.length).fill(1),
  };
}

function leafOf(entries: readonly Entry[], columns: number): Leaf {
  const chunks = (of: 'chunkBytes' | 'chunkCrc32') => {
    const all = new Uint32Array(entries.length * columns);
    for (const [nth, { leaf, at }] of entries.entries()) {
      all.set(leaf[of].subarray(at * columns, (at + 1) * columns), nth * columns);
    }
    return all;
  };
  const pixel = ({ leaf, at, first, real }: Entry) =>
    real ? leaf.pixel[at]! : Number(first >> BigInt(2 * (29 - PARTITION_ORDER)));
  return {
    first: BigInt64Array.from(entries, ({ first }) => first),
    last: BigInt64Array.from(entries, ({ last }) => last),
    order: Uint8Array.from(entries, ({ leaf, at, real }) => (real ? leaf.order[at]! : PARTITION_ORDER)),
    pixel: Float64Array.from(entries, pixel),
    group: Uint32Array.from(entries, ({ leaf, at }) => leaf.group[at]!),
    rows: Uint32Array.from(entries, ({ leaf, at }) => leaf.rows[at]!),
    offset: Float64Array.from(entries, ({ leaf, at }) => leaf.offset[at]!),
    columns,
    chunkBytes: chunks('chunkBytes'),
    chunkCrc32: chunks('chunkCrc32'),
  };
}

function withLeaves(manifest: Manifest, leaves: readonly LeafEntry[]): Manifest {
  const rows = leaves.reduce((sum, leaf) => sum + leaf.rows, 0);
  const growth = rows / manifest.rows;
  const counts = manifest.skymap!.rows.map((count) => Math.floor(count * growth));
  const most = counts.indexOf(Math.max(...counts));
  counts[most]! += rows - counts.reduce((sum, count) => sum + count, 0);
  return {
    ...manifest,
    rows,
    skymap: { order: manifest.skymap!.order, rows: counts },
    partitions: Math.round(manifest.partitions * growth),
    bytes: Math.round(manifest.bytes * growth),
    leaves,
  };
}

function* inBatches<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
