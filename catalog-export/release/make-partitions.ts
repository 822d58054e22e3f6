import { dataPath } from '../../engine/catalog/manifest.ts';
import { hasPositions, type Table } from '../../engine/catalog/table.ts';
import { describePart, describePartition, type RowGroup } from '../hats/partition.ts';
import { type Cell, firstIndex } from '../hats/partitioning.ts';
import { rowsOf } from './copy-binary.ts';
import type { Extent } from './extents.ts';
import { firstAtLeast, type KeyedRows, readSorted, sliced } from './keyed-rows.ts';
import { contentOf } from './partition-content.ts';
import { partitionFile } from './partition-file.ts';
import { sha256 } from './release-writer.ts';

/** Rows that become partitions, and which. */
export interface PartitionTask {
  /** Where the rows lie in a spill, or the rows themselves in the order of their file. */
  readonly source:
    | { readonly file: number; readonly extents: readonly Extent[] }
    | { readonly bytes: Uint8Array };
  /** Ascending; each row is in one of them. Of a table without positions the one part. */
  readonly cells: readonly Cell[];
  /** Whether files are made whatever is known. */
  readonly anew?: boolean | undefined;
}

/** What is made of all tasks of an export. */
export interface PartitionWork {
  readonly table: Table;
  /** What the paths of the files begin with. */
  readonly folder: string;
  /** Contents of which there are files already. */
  readonly known: ReadonlySet<string>;
  /** False where only the contents are wanted. */
  readonly files: boolean;
}

export interface MadePartition extends Cell {
  /** Relative to the release. */
  readonly path: string;
  readonly rows: number;
  readonly content: string;
  /** Null where there is one of that content already, or none is wanted. */
  readonly file: MadeFile | null;
}

export interface MadeFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  readonly rowGroups: readonly RowGroup[];
}

/**
 * Sorts rows into partitions, hashes and encodes them.
 * @throws Error naming the column and what is wrong, where a value does not go into a file.
 */
export function* makePartitions(
  work: PartitionWork,
  { source, cells, anew = false }: PartitionTask,
): Generator<MadePartition> {
  if ('bytes' in source) {
    const { buffer, byteOffset, byteLength } = source.bytes;
    const rows = rowsOf(Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength));
    yield made(work, anew, cells[0]!, { rows, keys: new BigInt64Array(0) });
    return;
  }
  const all = readSorted(source.file, source.extents);
  try {
    let from = 0;
    for (const [at, cell] of cells.entries()) {
      const next = cells[at + 1];
      const to = next === undefined ? all.keys.length : firstAtLeast(all.keys, firstIndex(next));
      yield made(work, anew, cell, cells.length === 1 ? all : sliced(all, from, to));
      from = to;
    }
  } finally {
    all.free();
  }
}

function made(work: PartitionWork, anew: boolean, cell: Cell, rows: KeyedRows): MadePartition {
  const { table, folder, known, files } = work;
  const { order, pixel } = cell;
  const content = contentOf(table, rows);
  const path = folder + dataPath(table, order, pixel);
  const file = files && (anew || !known.has(content)) ? madeFile(table, cell, rows) : null;
  return { order, pixel, path, rows: rows.rows.count, content, file };
}

function madeFile(table: Table, cell: Cell, rows: KeyedRows): MadeFile {
  const bytes = partitionFile(table, rows) as Uint8Array<ArrayBuffer>;
  const { rowGroups } = hasPositions(table)
    ? describePartition(cell, bytes)
    : describePart(table, cell.pixel, 0, bytes);
  return { bytes, sha256: sha256(bytes), rowGroups };
}
