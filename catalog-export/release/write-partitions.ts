import type { LeafEntry } from '../../engine/catalog/manifest.ts';
import { hasPositions, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { type DataFooter, footerOf } from '../hats/footer.ts';
import { collectedFooters } from '../hats/footers.ts';
import type { DataFile, RowGroup } from '../hats/partition.ts';
import type { Progress } from '../progress.ts';
import { comparisonWith } from './compare-releases.ts';
import { inOrder } from './in-order.ts';
import { leafWriter } from './index-leaves.ts';
import type { KnownPartition, KnownPartitions, PartitionFile, PreviousRelease } from './known-partitions.ts';
import type { MadePartition } from './make-partitions.ts';
import { openMaker, type PartitionMaker } from './partition-maker.ts';
import { readFooter } from './read-footer.ts';
import type { ReleaseWriter } from './release-writer.ts';
import type { RowsTask, TableRows } from './table-rows.ts';
import { writeRecord } from './written-records.ts';

export interface PartitionsOptions {
  readonly table: Table;
  readonly storage: Storage;
  readonly writer: ReleaseWriter;
  /** What the paths of the data files begin with. */
  readonly folder: string;
  readonly known: KnownPartitions;
  /** The release that the new one is compared with; null where it is made whatever it holds. */
  readonly before: PreviousRelease | null;
  readonly progress: Progress;
}

export interface WrittenPartitions {
  readonly rows: number;
  /** In the order of the index. */
  readonly partitions: readonly DataFile[];
  /** Of all of them; null where they are too many to be read together. */
  readonly footers: readonly DataFooter[] | null;
  readonly leaves: readonly LeafEntry[];
  readonly count: { readonly written: number; readonly copied: number };
}

/** Copies in the storage at a time, which cost time but no work here. */
const COPIES = 8;

/** A partition whose file lies in the new release, or can be copied to it. */
interface StoredPartition {
  readonly order: number;
  readonly pixel: number;
  readonly file: PartitionFile;
  readonly written: { readonly rowGroups: readonly RowGroup[]; readonly footer: Uint8Array } | null;
  readonly copyOf: KnownPartition | null;
}

/**
 * Makes the partitions of a table's rows, and writes or copies them and the leaves of the index.
 * @returns null where all is as in the release before: then nothing was written.
 */
export async function writePartitions(
  options: PartitionsOptions,
  source: TableRows,
): Promise<WrittenPartitions | null> {
  const { table, writer, folder, known, progress } = options;
  const maker = openMaker({ table, folder, known: known.contents, files: true });
  try {
    if (source.histogram !== null)
      progress.start(`Writing partitions of ${qualifiedName(table)}`, source.rows);
    const stored = inOrder(source.tasks(), maker.atATime, (task) => store(options, maker, task));
    const { changed, isUnchanged } = changes(options, source, stored);
    const leaves = leafWriter(writer, table.columns.length + Number(hasPositions(table)));
    const partitions: DataFile[] = [];
    const footers = collectedFooters();
    let rows = 0;
    let written = 0;
    const settled = inOrder(changed, COPIES, (partition) => settle(options, partition));
    for await (const { order, pixel, file, copied, rowGroups, footer } of settled) {
      writer.add(file);
      const data = { order, pixel, path: file.path, bytes: file.bytes, rows: file.rows };
      await leaves.add({ ...data, rowGroups: hasPositions(table) ? rowGroups : numbered(rowGroups, rows) });
      partitions.push(data);
      footers.add({ path: file.path, footer });
      rows += file.rows;
      if (!copied) written += 1;
    }
    if (isUnchanged()) return null;
    const count = { written, copied: partitions.length - written };
    return { rows, partitions, footers: footers.list(), leaves: await leaves.close(), count };
  } finally {
    await maker.close();
  }
}

/** Makes partitions and writes those whose files are not in the bucket yet. */
async function store(
  options: PartitionsOptions,
  maker: PartitionMaker,
  task: RowsTask,
): Promise<StoredPartition[]> {
  const stored: StoredPartition[] = [];
  for (const [at, made] of (await maker.make(task)).entries()) {
    const copyOf = made.file === null ? await options.known.find(made.content) : null;
    if (copyOf !== null) {
      const { order, pixel, path } = made;
      stored.push({ order, pixel, file: { ...copyOf.file, path }, written: null, copyOf });
    } else {
      // A file that should be there is missing or cut off: it is made after all.
      const anew = made.file === null ? (await maker.make({ ...task, anew: true }))[at]! : made;
      stored.push(await write(options, anew));
    }
    options.progress.advance(made.rows);
  }
  await task.done();
  return stored;
}

async function write({ storage, writer }: PartitionsOptions, made: MadePartition): Promise<StoredPartition> {
  const { order, pixel, path, rows, content } = made;
  const { bytes, sha256, rowGroups } = made.file!;
  await storage.put(`${writer.prefix}/${path}`, bytes);
  const file = { path, bytes: bytes.length, sha256, rows, content };
  await writeRecord(storage, writer.prefix, { file, rowGroups });
  return { order, pixel, file, written: { rowGroups, footer: footerOf(bytes).slice() }, copyOf: null };
}

/**
 * Compares partitions with those of the release before, and holds them back as long as they are the same.
 * @returns `changed`: all of them once one differs, and none where all else is the same too, which `isUnchanged` tells in the end.
 */
function changes(
  { table, before }: PartitionsOptions,
  source: TableRows,
  stored: AsyncIterable<readonly StoredPartition[]>,
) {
  const comparison = comparisonWith(before, table);
  let unchanged = false;

  async function* changed(): AsyncGenerator<StoredPartition> {
    const same: StoredPartition[] = [];
    for await (const partitions of stored) {
      for (const partition of partitions) {
        const { file, copyOf } = partition;
        if (comparison.isNextSame(file.path, copyOf === null ? '' : file.content)) {
          same.push(partition);
          continue;
        }
        yield* same.splice(0);
        yield partition;
      }
    }
    unchanged = comparison.isUnchanged(source.rowsWithoutPosition);
    if (!unchanged) yield* same;
  }

  return { changed: changed(), isUnchanged: () => unchanged };
}

/** Copies what is to be copied, and reads what the index has to know of it. */
async function settle(
  { storage, writer }: PartitionsOptions,
  { order, pixel, file, written, copyOf }: StoredPartition,
) {
  if (copyOf === null) return { order, pixel, file, copied: false, ...written! };
  await storage.copy(copyOf.key, `${writer.prefix}/${file.path}`);
  const rowGroups = await copyOf.rowGroups();
  const footer = await readFooter(storage, copyOf.key);
  if (footer === null || rowGroups.reduce((sum, { rows }) => sum + rows, 0) !== file.rows) {
    throw new Error(
      `${copyOf.key} is not what its release says of it: export with --full, which does not use it`,
    );
  }
  return { order, pixel, file, copied: true, rowGroups, footer: new Uint8Array(footer) };
}

/** Row groups of a part of a table without positions, which are found by the numbers of their rows. */
function numbered(rowGroups: readonly RowGroup[], firstRow: number): RowGroup[] {
  let next = BigInt(firstRow);
  return rowGroups.map((group) => {
    const first = next;
    next += BigInt(group.rows);
    return { ...group, first, last: next - 1n };
  });
}
