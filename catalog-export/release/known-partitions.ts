import { decodeLeaf, type Leaf } from '../../engine/catalog/leaf.ts';
import {
  catalogFolder,
  dataPath,
  leafPath,
  type Manifest,
  releasePrefix,
} from '../../engine/catalog/manifest.ts';
import {
  parseReleaseFiles,
  RELEASE_FILES_PATH,
  type ReleaseFile,
} from '../../engine/catalog/release-files.ts';
import { hasPositions } from '../../engine/catalog/table.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import type { RowGroup } from '../hats/partition.ts';
import { readRecord, recordedContents } from './written-records.ts';

/** A data file with its content. */
export type PartitionFile = ReleaseFile & Required<Pick<ReleaseFile, 'rows' | 'content'>>;

/** A data file that lies in the bucket already, and can be copied. */
export interface KnownPartition {
  readonly key: string;
  readonly file: PartitionFile;
  /** Reads what a release's index says of it. */
  rowGroups(): Promise<readonly RowGroup[]>;
}

/** The data files of the previous release, and of exports that were killed. */
export interface KnownPartitions {
  readonly contents: ReadonlySet<string>;
  /** The file of that content; null where it is not there as it was written. */
  find(content: string): Promise<KnownPartition | null>;
}

export const NONE_KNOWN: KnownPartitions = { contents: new Set(), find: async () => null };

/**
 * @param previous null where there is none.
 * @param unfinished names of releases without a manifest.
 * @throws Error when the bucket cannot be read.
 */
export async function knownPartitions(
  storage: Storage,
  catalog: string,
  previous: PreviousRelease | null,
  unfinished: readonly string[],
): Promise<KnownPartitions> {
  const recorded = new Map<string, string>();
  for (const release of unfinished) {
    const prefix = releasePrefix(catalog, release);
    for (const content of await recordedContents(storage, prefix)) recorded.set(content, prefix);
  }
  const released = new Map(previous?.files.map((file) => [file.content, file]));

  async function candidate(content: string): Promise<KnownPartition | null> {
    const file = released.get(content);
    if (file) return { key: previous!.key(file), file, rowGroups: () => previous!.rowGroups(file) };
    const prefix = recorded.get(content);
    const record = prefix === undefined ? null : await readRecord(storage, prefix, content);
    if (record === null) return null;
    return {
      key: `${prefix}/${record.file.path}`,
      file: record.file,
      rowGroups: async () => record.rowGroups,
    };
  }

  return {
    contents: new Set([...released.keys(), ...recorded.keys()]),
    async find(content) {
      const found = await candidate(content);
      const size = found && (await storage.size(found.key));
      return size === found?.file.bytes ? found : null;
    },
  };
}

/** What an export wants to know of the release before it. */
export interface PreviousRelease {
  readonly manifest: Manifest;
  /** The data files, in the order of the index. */
  readonly files: readonly PartitionFile[];
  key(file: PartitionFile): string;
  rowGroups(file: PartitionFile): Promise<readonly RowGroup[]>;
}

/** @returns null where its list of files is missing or damaged. */
export async function previousRelease(storage: Storage, manifest: Manifest): Promise<PreviousRelease | null> {
  const { catalog, release, table, leaves } = manifest;
  const prefix = releasePrefix(catalog, release);
  const listed = await storage.get(`${prefix}/${RELEASE_FILES_PATH}`);
  if (listed === null) return null;
  const located = dataFiles(prefix, manifest, listed);
  if (located === null) return null;
  const columns = table.columns.length + Number(hasPositions(table));
  const first = firstRows(located.map(({ file }) => file.rows));
  const firstOfLeaf = firstRows(leaves.map(({ rows }) => rows));
  const cells = new Map(
    located.map(({ file, order, pixel }, at) => [file.path, { order, pixel, row: first[at]! }]),
  );
  let last: { readonly number: number; readonly leaf: Leaf } | null = null;

  async function leafOf(number: number): Promise<Leaf> {
    if (last?.number === number) return last.leaf;
    const bytes = await storage.get(`${prefix}/${leafPath(number)}`);
    if (bytes === null) throw new Error(`${prefix}/${leafPath(number)} is missing: export with --full`);
    last = { number, leaf: decodeLeaf(bytes, columns) };
    return last.leaf;
  }

  return {
    manifest,
    files: located.map(({ file }) => file),
    key: ({ path }) => `${prefix}/${path}`,
    async rowGroups({ path, rows }) {
      const { order, pixel, row } = cells.get(path)!;
      const groups: RowGroup[] = [];
      for (let number = 0; number < leaves.length; number += 1) {
        if (firstOfLeaf[number + 1]! <= row || firstOfLeaf[number]! >= row + rows) continue;
        const leaf = await leafOf(number);
        for (const at of leaf.first.keys()) {
          if (leaf.order[at] === order && leaf.pixel[at] === pixel) groups.push(rowGroupAt(leaf, at));
        }
      }
      return groups;
    },
  };
}

interface LocatedFile {
  readonly file: PartitionFile;
  readonly order: number;
  readonly pixel: number;
}

function dataFiles(prefix: string, manifest: Manifest, listed: Uint8Array): LocatedFile[] | null {
  try {
    const { files } = parseReleaseFiles(`${prefix}/${RELEASE_FILES_PATH}`, listed);
    return files.flatMap((file) => locatedFile(manifest, file)).sort(inOrderOfIndex);
  } catch (error) {
    if (error instanceof CorruptReleaseError) return null;
    throw error;
  }
}

const CELL = /Norder=(\d+)\/Dir=\d+\/Npix=(\d+)\.parquet$/;
const PART = /part-(\d+)\.parquet$/;

function locatedFile(manifest: Manifest, file: ReleaseFile): LocatedFile[] {
  const [, order, pixel] = CELL.exec(file.path) ?? [null, '0', PART.exec(file.path)?.[1]];
  const { rows, content } = file;
  if (pixel === undefined || rows === undefined || content === undefined) return [];
  const cell = { order: Number(order), pixel: Number(pixel) };
  return catalogFolder(manifest) + dataPath(manifest.table, cell.order, cell.pixel) === file.path
    ? [{ file: { ...file, rows, content }, ...cell }]
    : [];
}

function inOrderOfIndex(a: LocatedFile, b: LocatedFile): number {
  return a.pixel / 4 ** a.order - b.pixel / 4 ** b.order;
}

/** Number of the first row of each, and at the end how many rows there are. */
function firstRows(rows: readonly number[]): number[] {
  const firsts = [0];
  for (const count of rows) firsts.push(firsts.at(-1)! + count);
  return firsts;
}

function rowGroupAt(leaf: Leaf, at: number): RowGroup {
  const chunks = Array.from({ length: leaf.columns }, (_, column) => ({
    bytes: leaf.chunkBytes[at * leaf.columns + column]!,
    crc32: leaf.chunkCrc32[at * leaf.columns + column]!,
  }));
  return {
    rows: leaf.rows[at]!,
    offset: leaf.offset[at]!,
    first: leaf.first[at]!,
    last: leaf.last[at]!,
    chunks,
  };
}
