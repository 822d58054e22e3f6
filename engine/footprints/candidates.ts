import type { Release } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { CellRanges, Cone, Region } from '../healpix-wasm/kernel.ts';
import { union } from '../healpix-wasm/ranges.ts';
import { remembered } from '../remembered.ts';
import { type Cells, slotsInCells } from './chunk.ts';

/** A search that would read more chunks looks at the footprints of all rows instead. */
const MOST_CHUNKS = 128;

/**
 * Slots of the rows whose footprints may overlap one of the regions, ascending: none that does is missing. Null where they are so
 * many that it is cheaper to look at all rows.
 * @throws CorruptReleaseError, StorageError
 */
export async function footprintCandidates(
  { kernel, footprints }: Pick<Engine, 'kernel' | 'footprints'>,
  release: Release,
  regions: readonly (Region | Cone)[],
): Promise<Uint32Array | null> {
  const covers = regions.map((region) =>
    'kind' in region ? kernel.regionRanges(region) : kernel.coneRanges(region),
  );
  const cover = covers.reduce(union);
  const wanted = layersOf(release).flatMap((layer) => wantedChunks(release, layer, cover));
  if (wanted.length > MOST_CHUNKS) return null;
  const found = await Promise.all(
    wanted.map(async ({ chunk, cells }) => {
      const entries = release.manifest.footprints!.chunks.entries[chunk]!;
      return slotsInCells(await footprints.load(release, chunk), entries, cells);
    }),
  );
  return uniqueSlots(found);
}

/** The chunks of one order: those from one to before another. */
interface Layer {
  readonly order: number;
  readonly from: number;
  readonly to: number;
}

const layersOf = remembered(({ manifest }: Release): readonly Layer[] => {
  const { order } = manifest.footprints!.chunks;
  const layers: Layer[] = [];
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && order[to] === order[from]) to++;
    layers.push({ order: order[from]!, from, to });
  }
  return layers;
});

interface Wanted {
  readonly chunk: number;
  /** Those that the search is for. */
  readonly cells: Cells;
}

/** The chunks of an order that may have cells of the ranges. */
function wantedChunks({ manifest }: Release, { order, from, to }: Layer, ranges: CellRanges): Wanted[] {
  const { first } = manifest.footprints!.chunks;
  const cells = cellsAt(order, ranges);
  const wanted: Wanted[] = [];
  for (let chunk = from, next = 0; chunk < to && next < cells.length; chunk++) {
    // The first cell of the next chunk may be the last of this one, too.
    const last = chunk + 1 < to ? first[chunk + 1]! : Number.POSITIVE_INFINITY;
    while (next < cells.length && cells[next]![1] < first[chunk]!) next++;
    let end = next;
    while (end < cells.length && cells[end]![0] <= last) end++;
    if (end > next) wanted.push({ chunk, cells: cells.slice(next, end) });
  }
  return wanted;
}

/** Cells of an order that have part in order-29 ranges. */
function cellsAt(order: number, { start, end }: CellRanges): Cells {
  const shift = BigInt(2 * (29 - order));
  const cells: [number, number][] = [];
  for (let at = 0; at < start.length; at++) {
    const first = Number(start[at]! >> shift);
    const last = Number((end[at]! - 1n) >> shift);
    const before = cells.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = last;
    else cells.push([first, last]);
  }
  return cells;
}

function uniqueSlots(found: readonly (readonly number[])[]): Uint32Array {
  const slots = Uint32Array.from(found.flat()).sort();
  let count = 0;
  for (let at = 0; at < slots.length; at++) {
    if (at === 0 || slots[at] !== slots[at - 1]) slots[count++] = slots[at]!;
  }
  return slots.subarray(0, count);
}
