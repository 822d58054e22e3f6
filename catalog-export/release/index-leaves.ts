import { crc32 } from 'node:zlib';
import { encodeLeaf, leafRowGroups } from '../../engine/catalog/leaf.ts';
import { type LeafEntry, leafPath } from '../../engine/catalog/manifest.ts';
import type { Partition, RowGroup } from '../hats/partition.ts';
import type { ReleaseWriter } from './release-writer.ts';

/** Writes the leaves of a release's index as its partitions come. */
export interface LeafWriter {
  /** @param partition the next in ascending order of cells. */
  add(partition: Partition): Promise<void>;
  /** Writes what waits; the entries of all leaves. */
  close(): Promise<LeafEntry[]>;
}

interface Waiting extends RowGroup {
  readonly partition: Partition;
  /** Position in the file. */
  readonly group: number;
}

/** @param columns in the files, the index column among them. */
export function leafWriter(writer: ReleaseWriter, columns: number): LeafWriter {
  const most = leafRowGroups(columns);
  const entries: LeafEntry[] = [];
  let waiting: Waiting[] = [];

  async function write(groups: readonly Waiting[]): Promise<void> {
    const bytes = encodeLeaf({
      first: BigInt64Array.from(groups, ({ first }) => first),
      last: BigInt64Array.from(groups, ({ last }) => last),
      order: Uint8Array.from(groups, ({ partition }) => partition.order),
      pixel: Float64Array.from(groups, ({ partition }) => partition.pixel),
      group: Uint32Array.from(groups, ({ group }) => group),
      rows: Uint32Array.from(groups, ({ rows }) => rows),
      offset: Float64Array.from(groups, ({ offset }) => offset),
      columns,
      chunkBytes: Uint32Array.from(groups.flatMap(({ chunks }) => chunks.map((chunk) => chunk.bytes))),
      chunkCrc32: Uint32Array.from(groups.flatMap(({ chunks }) => chunks.map((chunk) => chunk.crc32))),
    });
    await writer.put(leafPath(entries.length), bytes);
    entries.push({
      first: String(groups[0]!.first),
      rows: groups.reduce((sum, { rows }) => sum + rows, 0),
      rowGroups: groups.length,
      bytes: bytes.length,
      crc32: crc32(bytes),
    });
  }

  return {
    async add(partition) {
      waiting.push(...partition.rowGroups.map((rowGroup, group) => ({ ...rowGroup, partition, group })));
      while (waiting.length >= most) {
        await write(waiting.slice(0, most));
        waiting = waiting.slice(most);
      }
    },
    async close() {
      if (waiting.length > 0) await write(waiting);
      waiting = [];
      return entries;
    },
  };
}
