import { crc32 } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { decodeLeaf, type Leaf } from '../../engine/catalog/leaf.ts';
import { type LeafEntry, leafPath, type Manifest } from '../../engine/catalog/manifest.ts';
import { fileOf, openRelease, type Release, rowGroupAt } from '../../engine/catalog/release.ts';
import type { ReleaseFile } from '../../engine/catalog/release-files.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { readFooter } from './read-footer.ts';

/** A data file as the index and the list of files have it. */
export interface IndexedFile {
  readonly order: number;
  readonly pixel: number;
  readonly path: string;
  readonly rows: number;
  /** Null where the list does not tell it. */
  readonly content: string | null;
}

/** A row group as the index has it, and as its file does. */
interface Placed {
  readonly rows: number;
  /** Byte offset of its first column chunk. */
  readonly offset: number;
}

/**
 * Compares the rows that the Parquet files have with those that the list of files, the index and the manifest tell of.
 * @param sound paths of the objects that are as the list says; nothing more is said of the others.
 * @returns the data files in the order of the index, as far as that can be read.
 */
export async function verifyIndex(
  storage: Storage,
  manifest: Manifest,
  files: readonly ReleaseFile[],
  sound: ReadonlySet<string>,
  fault: (path: string, problem: string) => void,
): Promise<IndexedFile[]> {
  const release = openRelease(manifest);
  const indexed: Index = new Map();
  let wholeIndex = true;
  for (const [number, entry] of manifest.leaves.entries()) {
    const path = leafPath(number);
    const bytes = sound.has(path) ? await storage.get(`${release.prefix}/${path}`) : null;
    if (bytes === null) {
      if (!files.some((file) => file.path === path)) fault(path, 'is missing, but the manifest names it');
      wholeIndex = false;
      continue;
    }
    const problem = leafProblem(entry, bytes, release);
    if (typeof problem === 'string') {
      fault(path, problem);
      wholeIndex = false;
    } else takeRowGroups(release, number, problem, indexed);
  }

  const data = new Map(files.filter(({ rows }) => rows !== undefined).map((file) => [file.path, file]));
  for (const { path, rows } of data.values()) {
    if (wholeIndex && !indexed.has(path) && !path.startsWith(MARGIN)) {
      fault(path, 'is a data file that the index does not name');
    }
    if (!sound.has(path)) continue;
    const groups = await rowGroupsOf(storage, `${release.prefix}/${path}`);
    if (groups === null) fault(path, 'is no Parquet file');
    else compareRows(path, groups, rows!, indexed.get(path)?.groups, fault);
  }
  const located: (IndexedFile & { readonly bytes: number })[] = [];
  for (const [path, { order, pixel }] of indexed) {
    const file = data.get(path);
    if (file === undefined) fault(path, 'is named by the index, but not as a data file by files.json');
    else
      located.push({
        order,
        pixel,
        path,
        rows: file.rows!,
        content: file.content ?? null,
        bytes: file.bytes,
      });
  }
  if (wholeIndex) compareTotals(manifest, located, fault);
  return located;
}

/** The neighbours of a catalogue's rows, which are no part of it, lie in a folder of that name. */
const MARGIN = 'margin_';

/** By path. */
type Index = Map<string, { readonly order: number; readonly pixel: number; readonly groups: Placed[] }>;

/** The leaf, or what is wrong with it. */
function leafProblem(entry: LeafEntry, bytes: Uint8Array<ArrayBuffer>, release: Release): Leaf | string {
  if (bytes.length !== entry.bytes || crc32(bytes) !== entry.crc32)
    return 'is not the leaf that the manifest describes';
  let leaf: Leaf;
  try {
    leaf = decodeLeaf(bytes, release.columns.size);
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
  const rows = leaf.rows.reduce((sum, count) => sum + count, 0);
  if (leaf.rows.length !== entry.rowGroups)
    return `has ${leaf.rows.length} row groups instead of ${entry.rowGroups}`;
  if (rows !== entry.rows) return `has ${rows} rows instead of the ${entry.rows} in the manifest`;
  return leaf;
}

function takeRowGroups(release: Release, number: number, leaf: Leaf, indexed: Index): void {
  for (const at of leaf.rows.keys()) {
    const path = fileOf(rowGroupAt(release, number, leaf, at)).slice(release.prefix.length + 1);
    const [order, pixel] = [leaf.order[at]!, leaf.pixel[at]!];
    const file = indexed.get(path) ?? { order, pixel, groups: [] };
    file.groups[leaf.group[at]!] = { rows: leaf.rows[at]!, offset: leaf.offset[at]! };
    indexed.set(path, file);
  }
}

/** Null where the file has no footer that can be read. */
async function rowGroupsOf(storage: Storage, key: string): Promise<Placed[] | null> {
  const footer = await readFooter(storage, key);
  if (footer === null) return null;
  try {
    return parquetMetadata(footer).row_groups.map(({ num_rows, columns }) => {
      const { dictionary_page_offset, data_page_offset } = columns[0]!.meta_data!;
      return { rows: Number(num_rows), offset: Number(dictionary_page_offset ?? data_page_offset) };
    });
  } catch {
    return null;
  }
}

function compareRows(
  path: string,
  groups: readonly Placed[],
  listed: number,
  indexed: readonly Placed[] | undefined,
  fault: (path: string, problem: string) => void,
): void {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== listed) fault(path, `has ${rows} rows instead of the ${listed} in files.json`);
  if (indexed === undefined) return;
  const same =
    groups.length === indexed.length &&
    groups.every((group, at) => group.rows === indexed[at]?.rows && group.offset === indexed[at].offset);
  if (!same) fault(path, 'has other row groups than those that the index tells of');
}

function compareTotals(
  manifest: Manifest,
  data: readonly { readonly rows: number; readonly bytes: number }[],
  fault: (path: string, problem: string) => void,
): void {
  const totals = {
    rows: data.reduce((sum, { rows }) => sum + rows, 0),
    partitions: data.length,
    bytes: data.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  for (const name of ['rows', 'partitions', 'bytes'] as const) {
    if (manifest[name] === totals[name]) continue;
    fault('manifest.json', `tells of ${manifest[name]} ${name}, and the data files have ${totals[name]}`);
  }
}
