import type { Data } from 'apache-arrow';
import { LRUCache } from 'lru-cache';
import { HEALPIX_COLUMN } from '../catalog/manifest.ts';
import { fileOf, type RowGroup } from '../catalog/release.ts';
import { CorruptPartitionError } from '../errors.ts';
import type { HealpixKernel, RowIndex } from '../healpix-wasm/kernel.ts';
import { readObject } from '../storage/reading.ts';
import type { Storage } from '../storage/storage.ts';
import { decodeChunk } from './column-chunk.ts';
import { type KeptColumn, keptColumn, wholeColumn } from './kept-column.ts';
import { chunkSpan, readSpans, type Span } from './spans.ts';

/** Reads row groups and keeps what it decoded. */
export interface RowGroups {
  /** The index column of a row group in the kernel's memory, if it is there: to be used before others are. */
  cachedIndex(group: RowGroup): RowIndex | null;
  /** Columns of a row group, if all are in the cache. */
  cachedColumns(group: RowGroup, names: readonly string[]): KeptColumn[] | null;
  /**
   * The stored bytes of some columns of row groups, in few reads.
   * @param groups in ascending order.
   * @throws CorruptPartitionError where a file is missing or truncated.
   * @throws StorageError where the bucket cannot be read.
   */
  fetch(groups: readonly RowGroup[], names: readonly string[]): Promise<StoredBytes>;
  /**
   * What `use` makes of the index column of a row group, which stays in the kernel's memory if it is to be kept.
   * @throws CorruptPartitionError as `columns` does; what `use` throws.
   */
  useIndex<Result>(
    group: RowGroup,
    stored: StoredBytes,
    keep: boolean,
    use: (index: RowIndex) => Result,
  ): Result;
  /**
   * Columns of a row group, which are in the cache afterwards if they are to be kept and it admits them.
   * @throws CorruptPartitionError where they are not what the release's index describes.
   */
  columns(
    group: RowGroup,
    stored: StoredBytes,
    keep: boolean,
    names: readonly string[],
  ): readonly KeptColumn[];
  /**
   * Columns of a row group as they were stored, past the cache.
   * @throws CorruptPartitionError as `columns` does.
   */
  decoded(group: RowGroup, stored: StoredBytes, names: readonly string[]): Data[];
}

/** What was read, piece by piece. */
export type StoredBytes = readonly (Span & { readonly bytes: Uint8Array })[];

/** The share of the cache for index columns: with them most cones that hold nothing need no other column. */
const INDEX_SHARE = 1 / 5;

/**
 * Once the cache of columns is full to this share, one row group in `ADMITTED` gets in: those that are asked for again and again soon
 * do, and where all are as rare as each other, fewer are packed only to be pushed out unused.
 */
const FULL = 0.95;
const ADMITTED = 4;

/** What an entry of the cache costs besides what it holds, in bytes. */
const ENTRY_OVERHEAD = 400;

/** @param cacheBytes bound on what is kept between calls: decoded columns, and index columns in the kernel. */
export function createRowGroups(storage: Storage, kernel: HealpixKernel, cacheBytes: number): RowGroups {
  const indexes = new LRUCache<string, RowIndex>({
    maxSize: Math.ceil(cacheBytes * INDEX_SHARE),
    dispose: (index) => index.free(),
  });
  /** By name, for each row group. */
  const columns = new LRUCache<string, ReadonlyMap<string, KeptColumn>>({
    maxSize: Math.ceil(cacheBytes * (1 - INDEX_SHARE)),
  });

  let turnedAway = 0;

  function admits({ id }: RowGroup): boolean {
    if (columns.has(id) || columns.calculatedSize < FULL * columns.maxSize) return true;
    turnedAway = (turnedAway + 1) % ADMITTED;
    return turnedAway === 0;
  }

  async function read(span: Span): Promise<StoredBytes[number]> {
    const { key, start, end } = span;
    const bytes = await readObject(storage, key, { offset: start, length: end - start });
    if (bytes === null) throw new CorruptPartitionError(key, 'is missing');
    if (bytes.length !== end - start) {
      throw new CorruptPartitionError(
        key,
        `is truncated: ${bytes.length} of ${end - start} bytes from byte ${start} on`,
      );
    }
    return { ...span, bytes };
  }

  function decode(group: RowGroup, stored: StoredBytes, name: string): Data {
    const { leaf, at, release } = group;
    const column = release.columns.get(name)!;
    const bytes = storedChunk(group, column.at, stored);
    if (kernel.crc32(bytes) !== leaf.chunkCrc32[at * leaf.columns + column.at]) {
      throw corrupt(group, name, 'is damaged: its checksum differs');
    }
    try {
      return decodeChunk(bytes, column, leaf.rows[at]!, kernel.snappy);
    } catch (error) {
      throw corrupt(group, name, `cannot be used: ${(error as Error).message}`, error);
    }
  }

  return {
    cachedIndex({ id }) {
      const index = indexes.get(id);
      return index?.alive ? index : null;
    },

    cachedColumns({ id }, names) {
      const known = columns.get(id);
      if (known === undefined) return null;
      const found: KeptColumn[] = [];
      for (const name of names) {
        const column = known.get(name);
        if (column === undefined) return null;
        found.push(column);
      }
      return found;
    },

    fetch(groups, names) {
      const { columns } = groups[0]!.release;
      const positions = new Set(names.map((name) => columns.get(name)!.at));
      return Promise.all(
        readSpans(
          groups,
          [...positions].sort((a, b) => a - b),
        ).map(read),
      );
    },

    useIndex(group, stored, keep, use) {
      const index = kernel.rowIndex(decode(group, stored, HEALPIX_COLUMN).values);
      try {
        return use(index);
      } finally {
        if (keep) indexes.set(group.id, index, { size: index.bytes + ENTRY_OVERHEAD });
        if (indexes.peek(group.id) !== index) index.free();
      }
    },

    columns(group, stored, keep, names) {
      if (!keep || !admits(group)) return names.map((name) => wholeColumn(decode(group, stored, name)));
      const known = new Map(columns.get(group.id));
      for (const name of names) {
        if (!known.has(name)) known.set(name, keptColumn(decode(group, stored, name)));
      }
      let size = ENTRY_OVERHEAD;
      for (const { bytes } of known.values()) size += bytes;
      columns.set(group.id, known, { size });
      return names.map((name) => known.get(name)!);
    },

    decoded: (group, stored, names) => names.map((name) => decode(group, stored, name)),
  };
}

function storedChunk(group: RowGroup, column: number, stored: StoredBytes): Uint8Array {
  const key = fileOf(group);
  const { start, end } = chunkSpan(group, column);
  const span = stored.find((one) => one.key === key && one.start <= start && one.end >= end);
  return span!.bytes.subarray(start - span!.start, end - span!.start);
}

function corrupt(group: RowGroup, name: string, problem: string, cause?: unknown): CorruptPartitionError {
  const number = group.leaf.group[group.at];
  return new CorruptPartitionError(
    fileOf(group),
    `has a row group ${number} whose column ${name} ${problem}`,
    {
      cause,
    },
  );
}
