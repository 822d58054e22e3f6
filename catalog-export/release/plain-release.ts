import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { LeafEntry } from '../../engine/catalog/manifest.ts';
import { hasPositions, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { type DataFooter, footerOf } from '../hats/footer.ts';
import { datasetFiles } from '../hats/hats-files.ts';
import { describePart, type Partition } from '../hats/partition.ts';
import type { Progress } from '../progress.ts';
import { type CopyRows, copyRows } from './copy-binary.ts';
import { leafWriter } from './index-leaves.ts';
import { keyColumns } from './key-order.ts';
import { partitionFile } from './partition-file.ts';
import { partsOf } from './parts.ts';
import type { ReleaseWriter } from './release-writer.ts';
import { copyInOrder, estimatedRows } from './source.ts';

export interface PlainExport {
  readonly client: pg.Client;
  readonly table: Table;
  readonly kernel: HealpixKernel;
  /** Most rows of a part. */
  readonly maxRows: number;
  readonly progress: Progress;
}

/** Bytes of a part at most, as they come from PostgreSQL. */
const MAX_PART_BYTES = 64 * 2 ** 20;

/**
 * Writes the files of a table without positions, which PostgreSQL sorts by its key: one part after the other is in memory.
 * @returns what was written, but for the manifest.
 */
export async function writeParts(
  { client, table, kernel, maxRows, progress }: PlainExport,
  writer: ReleaseWriter,
): Promise<{ partitions: Partition[]; leaves: LeafEntry[]; rows: number }> {
  if (hasPositions(table)) throw new Error(`${qualifiedName(table)} has positions`);
  const key = await keyColumns(client, table);
  const fields = key.map((column) => table.columns.indexOf(column)).sort((a, b) => a - b);
  progress.start(`Reading and writing ${qualifiedName(table)}`, await estimatedRows(client, table));
  const partitions: Partition[] = [];
  const footers: DataFooter[] = [];
  const leaves = leafWriter(writer, table.columns.length);
  const blocks = copied(client, copyInOrder(table, key));
  let rows = 0;
  for await (const part of partsOf(blocks, fields, { rows: maxRows, bytes: MAX_PART_BYTES })) {
    const file = partitionFile(table, kernel, part.bytes);
    const partition = describePart(table, partitions.length, rows, file);
    await writer.put(partition.path, file, { rows: part.rows });
    await leaves.add(partition);
    partitions.push(partition);
    footers.push({ path: partition.path, footer: footerOf(file).slice() });
    rows += part.rows;
    progress.advance(part.rows);
  }
  for (const { path, bytes } of datasetFiles(table, footers)) await writer.put(path, bytes);
  return { partitions, leaves: await leaves.close(), rows };
}

/** A COPY that is left half-way cannot be resumed or skipped: the connection is closed then. */
async function* copied(client: pg.Client, statement: string): AsyncGenerator<CopyRows> {
  let complete = false;
  try {
    yield* copyRows(client.query(copyTo(statement)));
    complete = true;
  } finally {
    if (!complete) await client.end().catch(() => {});
  }
}
