import { crc32 } from 'node:zlib';
import { decodeLeaf } from '../../engine/catalog/leaf.ts';
import { FOOTPRINTS_PATH, type FootprintIndex, leafPath } from '../../engine/catalog/manifest.ts';
import { type Release, type RowGroup, rowGroupAt } from '../../engine/catalog/release.ts';
import { CHUNK_ENTRIES, encodeChunk } from '../../engine/footprints/chunk.ts';
import { footprintColumns, footprintNames } from '../../engine/footprints/columns.ts';
import { footprintsOf } from '../../engine/footprints/footprints-of.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { joinedBytes } from '../../engine/joined-bytes.ts';
import { createRowGroups } from '../../engine/parquet/row-groups.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import type { Progress } from '../progress.ts';
import { orderByIndex } from './index-order.ts';
import type { ReleaseWriter } from './release-writer.ts';

export interface FootprintsOptions {
  readonly storage: Storage;
  readonly kernel: HealpixKernel;
  readonly writer: ReleaseWriter;
  readonly progress: Progress;
}

/** Cells of a footprint at most: with more of them fewer images are looked at in vain, and the index is larger. */
const MOST_CELLS = 16;

/** Row groups that are read together. */
const BLOCK_ROW_GROUPS = 64;

/**
 * Writes the index of footprints of a release whose data files and leaves are in the storage, reading the footprints from there. It
 * takes some 30 bytes of memory for each cell of each footprint.
 * @returns its root; null where the rows have no footprints.
 * @throws Error when the storage fails.
 */
export async function writeFootprints(
  options: FootprintsOptions,
  release: Release,
): Promise<FootprintIndex | null> {
  const { writer, progress } = options;
  if (footprintColumns(release.manifest.table) === null) return null;
  progress.start(`Indexing footprints of ${release.manifest.catalog}`, release.manifest.rows);
  const { cells, rows } = await entriesOf(options, release);
  const index = { order: [], first: [], entries: [], bytes: [], crc32: [] } as {
    [name in keyof FootprintIndex]: number[];
  };
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const sorted = orderByIndex(cells);
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const order = orderOf(cells[sorted[from]!]!);
    // Those of the next order are above all of this one.
    const end = 4n << BigInt(2 * (order + 1));
    while (to < sorted.length && to - from < CHUNK_ENTRIES && cells[sorted[to]!]! < end) to += 1;
    const entries = sorted.subarray(from, to);
    const shift = 4n << BigInt(2 * order);
    const chunk = {
      cell: Float64Array.from(entries, (entry) => Number(cells[entry]! - shift)),
      row: Uint32Array.from(entries, (entry) => rows[entry]!),
    };
    const bytes = encodeChunk(chunk, chunk.cell[0]!);
    chunks.push(bytes);
    index.order.push(order);
    index.first.push(chunk.cell[0]!);
    index.entries.push(entries.length);
    index.bytes.push(bytes.length);
    index.crc32.push(crc32(bytes));
  }
  await writer.put(FOOTPRINTS_PATH, joinedBytes(chunks));
  return index;
}

/** Of a cell as NUNIQ. */
function orderOf(cell: bigint): number {
  return (cell.toString(2).length - 1 - 2) >> 1;
}

interface Entries {
  /** As NUNIQ. */
  readonly cells: BigInt64Array;
  readonly rows: Uint32Array;
}

async function entriesOf(options: FootprintsOptions, release: Release): Promise<Entries> {
  const { storage, kernel, progress } = options;
  const names = footprintNames(footprintColumns(release.manifest.table)!);
  const rowGroups = createRowGroups(storage, kernel, 1);
  const entries = growingEntries();
  let first = 0;
  for await (const groups of blocksOf(storage, release)) {
    const stored = await rowGroups.fetch(groups, names);
    for (const group of groups) {
      const columns = rowGroups.decoded(group, stored, names);
      const { cell, footprint } = kernel.footprintCells(footprintsOf(columns), MOST_CELLS);
      entries.add(cell, footprint, first);
      const count = group.leaf.rows[group.at]!;
      first += count;
      progress.advance(count);
    }
  }
  return entries.all();
}

async function* blocksOf(storage: Storage, release: Release): AsyncGenerator<RowGroup[]> {
  for (const number of release.manifest.leaves.keys()) {
    const bytes = await storage.get(`${release.prefix}/${leafPath(number)}`);
    const leaf = decodeLeaf(bytes!, release.columns.size);
    for (let at = 0; at < leaf.rows.length; at += BLOCK_ROW_GROUPS) {
      const places = [...leaf.rows.keys()].slice(at, at + BLOCK_ROW_GROUPS);
      yield places.map((place) => rowGroupAt(release, number, leaf, place));
    }
  }
}

function growingEntries() {
  let cells = new BigInt64Array(2 ** 16);
  let rows = new Uint32Array(2 ** 16);
  let length = 0;
  return {
    add(cell: BigInt64Array, footprint: Uint32Array, firstRow: number): void {
      if (length + cell.length > cells.length) {
        const capacity = 2 * (length + cell.length);
        const [before, rowsBefore] = [cells, rows];
        cells = new BigInt64Array(capacity);
        cells.set(before);
        rows = new Uint32Array(capacity);
        rows.set(rowsBefore);
      }
      cells.set(cell, length);
      for (let at = 0; at < footprint.length; at += 1) rows[length + at] = firstRow + footprint[at]!;
      length += cell.length;
    },
    all: (): Entries => ({ cells: cells.subarray(0, length), rows: rows.subarray(0, length) }),
  };
}
