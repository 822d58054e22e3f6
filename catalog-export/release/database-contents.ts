import { hasPositions } from '../../engine/catalog/table.ts';
import { copiedRows } from './copied-rows.ts';
import type { CopyRows } from './copy-binary.ts';
import { inOrder } from './in-order.ts';
import { keyColumns } from './key-order.ts';
import { openMaker } from './partition-maker.ts';
import { positionFields } from './positions.ts';
import { BUCKETS, tasksOf } from './sky-tasks.ts';
import { copyAll, copyInOrder } from './source.ts';
import { openSpill, type Spill } from './spill.ts';
import { copyToSpill } from './spill-copy.ts';
import type { RowsOptions, RowsTask } from './table-rows.ts';
import type { IndexedFile } from './verify-index.ts';

/** What PostgreSQL has for the data files of a release. */
export interface DatabaseContents {
  /** Of each file, in the order in which they were asked for. */
  readonly contents: readonly string[];
  /** Rows whose position is null, NaN or out of range. */
  readonly rowsWithoutPosition: number;
  /** All others. */
  readonly rows: number;
}

export interface ContentsOptions extends RowsOptions {
  /** SQL that the rows are read from in place of the table. */
  readonly relation?: string | undefined;
}

/** Rows that wait in memory until they are written to the spill. */
const SPILL_MEMORY_BYTES = 48 * 2 ** 20;

/**
 * Reads a table as an export does, in the transaction that is open, and hashes the rows that belong to each data file of a release.
 * @param files all of the release, in the order of its index.
 * @throws Error when PostgreSQL or the spill fails.
 */
export function databaseContents(
  options: ContentsOptions,
  files: readonly IndexedFile[],
): Promise<DatabaseContents> {
  return hasPositions(options.table) ? skyContents(options, files) : partContents(options, files);
}

async function skyContents(
  { client, table, kernel, progress, relation }: ContentsOptions,
  files: readonly IndexedFile[],
): Promise<DatabaseContents> {
  const spill = await openSpill(BUCKETS, SPILL_MEMORY_BYTES);
  const opened = new Set<Spill>([spill]);
  try {
    const fields = positionFields(table);
    const copied = await copyToSpill(client, copyAll(table, relation), fields, spill, (rows) =>
      progress.advance(rows),
    );
    const source = { file: spill.file, extents: await spill.finish() };
    const contents = await hashed({ client, table, kernel, progress }, tasksOf(files, source, opened));
    return { contents, ...copied };
  } finally {
    for (const one of opened) await one.close();
  }
}

async function partContents(
  options: ContentsOptions,
  files: readonly IndexedFile[],
): Promise<DatabaseContents> {
  const { client, table, progress, relation } = options;
  const statement = copyInOrder(table, await keyColumns(client, table), relation);
  const counts = files.map((file) => file.rows);
  let rows = 0;

  async function* counted(): AsyncGenerator<CopyRows> {
    for await (const block of copiedRows(client, statement)) {
      rows += block.count;
      progress.advance(block.count);
      yield block;
    }
  }

  async function* tasks(): AsyncGenerator<RowsTask> {
    let pixel = 0;
    for await (const bytes of cutAt(counted(), counts)) {
      yield { source: { bytes }, cells: [{ order: 0, pixel }], done: async () => {} };
      pixel += 1;
    }
  }

  const contents = await hashed(options, tasks());
  return { contents, rows, rowsWithoutPosition: 0 };
}

/** The contents of the partitions that tasks make, in their order. */
async function hashed({ table }: RowsOptions, tasks: AsyncIterable<RowsTask>): Promise<string[]> {
  const maker = openMaker({ table, folder: '', known: new Set(), files: false });
  try {
    const contents: string[] = [];
    const made = inOrder(tasks, maker.atATime, async (task) => {
      const partitions = await maker.make(task);
      await task.done();
      return partitions;
    });
    for await (const partitions of made) contents.push(...partitions.map(({ content }) => content));
    return contents;
  } finally {
    await maker.close();
  }
}

/**
 * The bytes of so many rows, and of so many after them, and so on. Rows beyond the last are read and left out; where there are fewer
 * rows, the last parts have fewer, or none.
 */
async function* cutAt(blocks: AsyncIterable<CopyRows>, counts: readonly number[]): AsyncGenerator<Buffer> {
  let part = 0;
  let chunks: Buffer[] = [];
  let missing = counts[0] ?? 0;
  for await (const { bytes, starts, count } of blocks) {
    for (let row = 0; row < count && part < counts.length; ) {
      const taken = Math.min(missing, count - row);
      chunks.push(bytes.subarray(starts[row]!, starts[row + taken]!));
      row += taken;
      missing -= taken;
      if (missing > 0) continue;
      yield Buffer.concat(chunks);
      chunks = [];
      part += 1;
      missing = counts[part] ?? 0;
    }
  }
  for (; part < counts.length; part += 1) {
    yield Buffer.concat(chunks);
    chunks = [];
  }
}
