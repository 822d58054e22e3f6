import type { Data } from 'apache-arrow';
import { locate, type Release, rowGroupsInRanges } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { Cone, ConeRows } from '../healpix-wasm/kernel.ts';
import type { FetchedRowGroup } from '../parquet/row-groups.ts';
import { readAhead } from './read-ahead.ts';

/** Rows of one row group that are in the cone, ascending, with their separations in degrees; at least one. */
export interface Matches extends ConeRows {
  /** Columns of the row group, whole; decoded only now. */
  columns(names: readonly string[]): Promise<Data[]>;
}

/** One read asks for at most so many bytes, if several row groups share it. */
const READ_BYTES = 1 << 20;

/** Reads under way at once. */
const READ_AHEAD = 4;

/**
 * The rows in a cone, row group by row group in ascending order of cells. Of a row group only the positions
 * and the index are decoded, into the kernel's memory, until it is known to have a row in the cone.
 * @throws CorruptPartitionError, StorageError
 */
export async function* coneMatches(
  engine: Engine,
  release: Release,
  cone: Cone,
): AsyncGenerator<Matches, void, undefined> {
  const { kernel, rowGroups } = engine;
  const ranges = kernel.coneRanges(cone);
  const candidates = rowGroupsInRanges(release.rowGroups, ranges);

  async function rowsOf(ordinal: number, fetched: FetchedRowGroup | null): Promise<ConeRows> {
    const resident = rowGroups.cachedPositions(release, ordinal);
    if (resident !== null) return resident.inCone(cone, ranges);
    const [group] = fetched === null ? await rowGroups.fetch(release, [ordinal]) : [fetched];
    return rowGroups.usePositions(release, group!, (positions) => positions.inCone(cone, ranges));
  }

  async function columnsOf(ordinal: number, fetched: FetchedRowGroup | null, names: readonly string[]) {
    const cached = rowGroups.cached(release, ordinal, names);
    if (cached !== null) return cached;
    const [group] = fetched === null ? await rowGroups.fetch(release, [ordinal]) : [fetched];
    return rowGroups.decode(release, group!, names);
  }

  const isCached = (ordinal: number) => rowGroups.cachedPositions(release, ordinal) !== null;
  const runs = readAhead(readRuns(release, candidates, isCached), READ_AHEAD, async ({ ordinals, cached }) =>
    cached ? ordinals.map((ordinal) => ({ ordinal, fetched: null })) : fetchRun(ordinals),
  );
  async function fetchRun(ordinals: number[]) {
    const groups = await rowGroups.fetch(release, ordinals);
    return groups.map((fetched) => ({ ordinal: fetched.ordinal, fetched }));
  }

  for await (const run of runs) {
    for (const { ordinal, fetched } of run) {
      const { row, separation } = await rowsOf(ordinal, fetched);
      if (row.length === 0) continue;
      yield { row, separation, columns: (names) => columnsOf(ordinal, fetched, names) };
    }
  }
}

interface ReadRun {
  ordinals: number[];
  /** Nothing needs to be read. */
  cached: boolean;
}

/** Row groups in order, those that need reading and are neighbours in one file together. */
function* readRuns(
  release: Release,
  ordinals: readonly number[],
  isCached: (ordinal: number) => boolean,
): Generator<ReadRun, void, undefined> {
  let run: ReadRun | null = null;
  let key = '';
  let end = 0;
  let bytes = 0;
  for (const ordinal of ordinals) {
    const cached = isCached(ordinal);
    const { key: file, rowGroup } = locate(release, ordinal);
    const joins = run !== null && !run.cached && !cached && file === key && rowGroup.offset === end;
    if (run !== null && joins && bytes + rowGroup.bytes <= READ_BYTES) {
      run.ordinals.push(ordinal);
      bytes += rowGroup.bytes;
    } else {
      if (run !== null) yield run;
      run = { ordinals: [ordinal], cached };
      bytes = rowGroup.bytes;
    }
    key = file;
    end = rowGroup.offset + rowGroup.bytes;
  }
  if (run !== null) yield run;
}
