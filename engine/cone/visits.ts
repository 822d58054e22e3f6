import { coverageOf } from '../catalog/coverage.ts';
import type { Leaf } from '../catalog/leaf.ts';
import {
  leavesInRanges,
  type Release,
  type RowGroup,
  rowGroupAt,
  rowGroupsInRanges,
} from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { CellRanges, Cone } from '../healpix-wasm/kernel.ts';
import { touches } from '../healpix-wasm/ranges.ts';

/** Cones, a number each of the same place in every array. Degrees; each as `Cone` wants it. */
export interface Cones {
  readonly lon: Float64Array;
  readonly lat: Float64Array;
  readonly radius: Float64Array;
}

export function coneAt({ lon, lat, radius }: Cones, at: number): Cone {
  return { lon: lon[at]!, lat: lat[at]!, radius: radius[at]! };
}

/** A row group, and the cones that may have rows in it. */
export interface Visit {
  readonly group: RowGroup;
  readonly asked: readonly Asked[];
}

export interface Asked {
  /** Its place among the cones. */
  readonly at: number;
  readonly cone: Cone;
  readonly ranges: CellRanges;
  /** Rows that may be in the cone, at least one; null where the index column has to be read for that. */
  readonly rows: Uint32Array | null;
}

/** Row groups of a leaf are fewer. */
const LEAF_STEP = 2 ** 20;

/** What a plan has at most, but for its last cone: cones, times that one is asked for, rows that may be in one. */
const PLANNED_CONES = 512;
const PLANNED_ASKED = 4096;
const PLANNED_ROWS = 16_384;

export interface Plan {
  /** In ascending order of cells, each row group once. */
  readonly visits: readonly Visit[];
  /** Rows that may be in a cone, as far as they are known. */
  readonly rows: number;
  /** So many of the cones are in it, the first ones; at least one. */
  readonly cones: number;
}

/**
 * The row groups that have to be visited for some cones.
 * @param which of the cones; best those that are close to each other, which share leaves and row groups.
 * @throws CorruptReleaseError, StorageError
 */
export async function planVisits(
  engine: Engine,
  release: Release,
  cones: Cones,
  which: Uint32Array,
): Promise<Plan> {
  const { kernel, rowGroups } = engine;
  const coverage = coverageOf(release);
  const leaves = await leavesAround(engine, release, cones, which.subarray(0, PLANNED_CONES));
  const visits = new Map<number, { group: RowGroup; asked: Asked[] }>();
  let planned = 0;
  let pairs = 0;
  let rowsKnown = 0;
  for (const at of which.subarray(0, PLANNED_CONES)) {
    if (pairs >= PLANNED_ASKED || rowsKnown >= PLANNED_ROWS) break;
    planned++;
    const cone = coneAt(cones, at);
    const ranges = kernel.coneRanges(cone);
    if (!touches(ranges, coverage)) continue;
    for (const number of leavesInRanges(release, ranges)) {
      let leaf = leaves.get(number);
      if (leaf === undefined) {
        leaf = await loadLeaf(engine, release, number);
        leaves.set(number, leaf);
      }
      for (const position of rowGroupsInRanges(leaf, ranges)) {
        const key = number * LEAF_STEP + position;
        const known = visits.get(key);
        const group = known?.group ?? rowGroupAt(release, number, leaf, position);
        const rows = rowGroups.cachedIndex(group)?.candidates(cone, ranges) ?? null;
        if (rows?.length === 0) continue;
        pairs++;
        rowsKnown += rows?.length ?? 0;
        const asked = { at, cone, ranges, rows };
        if (known) known.asked.push(asked);
        else visits.set(key, { group, asked: [asked] });
      }
    }
  }
  const ascending = [...visits].sort(([a], [b]) => a - b).map(([, visit]) => visit);
  return { visits: ascending, rows: rowsKnown, cones: planned };
}

/** The leaves in which the centres lie, read side by side. */
async function leavesAround(
  engine: Engine,
  release: Release,
  { lon, lat }: Cones,
  which: Uint32Array,
): Promise<Map<number, Leaf>> {
  const coordinate = (values: Float64Array) => Float64Array.from(which, (at) => values[at]!);
  const cells = engine.kernel.hash(coordinate(lon), coordinate(lat));
  const ends = cells.map((cell) => cell + 1n);
  const numbers = new Set<number>();
  for (let at = 0; at < cells.length; at++) {
    const cell = {
      start: cells.subarray(at, at + 1),
      end: ends.subarray(at, at + 1),
      full: new Uint8Array(1),
    };
    for (const number of leavesInRanges(release, cell)) numbers.add(number);
  }
  const leaves = [...numbers].map(
    async (number) => [number, await loadLeaf(engine, release, number)] as const,
  );
  return new Map(await Promise.all(leaves));
}

async function loadLeaf({ leaves }: Engine, release: Release, number: number): Promise<Leaf> {
  return leaves.cached(release, number) ?? leaves.load(release, number);
}
