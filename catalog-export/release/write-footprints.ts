import { crc32 } from 'node:zlib';
import { decodeLeaf } from '../../engine/catalog/leaf.ts';
import {
  BLOCKS_PATH,
  FOOTPRINTS_PATH,
  FOOTPRINTS_VERSION,
  type FootprintChunks,
  type FootprintIndex,
  leafPath,
} from '../../engine/catalog/manifest.ts';
import { type Release, type RowGroup, rowGroupAt } from '../../engine/catalog/release.ts';
import { CHUNK_ENTRIES, encodeChunk } from '../../engine/footprints/chunk.ts';
import { footprintColumns, footprintNames } from '../../engine/footprints/columns.ts';
import { footprintsOf } from '../../engine/footprints/footprints-of.ts';
import { reachOf } from '../../engine/footprints/reach.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { joinedBytes } from '../../engine/joined-bytes.ts';
import { createRowGroups } from '../../engine/parquet/row-groups.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import type { Progress } from '../progress.ts';
import { type BlockWriter, blockWriter } from './block-writer.ts';
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
const ROW_GROUPS = 16;

/**
 * Writes the index of footprints of a release whose data files and leaves are in the storage, reading the rows from there. It takes
 * some 30 bytes of memory for each cell of each footprint, and the blocks are in memory until they are written.
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
  const rows = blockWriter();
  const entries = await entriesOf(options, release, rows);
  const { blocks, slotOf } = rows.close();
  const sizes = blocks.map(({ length }) => length);
  await writer.put(BLOCKS_PATH, joinedBytes(blocks));
  const { chunks, bytes } = chunksOf({ ...entries, slots: entries.slots.map(slotOf) });
  await writer.put(FOOTPRINTS_PATH, bytes);
  return { version: FOOTPRINTS_VERSION, chunks, blocks: sizes, reach: entries.reach };
}

function chunksOf({ cells, slots }: Entries): { chunks: FootprintChunks; bytes: Uint8Array } {
  const chunks = { order: [], first: [], entries: [], bytes: [], crc32: [] } as {
    [name in keyof FootprintChunks]: number[];
  };
  const written: Uint8Array<ArrayBuffer>[] = [];
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
      slot: Uint32Array.from(entries, (entry) => slots[entry]!),
    };
    const bytes = encodeChunk(chunk);
    written.push(bytes);
    chunks.order.push(order);
    chunks.first.push(chunk.cell[0]!);
    chunks.entries.push(entries.length);
    chunks.bytes.push(bytes.length);
    chunks.crc32.push(crc32(bytes));
  }
  return { chunks, bytes: joinedBytes(written) };
}

/** Of a cell as NUNIQ. */
function orderOf(cell: bigint): number {
  return (cell.toString(2).length - 1 - 2) >> 1;
}

interface Entries {
  /** As NUNIQ. */
  readonly cells: BigInt64Array;
  readonly slots: Uint32Array;
  /** As `reachOf` tells it. */
  readonly reach: number;
}

async function entriesOf(
  options: FootprintsOptions,
  release: Release,
  blocks: BlockWriter,
): Promise<Entries> {
  const { storage, kernel, progress } = options;
  const names = release.manifest.table.columns.map(({ name }) => name);
  const footprintPlaces = footprintNames(footprintColumns(release.manifest.table)!).map((name) =>
    names.indexOf(name),
  );
  const rowGroups = createRowGroups(storage, kernel, 1);
  const entries = growingEntries();
  let reach = 0;
  for await (const groups of groupsOf(storage, release)) {
    const stored = await rowGroups.fetch(groups, names);
    for (const group of groups) {
      const columns = rowGroups.decoded(group, stored, names);
      const footprints = footprintsOf(footprintPlaces.map((place) => columns[place]!));
      reach = Math.max(reach, reachOf(footprints));
      const { cell, footprint } = kernel.footprintCells(footprints, MOST_CELLS);
      const slots = blocks.add(columns, sizesOf(columns[0]!.length, cell, footprint));
      entries.add(cell, footprint, slots);
      progress.advance(columns[0]!.length);
    }
  }
  return { ...entries.all(), reach };
}

/**
 * How large the footprints are, each size four times the one above: by the order of the largest cell of each, halved. With more sizes
 * a search meets more blocks.
 */
function sizesOf(rows: number, cell: BigInt64Array, footprint: Uint32Array): Uint8Array {
  const largest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  for (let at = 0; at < cell.length; at += 1) {
    const row = footprint[at]!;
    largest[row] = Math.min(largest[row]!, Number(cell[at]));
  }
  // NUNIQ is from 4^(order + 1) on.
  return Uint8Array.from(largest, (uniq) =>
    Number.isFinite(uniq) ? Math.floor((Math.log2(uniq) / 2 - 1) / 2) : 0,
  );
}

async function* groupsOf(storage: Storage, release: Release): AsyncGenerator<RowGroup[]> {
  for (const number of release.manifest.leaves.keys()) {
    const bytes = await storage.get(`${release.prefix}/${leafPath(number)}`);
    const leaf = decodeLeaf(bytes!, release.columns.size);
    for (let at = 0; at < leaf.rows.length; at += ROW_GROUPS) {
      const places = [...leaf.rows.keys()].slice(at, at + ROW_GROUPS);
      yield places.map((place) => rowGroupAt(release, number, leaf, place));
    }
  }
}

function growingEntries() {
  let cells = new BigInt64Array(2 ** 16);
  let slots = new Uint32Array(2 ** 16);
  let length = 0;
  return {
    add(cell: BigInt64Array, footprint: Uint32Array, slotOf: Uint32Array): void {
      if (length + cell.length > cells.length) {
        const capacity = 2 * (length + cell.length);
        const [before, slotsBefore] = [cells, slots];
        cells = new BigInt64Array(capacity);
        cells.set(before);
        slots = new Uint32Array(capacity);
        slots.set(slotsBefore);
      }
      cells.set(cell, length);
      for (let at = 0; at < footprint.length; at += 1) slots[length + at] = slotOf[footprint[at]!]!;
      length += cell.length;
    },
    all: (): Omit<Entries, 'reach'> => ({
      cells: cells.subarray(0, length),
      slots: slots.subarray(0, length),
    }),
  };
}
