import { decodeLeaf, type Leaf } from '../engine/catalog/leaf.ts';
import {
  catalogFolder,
  dataPath,
  leafPath,
  type Manifest,
  releasePrefix,
} from '../engine/catalog/manifest.ts';
import { hasPositions } from '../engine/catalog/table.ts';
import type { Storage } from '../engine/storage/storage.ts';

/** A row group of a release as the release's index describes it. */
export interface StoredRowGroup {
  /** Number of the leaf, and the position in it. */
  readonly leafNumber: number;
  readonly leaf: Leaf;
  readonly at: number;
  /** Of the file, relative to the release. */
  readonly path: string;
  readonly order: number;
  readonly pixel: number;
  /** Position in the file. */
  readonly group: number;
  readonly rows: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly chunks: readonly { readonly offset: number; readonly bytes: number; readonly crc32: number }[];
}

/** All row groups of a release, in ascending order of cells. */
export async function storedRowGroups(storage: Storage, manifest: Manifest): Promise<StoredRowGroup[]> {
  const found: StoredRowGroup[] = [];
  const prefix = releasePrefix(manifest.catalog, manifest.release);
  for (const leafNumber of manifest.leaves.keys()) {
    const bytes = await storage.get(`${prefix}/${leafPath(leafNumber)}`);
    const { table } = manifest;
    const leaf = decodeLeaf(bytes!, table.columns.length + Number(hasPositions(table)));
    for (const at of leaf.first.keys()) found.push(rowGroupIn(manifest, leaf, leafNumber, at));
  }
  return found;
}

function rowGroupIn(manifest: Manifest, leaf: Leaf, leafNumber: number, at: number): StoredRowGroup {
  const chunks = [];
  let offset = leaf.offset[at]!;
  for (let chunk = at * leaf.columns; chunk < (at + 1) * leaf.columns; chunk++) {
    const bytes = leaf.chunkBytes[chunk]!;
    chunks.push({ offset, bytes, crc32: leaf.chunkCrc32[chunk]! });
    offset += bytes;
  }
  const [order, pixel] = [leaf.order[at]!, leaf.pixel[at]!];
  return {
    leafNumber,
    leaf,
    at,
    path: catalogFolder(manifest) + dataPath(manifest.table, order, pixel),
    order,
    pixel,
    group: leaf.group[at]!,
    rows: leaf.rows[at]!,
    first: leaf.first[at]!,
    last: leaf.last[at]!,
    chunks,
  };
}

/** Paths of the Parquet files of a release, relative to it, in ascending order of cells. */
export async function partitionPaths(storage: Storage, manifest: Manifest): Promise<string[]> {
  return [...new Set((await storedRowGroups(storage, manifest)).map(({ path }) => path))];
}
